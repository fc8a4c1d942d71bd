"""An item as HTML for the work page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.message import Message
from pipeline.judging.review.display import doubtful
from pipeline.judging.review.policy import FieldClass, class_of
from service.desk.evidence import ItemView
from service.pages.render import rendered

# In these fields digits are typed: plain number keys must not pick a reading.
_TYPED_IN_DIGITS: Final = frozenset((FieldClass.DATE, FieldClass.IDENTIFIER))

CHOICES: Final[Mapping[str, Message]] = {
    "accept": Message("đúng như máy đọc", "as it was read"),
    "correct": Message("ghi lại", "corrected"),
    "illegible": Message("không đọc được", "illegible"),
    "absent": Message("giấy không ghi", "not on the form"),
    "wrong_type": Message("sai loại giấy", "another kind of paper"),
    "wrong_split": Message("tách trang sai", "pages split wrongly"),
    "retake": Message("phải chụp lại", "to be scanned again"),
}
LEVELS: Final[Mapping[str, Message]] = {
    "same": Message("giống", "same"),
    "marks": Message("khác dấu", "other marks"),
    "letters": Message("khác một hai chữ", "a letter or two differ"),
    "part": Message("giống một phần", "in part"),
    "different": Message("khác", "different"),
}
KEYS: Final[tuple[tuple[str, Message], ...]] = (
    ("Enter", Message("Ghi: đúng như máy đọc, hoặc như vừa gõ", "Enter the reading, or what was typed")),
    (
        "1 – 5",
        Message("Chọn cách đọc khác rồi ghi; mục có chữ số thì Alt + 1 – 5", "Another reading; Alt + 1 – 5 always"),
    ),
    ("Alt ← →", Message("Đến chữ chưa chắc trước, sau; gõ đè lên", "To the doubtful letters; type over them")),
    ("Esc", Message("Trở lại như máy đọc", "Back to the reading")),
    ("Ctrl Enter", Message("Ghi đúng như trên giấy khi máy báo sai dạng", "Keep as written what has an odd form")),
    ("F2", Message("Không đọc được", "Illegible")),
    ("F3", Message("Giấy không ghi mục này", "Not on the form")),
    ("F4", Message("Giấy có lỗi: sai loại, tách trang sai, chụp lại", "Paper problem: type, pages, scan again")),
    ("F8, Ctrl Z", Message("Hoàn tác quyết định vừa rồi", "Undo the last decision")),
    ("F9", Message("Để lại cho người khác", "Leave it to others")),
    ("Alt C", Message("Ghi chú", "Comment")),
    ("Alt + − 0 9", Message("Phóng to, thu nhỏ, về chỗ của mục, cả trang", "Zoom in, out, to the place, whole page")),
    ("Ctrl Shift ← ↑ → ↓", Message("Dời trang giấy", "Pan the page")),
    ("Alt B", Message("Khoanh lại chỗ của mục trên giấy", "Mark the place on the page")),
    ("Alt P", Message("Xem cả giấy", "The whole paper")),
    ("Alt T", Message("Gõ Telex: bật, tắt", "Telex on, off")),
    ("F1, ?", Message("Bảng phím này", "These keys")),
)


@dataclass(frozen=True, slots=True)
class Pick:
    """A reading under a number key. `marks`: of each character, whether it differs from the first reading."""

    text: str
    marks: list[bool]


def fragment(view: ItemView) -> str:
    """The item as HTML, which the work page keeps until it is shown."""
    typed_in_digits = class_of(view.field) in _TYPED_IN_DIGITS
    texts = [view.shown, *(reading.text for reading in view.alternatives)]
    return rendered(
        "desk_item.html",
        view=view,
        box=" ".join(f"{x:g},{y:g}" for x, y in view.box or ()),
        doubtful=_places(view.doubtful),
        likeliest=_places(doubtful(view.shown, texts[1:2]))[:1],
        picks=[Pick(reading.text, doubtful(reading.text, [view.shown])) for reading in view.alternatives],
        digits=typed_in_digits or any(letter.isdigit() for text in texts for letter in text),
        choices=CHOICES,
        levels=LEVELS,
    )


def _places(marks: Sequence[bool]) -> list[int]:
    return [at for at, marked in enumerate(marks) if marked]
