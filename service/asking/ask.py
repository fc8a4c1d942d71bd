"""A question about a paper and a person: looked up, judged, logged, then answered.

The entry in the log of reads is committed before the answer leaves. It names the person by the digest that searches are
logged with, and no value of theirs.
"""

from __future__ import annotations

import base64
import logging
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Final

from pipeline.codes.citizen import parse_citizen_qr
from pipeline.codes.model import CitizenQr
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.asking import Answer, Asked, Base, HeldPaper, Rule, bases_in_question, load_rules, may_ask
from pipeline.judging.verdict import Paper, Procedure, procedure
from pipeline.records.contract import NotARecord
from service.asking.contract import (
    AskModel,
    AskRequest,
    FieldModel,
    LogLine,
    ProofModel,
    RegisterState,
    RuleModel,
    RuleSource,
)
from service.asking.wording import FIELDS, LOOK_FIRST, NOT_ASKED, OUTCOMES, REGISTER
from service.context import ServiceContext
from service.holdings.holdings import holding_model, relied_on
from service.holdings.index import person_digest
from service.people.callers import Caller
from service.wire.errors import Unprocessable
from storage.errors import CorruptObject, ObjectMissing
from storage.holdings import Holding
from storage.holdings.read_log import RecordRead
from storage.people import Scope

