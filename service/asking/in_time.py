"""The population register, asked by somebody who stands at a counter: it answers in time, or counts as out of reach."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import Final

from pipeline.codes.model import CitizenQr
from pipeline.judging.asking import BaseAnswer, BaseState
from pipeline.judging.asking.judge import DECEASED
from pipeline.settling.register import Agreement, Claim, Claims
from service.submissions.registered import PopulationRegister

_WITHIN_S: Final = 2.0
_REST_S: Final = 15.0
_AT_ONCE: Final = 4
_STATES: Final = {"unavailable": BaseState.UNAVAILABLE, "not_checked": BaseState.NOT_CONNECTED}
_DOWN: Final = BaseAnswer(state=BaseState.UNAVAILABLE)


class RegisterInTime:
    """Which fields are registered of the person with a number. Safe to ask from several threads; never raises.

    One that did not answer within `within_s` seconds is left alone for `rest_s`, so that a register that hangs delays
    few and not all. `register` None, or one that nothing was loaded into, is not connected.
    """

    def __init__(
        self,
        register: PopulationRegister | None,
        *,
        within_s: float = _WITHIN_S,
        rest_s: float = _REST_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._register = register
        self._within_s = within_s
        self._rest_s = rest_s
        self._now = now
        self._lock = threading.Lock()
        self._rests_until = float("-inf")
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="hotich-register")

    def close(self) -> None:
        """Waits for no answer that is still out."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def registered(self, personal_id: str, card: CitizenQr | None) -> BaseAnswer:
        """What is registered of this person, by names of fields only. What the card's code says contradicts it where
        the birth date is another; a name is not compared, since scanners that type lose its marks."""
        register = self._register
        if register is None:
            return BaseAnswer(state=BaseState.NOT_CONNECTED)
        with self._lock:
            if self._now() < self._rests_until:
                return _DOWN
        asked = self._pool.submit(_registered, register, personal_id, card)
        try:
            answer = asked.result(self._within_s)
        except TooLate:
            asked.cancel()
            answer = _DOWN
        if answer.state is BaseState.UNAVAILABLE:
            with self._lock:
                self._rests_until = self._now() + self._rest_s
        return answer


def _registered(register: PopulationRegister, personal_id: str, card: CitizenQr | None) -> BaseAnswer:
    claims = {"personal_id": Claim(value=personal_id)}
    if card is not None and card.date_of_birth:
        claims["date_of_birth"] = Claim(value=card.date_of_birth)
    answer = register.look_up(Claims(fields=claims))
    if answer.outcome in _STATES:
        return BaseAnswer(state=_STATES[answer.outcome])
    # Numbers a digit away are looked at too, for misread ones: this one was not read.
    if answer.register_id is None or answer.agreement.get("personal_id") is not Agreement.SAME:
        return BaseAnswer(state=BaseState.NOT_FOUND)
    person = register.person(answer.register_id)
    if not person:
        return _DOWN
    fields = frozenset(person) | ({DECEASED} if answer.deceased else frozenset())
    differing = frozenset(name for name, level in answer.agreement.items() if level is Agreement.DIFFERENT)
    return BaseAnswer(state=BaseState.FOUND, fields=fields, differing=differing)
