"""A submission as a clerk sees it who decides about it: what was declared, read and registered, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.verdict import Procedure, procedure
from pipeline.judging.verdict.agreement import grammar_of, level_of
from pipeline.values.comparison import Level
from service.pages.results import Note, notes_of
from service.pages.wording import entry_label, shown_value
from service.wire.contract import FieldModel, VerdictModel
from storage.submissions import Submission

_DECLARED_WORDS: Final = {
    "same": Message("khai khớp với giấy tờ", "as declared"),
    "near": Message("khai gần giống giấy tờ", "nearly as declared"),
    "different": Message("khai khác với giấy tờ", "declared otherwise"),
    "not_read": Message("chưa đọc được trên giấy tờ", "not read on the paper"),
    "not_declared": Message("không khai mục này", "not declared"),
}
_REGISTER_DIFFERS: Final = Message("CSDL dân cư ghi khác", "the register differs")
_WORST: Final = ("different", "near", "not_read", "not_declared", "same")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkLine:
    """One declared entry. `differs`: what a clerk has to look at; `words` says what of it. `points`: its place in page
    `page` of file `file`, empty where it has none."""

    name: str
    label: Message
    paper: Message | None
    declared: Message | None
    read: Message | None
    registered: Message | None
    agreement: str
    register_differs: bool
    words: tuple[Message, ...]
    file: int | None
    page: int
    points: str

    @property
    def differs(self) -> bool:
        return self.agreement in ("different", "near") or self.register_differs


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkFile:
    """One file that was sent, its pages, how each lies, and what it was taken for."""

    number: int
    label: Message
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkView:
    """Lines that differ stand first. `contradicts`: accepting needs a reason."""

    submission: Submission
    procedure: Procedure | None
    procedure_name: Message
    lines: tuple[ClerkLine, ...]
    notes: tuple[Note, ...]
    files: tuple[ClerkFile, ...]
    contradicts: bool


def clerk_view(submission: Submission) -> ClerkView:
    """The submission for its clerk. It has a verdict."""
    verdict = VerdictModel.model_validate(submission.verdict)
    try:
        wanted = procedure(submission.procedure)
    except WrongUse:
        wanted = None  # the procedure was in the table when this was handed in
    lines = [_line(field, wanted) for field in verdict.fields]
    lines.sort(key=lambda line: (not line.register_differs and line.agreement == "same", _WORST.index(line.agreement)))
    return ClerkView(
        submission=submission,
        procedure=wanted,
        procedure_name=wanted.name if wanted else Message.same(submission.procedure),
        lines=tuple(lines),
        notes=notes_of(verdict, wanted),
        files=tuple(_files(submission, verdict, wanted)),
        contradicts=any(reason.outcome == "contradicts" for reason in verdict.reasons),
    )


def _line(field: FieldModel, wanted: Procedure | None) -> ClerkLine:
    paper = next((paper for paper in wanted.papers if paper.role == field.role), None) if wanted else None
    where = paper.compare.get(field.name, field.name) if paper else field.name
    differs = _register_differs(where, field.registered, field.read or field.declared)
    words = (_DECLARED_WORDS[field.agreement], *((_REGISTER_DIFFERS,) if differs else ()))
    return ClerkLine(
        name=field.name,
        label=entry_label(field.name),
        paper=paper.name if paper else None,
        declared=_shown(field.name, field.declared),
        read=_shown(field.name, field.read),
        registered=_shown(field.name, field.registered),
        agreement=field.agreement,
        register_differs=differs,
        words=words,
        file=field.file,
        page=field.page or 1,
        points=" ".join(f"{x:g},{y:g}" for x, y in field.box) if field.box else "",
    )


def _register_differs(where: str, registered: str | None, other: str | None) -> bool:
    """Whether the registered value says something else; marks and letters count, a date's precision does not."""
    if registered is None or other is None:
        return False
    level = level_of(where, other, registered)
    if level is Level.PART:
        return grammar_of(where) not in ("date", "year", "address")
    return level is not Level.SAME


def _shown(name: str, value: str | None) -> Message | None:
    return None if value is None else shown_value(name, value)


def _files(submission: Submission, verdict: VerdictModel, wanted: Procedure | None) -> list[ClerkFile]:
    names = {paper.role: paper.name for paper in wanted.papers} if wanted else {}
    files = []
    for number, file in enumerate(submission.files, start=1):
        roles = [document.role for document in verdict.documents if document.file == number]
        label = next((names[role] for role in roles if role in names), None) or Message(
            f"Tệp {number}", f"File {number}"
        )
        files.append(ClerkFile(number=number, label=label, turns=file.turns or (0,)))
    return files