_log = logging.getLogger(__name__)
_VIETNAM: Final = timezone(timedelta(hours=7))
_A_MINUTE: Final = 60
_NUMBER: Final = re.compile(r"[0-9]{12}")
_AROUND_DIGITS: Final = re.compile(r"[\s.]")
_NOT_ASKED: Final[RegisterState] = "not_asked"
ACTION: Final = "paper.asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """`digest` stands for the person in the index of holdings and in the log."""

    personal_id: str
    card: CitizenQr | None
    digest: str


def ask_about(context: ServiceContext, request: AskRequest, caller: Caller) -> AskModel:
    """Whether the paper may be asked for, today. Answers whatever state the population register is in, and says which.

    Raises NotAllowed without the scope, Unprocessable for an unknown procedure or paper and for what is neither 12
    digits nor a card's code, TooMany for more than 60 questions a minute by one caller who is no program.
    """
    caller.need(Scope.ASK)
    if not caller.name.startswith("client:"):  # a client has a rate of its own
        context.rates.take(f"ask:{caller.client_id}", _A_MINUTE)
    wanted, paper = _paper(request)
    person = _person(context, request.person)
    book, today = load_rules(), context.clock().astimezone(_VIETNAM).date()
    population = None
    if Base.POPULATION in bases_in_question(wanted, paper, book, today):
        population = context.register_in_time.registered(person.personal_id, person.card)
    held = _held(context, paper, person, relied_on(caller))
    asked = Asked(
        procedure=wanted,
        paper=paper,
        bases={} if population is None else {Base.POPULATION: population},
        held=tuple(one for one, _ in held),
    )
    answer = may_ask(asked, book, today)
    state: RegisterState = _NOT_ASKED if population is None else population.state.value
    entry = _note(context, request, caller, answer, person=person, register=state, table=book.digest)
    return AskModel(
        outcome=answer.outcome.value,
        message=LOOK_FIRST if answer.why is not None and answer.look_first else OUTCOMES[answer.outcome],
        article=answer.article,
        rule=_rule_model(answer.rule, book.digest),
        fields=[FieldModel(name=name, label=FIELDS[name]) for name in answer.fields],
        holding=next((_proof(kept) for one, kept in held if one.holding_code == answer.holding_code), None),
        why=answer.why.value if answer.why is not None else None,
        look_first=[base.value for base in answer.look_first],
        register_state=state,
        register_message=NOT_ASKED if population is None else REGISTER[population.state],
        log=LogLine(reference=entry.subject, seq=entry.seq, at=entry.at, hash=entry.hash),
    )


def _paper(request: AskRequest) -> tuple[Procedure, Paper]:
    try:
        wanted = procedure(request.procedure)
    except WrongUse as error:
        raise Unprocessable(error.message, code=error.code) from error
    paper = next((paper for paper in wanted.papers if paper.role == request.paper), None)
    if paper is None:
        raise Unprocessable(
            Message(
                "Thành phần hồ sơ của thủ tục này không có giấy tờ ấy", "This procedure does not ask for such a paper"
            ),
            code="paper.unknown",
        )
    return wanted, paper


def _person(context: ServiceContext, typed: str) -> _Person:
    card = parse_citizen_qr(typed.strip()) if "|" in typed else None
    number = card.personal_id if card is not None else _AROUND_DIGITS.sub("", typed)
    digest = person_digest(context.keys, number) if _NUMBER.fullmatch(number) else None
    if digest is None:
        raise Unprocessable(
            Message(
                "Cần 12 chữ số của số định danh, hoặc nội dung mã QR trên thẻ căn cước",
                "The 12 digits of the personal number are needed, or the text of the card's QR code",
            ),
            code="asking.person",
        )
    return _Person(personal_id=number, card=card, digest=digest)


def _held(
    context: ServiceContext, paper: Paper, person: _Person, offices: Collection[str] | None
) -> list[tuple[HeldPaper, Holding]]:
    """The stored papers about the person that could be this one, newest first."""
    with context.store.read() as tables:
        types = [kind.value for kind in paper.types]
        holdings = tables.holdings.of_person(person.digest, types=types, offices=offices)
    kinds = {kind.value: kind for kind in paper.types}
    return [
        (
            HeldPaper(
                holding_code=kept.holding_code,
                document_type=kinds[kept.document_type],
                role=kept.role or "",
                usable=_is_usable(context, kept),
            ),
            kept,
        )
        for kept in holdings
    ]


def _is_usable(context: ServiceContext, kept: Holding) -> bool:
    """Whether it may stand in today. One whose record cannot be read may not: `hotich verify` reports it."""
    try:
        model = holding_model(context, kept)
    except (NotARecord, CorruptObject, ObjectMissing) as error:
        _log.error("holding.unreadable document=%s code=%s", kept.document_id, error.code)
        return False
    return model.current and model.verified.accepted and model.has_copy


def _note(
    context: ServiceContext,
    request: AskRequest,
    caller: Caller,
    answer: Answer,
    *,
    person: _Person,
    register: str,
    table: str,
) -> RecordRead:
    """The sealed line: who asked, of which paper in which procedure, what was answered by which rule, about whom."""
    reference = f"HG-{base64.b32encode(secrets.token_bytes(10)).decode()}"
    told = [
        f"{request.procedure}/{request.paper}",
        answer.outcome.value,
        f"rule={answer.rule.id}@{answer.rule.version}",
        f"table={table}",
        f"register={register}",
        f"person={person.digest[:16]}",
    ]
    told += [f"fields={','.join(answer.fields)}"] if answer.fields else []
    told += [f"holding={answer.holding_code}"] if answer.holding_code else []
    reads = [(ACTION, reference), ("person.asked_about", f"person:{person.digest[:16]}")]
    reads += [("holding.found", answer.holding_code)] if answer.holding_code else []
    purpose = " ".join(told) + (f": {request.note}" if request.note else "")
    with context.store.write() as tables:
        actor = f"{caller.name}/{request.officer}" if caller.name.startswith("client:") else caller.name
        return tables.reads.append_all(reads, actor=actor, office=caller.office, purpose=purpose)[0]


def _rule_model(rule: Rule, table: str) -> RuleModel:
    return RuleModel(
        id=rule.id,
        version=rule.version,
        table=table,
        says=rule.says,
        valid_from=rule.since,
        valid_until=rule.until,
        sources=[RuleSource(text=source.text, verified=source.verified) for source in rule.sources],
        verified=rule.verified,
    )


def _proof(kept: Holding) -> ProofModel:
    assert kept.archival is not None  # a paper without its copy is not usable
    return ProofModel(
        holding_code=kept.holding_code,
        document_type=kept.document_type,
        digest=f"sha256:{kept.archival.sha256}",
        stored_at=kept.committed_at,
    )
