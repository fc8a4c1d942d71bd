"""What a clerk decides about a submission, and why: words that the sender reads, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from pipeline.domain.message import Message
from pipeline.judging.verdict import Paper

OTHER: Final = "other"  # typed by the clerk


class ClerkDecision(StrEnum):
    """Accepted; the original is to be brought; a photo is to be taken again."""

    ACCEPT = "accept"
    BRING_PAPER = "bring_paper"
    PHOTO_AGAIN = "photo_again"


# Of an acceptance these are asked for only where something contradicts.
REASONS: Final[Mapping[ClerkDecision, Mapping[str, Message]]] = {
    ClerkDecision.ACCEPT: {
        "misread": Message(
            "Máy đọc nhầm; trên giấy tờ ghi đúng như đã khai",
            "It was misread by the machine; the paper says what was declared",
        ),
        "followed": Message(
            "Khai nhầm; lấy theo nội dung trên giấy tờ", "A slip in the form; what the paper says is taken"
        ),
        "spelling": Message(
            "Chỉ khác cách viết, cùng một nội dung", "Only written differently, the same in what it says"
        ),
        "original": Message(
            "Đã đối chiếu với bản chính hoặc sổ gốc", "Compared with the original or the register book"
        ),
    },
    ClerkDecision.BRING_PAPER: {
        "unclear": Message("Ảnh chưa đủ để kết luận", "The photo does not settle it"),
        "differs": Message("Nội dung khai khác với giấy tờ", "What was declared differs from the paper"),
        "altered": Message("Cần xem kỹ một chỗ trên bản chính", "A place on the paper has to be seen on the original"),
    },
    ClerkDecision.PHOTO_AGAIN: {
        "blurred": Message("Ảnh mờ, không đọc được chữ", "The photo is blurred and cannot be read"),
        "glare": Message("Ảnh bị lóa sáng che mất chữ", "Glare hides writing"),
        "cut_off": Message("Ảnh thiếu góc hoặc cạnh giấy", "A corner or an edge is cut off"),
        "covered": Message("Chữ bị che hoặc bị gập", "Writing is covered or folded away"),
    },
}
_SIDES: Final[Mapping[str, Message]] = {
    "front": Message("mặt trước", "front"),
    "back": Message("mặt sau", "back"),
    "": Message("", ""),
}


def wanted_photos(papers: Sequence[Paper]) -> list[tuple[str, Message]]:
    """What can be asked for again, as `role:side`: each side of a paper that has sides, else the paper."""
    choices = []
    for paper in papers:
        for side in paper.sides or ("",):
            of_side = _SIDES[side]
            choices.append((f"{paper.role}:{side}", _joined(paper.name, of_side)))
    return choices


def _joined(name: Message, side: Message) -> Message:
    if not side.vi:
        return name
    return Message(f"{name.vi}, {side.vi}", f"{name.en}, {side.en}")


def told(decision: ClerkDecision, why: Message, about: Message | None) -> Message:
    """What the sender reads of a decision. `about`: the paper or side that is asked for."""
    if about is None:
        return why
    if decision is ClerkDecision.PHOTO_AGAIN:
        return Message(f"Chụp lại {about.vi}. {why.vi}.", f"Take again: {about.en}. {why.en}.")
    return Message(f"Mang theo {about.vi}. {why.vi}.", f"Bring: {about.en}. {why.en}.")
