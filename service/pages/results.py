"""A submission as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.verdict import Procedure, procedure
from service.pages.wording import (
    ACCEPTED_BY_CLERK,
    AGREEMENTS,
    ANSWERS,
    ASKED_BY_CLERK,
    AnswerKind,
    entry_label,
    shown_value,
)
from service.submissions.registered import HIDDEN
from service.wire.contract import FieldModel, Place, ReasonModel, SubmissionModel, VerdictModel
from storage.submissions import Submission

_BY_BROWSER = frozenset(("image/jpeg", "image/png", "image/webp"))
_BY_STATUS = {"accepted": AnswerKind.USABLE, "refused": AnswerKind.REFUSED}
# What a clerk decided, by the code of its first reason.
_BY_RULING = {"review.bring_paper": AnswerKind.BRING_PAPER, "review.photo_again": AnswerKind.RETAKE}
_OF_CLERK = "review."


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One reason. `number` marks its place on the photo, None where it has no place. `about`: the paper or the entry it
    is about, None where the message names it already."""

    number: int | None
    message: Message
    about: Message | None
    outcome: str
    file: int | None
    page: int | None
    place: str
    by_clerk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One compared entry. None: there is no value; `hidden_*`: there was a value, and it is not kept."""

    name: str
    label: Message
    declared: Message | None
    read: Message | None
    hidden_declared: bool
    hidden_read: bool
    agreement: str
    agrees: Message
    file: int | None
    page: int | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """One file that was sent, and whether something on it is marked. `by_browser`: browsers can show it themselves."""

    number: int
    name: str | None
    marked: bool
    by_browser: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`full`: values are shown. `kind` names the answer (`ANSWERS`)."""

    code: str
    kind: AnswerKind
    heading: Message
    meaning: Message
    procedure: str
    procedure_name: Message
    full: bool
    position: int | None
    page: int | None
    notes: tuple[Note, ...]
    lines: tuple[Line, ...]
    files: tuple[SentFile, ...]
    holdings: tuple[str, ...]

    @property
    def waiting(self) -> bool:
        return self.kind is AnswerKind.RECEIVED

    @property
    def again(self) -> bool:
        """Whether handing in again is what to do next."""
        return self.kind in (AnswerKind.RETAKE, AnswerKind.CONTRADICTS, AnswerKind.REFUSED)

    @property
    def by_clerk(self) -> bool:
        """Whether a person decided, so that the notes are theirs."""
        return any(note.by_clerk for note in self.notes)


def result_of(view: SubmissionModel, submission: Submission, *, full: bool) -> Result:
    """What is shown of a submission; `view` holds values only where `full`."""
    kind = _kind(view)
    heading, meaning = ANSWERS[kind]
    wanted = _procedure(view.procedure)
    name = wanted.name if wanted else Message.same(view.procedure)
    verdict = view.verdict
    notes = notes_of(verdict, wanted) if verdict else ()
    ruled = any(note.by_clerk for note in notes)
    if kind is AnswerKind.USABLE:
        # A clerk has settled what the machine doubted.
        notes = tuple(note for note in notes if note.outcome == "usable")
        meaning = ACCEPTED_BY_CLERK if ruled or (view.verdict and view.verdict.outcome != "usable") else meaning
    elif ruled and kind is not AnswerKind.REFUSED:
        notes = tuple(note for note in notes if note.by_clerk)
        meaning = ASKED_BY_CLERK if kind is AnswerKind.RETAKE else meaning
    lines = tuple(_line(field) for field in verdict.fields) if verdict and full else ()
    if all(line.agreement == "not_read" for line in lines):
        lines = ()  # nothing was read: there is nothing to compare
    marked = {note.file for note in notes if note.number}
    return Result(
        code=view.code,
        kind=kind,
        heading=heading,
        meaning=meaning,
        procedure=view.procedure,
        procedure_name=name,
        full=full,
        position=view.queue.position if view.queue else None,
        page=view.queue.page if view.queue else None,
        notes=notes,
        lines=lines,
        files=tuple(
            SentFile(
                number=number,
                name=file.name if full else None,
                marked=number in marked,
                by_browser=file.media_type in _BY_BROWSER,
            )
            for number, file in enumerate(submission.files, start=1)
        ),
        holdings=tuple(document.holding_code for document in verdict.documents if document.holding_code)
        if verdict and full
        else (),
    )


def _kind(view: SubmissionModel) -> AnswerKind:
    """What the page says: a clerk's decision comes before the machine's verdict."""
    if view.verdict is None:
        return AnswerKind.RECEIVED
    if view.status == "in_review":
        return AnswerKind.CONTRADICTS if view.verdict.outcome == "contradicts" else AnswerKind.REVIEW
    first = view.verdict.reasons[0].code if view.verdict.reasons else ""
    if view.status == "refused" and first in _BY_RULING:
        return _BY_RULING[first]
    if view.status == "refused" and view.verdict.outcome == "retake":
        return AnswerKind.RETAKE
    return _BY_STATUS[view.status]


def _procedure(code: str) -> Procedure | None:
    try:
        return procedure(code)
    except WrongUse:
        return None  # the procedure was in the table when this was handed in


def notes_of(verdict: VerdictModel, wanted: Procedure | None) -> tuple[Note, ...]:
    """The reasons of a verdict, those with a place numbered."""
    papers = {paper.role: paper.name for paper in wanted.papers} if wanted else {}
    notes, number = [], 0
    for reason in verdict.reasons:
        if reason.place:
            number += 1
        notes.append(_note(reason, number if reason.place else None, papers.get(reason.role or "")))
    return tuple(notes)


def _note(reason: ReasonModel, number: int | None, paper: Message | None) -> Note:
    about = entry_label(reason.field) if reason.field else paper
    if about is not None and about.vi in reason.message.vi:
        about = None
    return Note(
        number=number,
        message=reason.message,
        about=about,
        outcome=reason.outcome,
        file=reason.file,
        page=reason.page,
        place=_points(reason.place),
        by_clerk=reason.code.startswith(_OF_CLERK),
    )


def _line(field: FieldModel) -> Line:
    return Line(
        name=field.name,
        label=entry_label(field.name),
        declared=_value(field.name, field.declared),
        read=_value(field.name, field.read),
        hidden_declared=field.declared == HIDDEN,
        hidden_read=field.read == HIDDEN,
        agreement=field.agreement,
        agrees=AGREEMENTS[field.agreement],
        file=field.file,
        page=field.page,
        place=_points(field.box),
    )


def _value(name: str, value: str | None) -> Message | None:
    return None if value is None or value == HIDDEN else shown_value(name, value)


def _points(place: Place | Sequence[Sequence[float]] | None) -> str:
    """Corners for the script that marks photos, empty for no place."""
    return " ".join(f"{x:g},{y:g}" for x, y in place) if place else ""
