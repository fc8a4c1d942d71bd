"""The questions of a procedure's page: for each paper, the values it is compared with and the photos wanted of it."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.message import Message
from pipeline.judging.verdict import Paper, Procedure
from pipeline.judging.verdict.agreement import declared_value, grammar_of
from service.pages.wording import HINTS, SIDES, WRONG, entry_label, missing


class QuestionKind(StrEnum):
    """How a declared value is typed, hinted at and checked."""

    NAME = "name"
    DATE = "date"
    SEX = "sex"
    PERSONAL_ID = "personal_id"
    DOCUMENT_NUMBER = "document_number"
    TEXT = "text"


_KIND_BY_GRAMMAR = {
    "name": QuestionKind.NAME,
    "date": QuestionKind.DATE,
    "sex": QuestionKind.SEX,
    "identity_number": QuestionKind.PERSONAL_ID,
    "document_number": QuestionKind.DOCUMENT_NUMBER,
}
# What the browser may fill in by itself: only values about the person who uses it.
_ABOUT_ONESELF = {"full_name": "name", "date_of_birth": "bday", "sex": "sex"}
_MYSELF = ("declarant_", "applicant_")
_PHOTO = Message("Ảnh hoặc tệp PDF", "Photo or PDF file")
_NEEDED = Message("Cần có.", "Needed.")
_OPTIONAL = Message("Nếu có thì gửi kèm.", "Only if you have it.")
_KEPT = Message(
    "Bản chụp được lưu để lần sau bạn không phải nộp lại.", "The copy is kept, so that you need not bring it again."
)
_SHOWN = Message("Chỉ để xem: ảnh bị xóa ngay sau khi kiểm tra.", "Only looked at: the photo is deleted once checked.")
LONGEST = 200
_DATE = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One declared value."""

    name: str
    field: str
    label: Message
    kind: QuestionKind
    required: bool
    hint: Message | None
    autocomplete: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for one photo, or one file."""

    key: str
    label: Message
    side: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One paper: the questions about it and the photos wanted of it. `keep` False: it is looked at and deleted."""

    role: str
    name: Message
    required: bool
    keep: bool
    questions: tuple[Question, ...]
    slots: tuple[Slot, ...]

    @property
    def about(self) -> Message:
        """Whether it is needed, and what becomes of it."""
        need = _NEEDED if self.required else _OPTIONAL
        fate = _KEPT if self.keep else _SHOWN
        return Message(f"{need.vi} {fate.vi}", f"{need.en} {fate.en}")


def sections_of(procedure: Procedure) -> tuple[Section, ...]:
    """One section for each paper, in the procedure's order; a value that two papers are compared with is asked once,
    with the first."""
    asked_already: set[str] = set()
    sections = []
    for paper in procedure.papers:
        new = [name for name in paper.compare if name not in asked_already]
        asked_already.update(new)
        sections.append(
            Section(
                role=paper.role,
                name=paper.name,
                required=paper.required,
                keep=paper.keep,
                questions=tuple(_question(name, paper) for name in new),
                slots=_slots(paper),
            )
        )
    return tuple(sections)


def check(procedure: Procedure, typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Message]]:
    """(declared values, messages about wrong ones), both by name. Names that the page does not ask for are left out."""
    values: dict[str, str] = {}
    wrong: dict[str, Message] = {}
    for section in sections_of(procedure):
        for question in section.questions:
            value = unicodedata.normalize("NFC", typed.get(question.name, "")).strip()
            if value:
                values[question.name] = value
                if (complaint := _complaint(question, value)) is not None:
                    wrong[question.name] = complaint
            elif question.required:
                wrong[question.name] = missing(question.label)
    return values, wrong


def missing_files(procedure: Procedure) -> Message:
    """That no photo came, with the papers that are needed."""
    needed = [paper.name for paper in procedure.papers if paper.required]
    if not needed:
        return WRONG["files"]
    vi, en = "; ".join(name.vi for name in needed), "; ".join(name.en for name in needed)
    return Message(f"{WRONG['files'].vi}. Cần có: {vi}", f"{WRONG['files'].en}. Needed: {en}")


def _complaint(question: Question, value: str) -> Message | None:
    """What is wrong with a value, and what is wanted; None for one that can stand."""
    if len(value) > LONGEST or not all(c.isprintable() for c in value):
        return WRONG["long"] if len(value) > LONGEST else WRONG["text"]
    if question.kind is QuestionKind.NAME and not all(
        c.isalpha() or unicodedata.combining(c) or c in " '’.-" for c in value
    ):
        return WRONG["digits_in_name"] if any(c.isdigit() for c in value) else WRONG["name"]
    if declared_value(question.field, value) is not None:
        return None
    if question.kind is QuestionKind.DATE:
        return _no_such_day(value) or WRONG["date"]
    if question.kind is QuestionKind.PERSONAL_ID:
        return _wrong_number(value)
    return WRONG.get(question.kind, WRONG["text"])


def _no_such_day(value: str) -> Message | None:
    """That the calendar has no such day, and why; None for what is not written as day, month and year."""
    written = _DATE.fullmatch(value)
    if written is None:
        return None
    day, month, year = (int(part) for part in written.groups())
    if not 1 <= month <= 12:
        return Message(
            f"Không có ngày này: không có tháng {month}, tháng từ 1 đến 12",
            f"There is no such day: months are 1 to 12, not {month}",
        )
    days = monthrange(year, month)[1] if 1 <= year <= 9999 else 31
    if 1 <= day <= days:
        return None
    return Message(
        f"Không có ngày này: tháng {month} năm {year} có {days} ngày",
        f"There is no such day: month {month} of {year} has {days} days",
    )


def _wrong_number(value: str) -> Message:
    bare = value.replace(" ", "").replace(".", "").replace("-", "")
    if not bare.isdecimal():
        return WRONG["letters_in_number"]
    if len(bare) in (9, 12):
        return WRONG["personal_id"]
    return Message(
        f"{WRONG['personal_id'].vi}; ở đây có {len(bare)}", f"{WRONG['personal_id'].en}; there are {len(bare)}"
    )


def _question(name: str, paper: Paper) -> Question:
    field = paper.compare[name]
    kind = _KIND_BY_GRAMMAR.get(grammar_of(field), QuestionKind.TEXT)
    return Question(
        name=name,
        field=field,
        label=entry_label(name),
        kind=kind,
        required=paper.required,
        hint=HINTS.get(kind),
        autocomplete=_ABOUT_ONESELF.get(field, "off") if name.startswith(_MYSELF) else "off",
    )


def _slots(paper: Paper) -> tuple[Slot, ...]:
    if not paper.sides:
        return (Slot(key=paper.role, label=_PHOTO, side=False),)
    return tuple(Slot(key=f"{paper.role}-{side}", label=SIDES[side], side=True) for side in paper.sides)
