"""Whether a signed copy is genuine, for whoever holds it: by the code in its QR, by its file, and by what stands on it.

The code alone tells how the copy stands and nothing of what it says. A QR code can be put on another paper: so the
holder may compare the file's digest, or prove with a birth date that he knows whose paper it is, and then compare the
values of that person.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, Status
from pipeline.judging.review.wording import label_of
from pipeline.records.contract import read_record
from pipeline.records.persons import person_in
from service.context import ServiceContext
from service.pages.wording import shown_value
from service.submissions.proof import birth_date
from service.wire.keys import Keys
from storage.issued_copies import IssuedCopy, Standing, checked_copy_code, look_up

_BIRTH = "date_of_birth"
_PURPOSE = "copy"
_VIETNAM = timezone(timedelta(hours=7))
_WHOLE_DATE = len("1990-01-15")  # a year alone is guessed in a day
_COMPARED = 64  # birth dates on a paper, of a long household book: so many are compared whatever there are
_UNKNOWN = "BS-" + "A" * 16
_OF_PERSON = frozenset({"full_name", "date_of_birth", "sex", "personal_id"})
_OF_PAPER = frozenset(
    {"document_number", "book_number", "place_of_registration", "date_of_registration", "date_of_issue"}
)
STANDINGS = {
    Standing.CURRENT: Message("Bản sao có thật, là phiên bản mới nhất", "A genuine copy, and the newest"),
    Standing.SUPERSEDED: Message(
        "Bản sao có thật, nhưng kho đã có phiên bản mới hơn", "A genuine copy, and the archive has a newer version"
    ),
    Standing.WITHDRAWN: Message(
        "Bản sao có thật, nhưng giấy tờ đã được rút: hãy hỏi cơ quan cấp",
        "A genuine copy of a paper that was withdrawn: ask the office",
    ),
}
UNKNOWN = Message("Không có bản sao nào với mã này", "No copy was issued under this code")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCopy:
    """What anybody who has the code is told. `copy` None: there is none; then nothing else is known."""

    code: str
    copy: IssuedCopy | None
    standing: Standing | None

    @property
    def message(self) -> Message:
        return UNKNOWN if self.standing is None else STANDINGS[self.standing]

    @property
    def issued(self) -> str:
        """When it was issued, as people in Vietnam write it."""
        if self.copy is None:
            return ""
        return datetime.fromisoformat(self.copy.issued_at).astimezone(_VIETNAM).strftime("%H:%M:%S %d/%m/%Y +07:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    label: Message
    value: Message


def check_copy(context: ServiceContext, typed: str) -> CheckedCopy:
    """How the copy of this code, as a person may type it, stands today."""
    code = checked_copy_code(typed)
    found = None if code is None else look_up(context.parts.catalogue, code)
    copy, standing = found or (None, None)
    return CheckedCopy(code=code or "", copy=copy, standing=standing)


def is_this_file(checked: CheckedCopy, digest: str) -> bool:
    """Whether a file of this SHA-256 (hexadecimal) is the copy, byte for byte."""
    issued = "" if checked.copy is None else checked.copy.object.sha256
    return hmac.compare_digest(issued.encode(), digest.lower().encode())


def show_to_holder(context: ServiceContext, checked: CheckedCopy, birth: str) -> list[ShownField] | None:
    """What stands on the copy of the people born on this date; None for a date that proves nothing. A code that does
    not exist, a locked one and a wrong date have the same answer after the same computation; wrong ones are counted.
    What is shown is noted first."""
    copy = checked.copy
    record = None
    if copy is not None and checked.standing is not Standing.WITHDRAWN:
        document = context.parts.catalogue.document(copy.document_id, copy.revision)
        record = None if document is None else read_record(context.parts.objects.get(document.json))
    people = _born(context.keys, checked.code or _UNKNOWN, record, birth)
    with context.store.write() as tables:
        if copy is None or tables.copy_checks.is_locked(copy.copy_code):
            return None
        tables.copy_checks.count(copy.copy_code, right=bool(people))
        if not people or record is None:
            return None
        tables.reads.append(
            actor="holder",
            office=copy.office,
            action="copy.checked",
            subject=record.holding_code,
            purpose=f"page:{copy.copy_code}",
        )
    return _fields(record, people)


def _born(keys: Keys, code: str, record: CivilRecord | None, typed: str) -> set[str]:
    """By the beginnings of their fields' names, the people of the record who were born on this date. Takes the same
    time for every date and every record."""
    wanted = keys.digest(_PURPOSE, code, birth_date(typed) or "")
    known = [
        (person_in(field.name), field.value)
        for field in (() if record is None else record.fields)
        if field.value and field.name.removeprefix(person_in(field.name)) == _BIRTH
    ]
    padded = [*known, *[("", "")] * _COMPARED][:_COMPARED]
    right = [
        (hmac.compare_digest(wanted, keys.digest(_PURPOSE, code, date or "-")), person, date) for person, date in padded
    ]
    return {person for same, person, date in right if same and len(date or "") == _WHOLE_DATE}


def _fields(record: CivilRecord, people: set[str]) -> list[ShownField]:
    """The values of these people by which a paper is told from another, and of the paper itself; only what
    is sure: a doubtful reading would make a genuine copy look changed."""
    shown = []
    for field in record.fields:
        person = person_in(field.name)
        name = field.name.removeprefix(person)
        of_paper = not person and name in _OF_PAPER
        if field.value and field.status is Status.ACCEPTED and (of_paper or (person in people and name in _OF_PERSON)):
            shown.append(ShownField(label=Message(*label_of(name)), value=shown_value(name, field.value)))
    return shown
