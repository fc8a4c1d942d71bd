"""Who guesses is slowed; whose password is guessed is not."""

from __future__ import annotations

import pytest

from service.people.sign_in_pace import FREE_TRIES, SignInPace
from service.wire.errors import TooMany
from service.wire.keys import Keys


class Now:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def pace(now: Now) -> SignInPace:
    return SignInPace(keys=Keys(master=bytes(32)), now=now)


def guess(pace: SignInPace, times: int, *, address: str = "6.6.6.6", login: str = "lan", device: str = "") -> int:
    """How many of so many tries were let through."""
    through = 0
    for _ in range(times):
        try:
            pace.begin(login, address=address, device=device)
            through += 1
        except TooMany:
            pass
    return through


def test_after_five_wrong_tries_a_place_waits(pace: SignInPace) -> None:
    assert guess(pace, 100) == FREE_TRIES


def test_each_wait_is_twice_the_one_before_up_to_a_quarter_of_an_hour(pace: SignInPace, now: Now) -> None:
    waits = []
    guess(pace, FREE_TRIES)
    for _ in range(12):
        with pytest.raises(TooMany) as caught:
            pace.begin("lan", address="6.6.6.6", device="")
        waits.append(caught.value.retry_after)
        now.seconds += caught.value.retry_after
        pace.begin("lan", address="6.6.6.6", device="")
    assert waits[:4] == [3, 5, 9, 17]
    assert max(waits) <= 901


def test_somebody_else_elsewhere_is_not_kept_waiting(pace: SignInPace) -> None:
    guess(pace, 100)
    pace.begin("lan", address="10.0.0.1", device="")
    pace.begin("minh", address="6.6.6.6", device="")


def test_a_browser_in_which_the_person_signed_in_is_free_even_where_everybody_guesses(pace: SignInPace) -> None:
    device = pace.succeeded("lan", address="10.0.0.1", device="")
    for n in range(300):
        guess(pace, 10, address=f"6.6.{n // 250}.{n % 250}")
    guess(pace, 10, address="10.0.0.1")
    with pytest.raises(TooMany):
        pace.begin("lan", address="10.9.9.9", device="")
    pace.begin("lan", address="10.0.0.1", device=device)


def test_a_device_cookie_of_somebody_elses_or_a_made_up_one_helps_nobody(pace: SignInPace) -> None:
    others = pace.succeeded("minh", address="10.0.0.1", device="")
    assert guess(pace, 100, device=others) == FREE_TRIES
    assert guess(pace, 100, device=f"{'a' * 32}.{'b' * 32}") == 0


def test_a_stolen_device_cookie_gives_no_more_tries_than_a_place(pace: SignInPace) -> None:
    device = pace.succeeded("lan", address="10.0.0.1", device="")
    assert sum(guess(pace, 10, address=f"6.6.6.{n}", device=device) for n in range(50)) == FREE_TRIES


def test_many_places_together_guess_no_faster_than_the_login_allows(pace: SignInPace) -> None:
    assert sum(guess(pace, 5, address=f"6.6.6.{n}") for n in range(200)) == 50


def test_whoever_got_in_begins_anew(pace: SignInPace) -> None:
    guess(pace, 4)
    pace.succeeded("lan", address="6.6.6.6", device="")
    assert guess(pace, 100) == FREE_TRIES


def test_colleagues_share_a_browser(pace: SignInPace) -> None:
    device = pace.succeeded("lan", address="10.0.0.1", device="")
    both = pace.succeeded("minh", address="10.0.0.1", device=device)
    guess(pace, 100, address="10.0.0.1", login="lan")
    guess(pace, 100, address="10.0.0.1", login="minh")
    pace.begin("lan", address="10.0.0.1", device=both)
    pace.begin("minh", address="10.0.0.1", device=both)


def test_a_login_that_there_is_not_is_slowed_alike(pace: SignInPace) -> None:
    assert guess(pace, 100, login="") == FREE_TRIES
