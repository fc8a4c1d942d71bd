"""An item as HTML for the work page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.message import Message
from pipeline.judging.review.display import display_value, doubtful
from pipeline.judging.review.policy import FieldClass, class_of
from pipeline.values.comparison import Level
from service.desk import register_words
from service.desk.evidence import ItemView, RegisterView
from service.pages.render import rendered

# In these fields digits are typed: plain number keys must not pick a reading.
_TYPED_IN_DIGITS: Final = frozenset((FieldClass.DATE, FieldClass.IDENTIFIER))

CHOICES: Final[Mapping[str, Message]] = {
    "accept": Message("đúng như máy đọc", "as it was read"),
    "correct": Message("sửa lại", "corrected"),
    "illegible": Message("không đọc được", "illegible"),
    "absent": Message("giấy tờ không ghi", "not on the form"),
    "wrong_type": Message("sai loại giấy tờ", "another kind of paper"),
    "wrong_split": Message("tách trang sai", "pages split wrongly"),
    "retake": Message("phải chụp lại", "to be scanned again"),
}
_LONG: Final = 44  # characters of a reading that need the whole width


@dataclass(frozen=True, slots=True)
class Pick:
    """A reading under a number key. `marks`: of each character, whether it differs from the first reading; `means`: the
    date in figures where words say it."""

    text: str
    marks: list[bool]
    means: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidenced:
    """A field of the register beside the paper's: in words, the figure for a tooltip. `says_more`: it is asked about or
    not simply equal, and so has a line of its own."""

    label: Message
    registered: str
    level: str
    words: Message
    figure: str
    asked: bool
    says_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A person in the register, in words."""

    masked_id: str
    words: Message
    figure: str
    deceased: bool
    lines: list[Evidenced]
    equal: list[Evidenced]


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
        picks=[
            Pick(reading.text, doubtful(reading.text, [view.shown]), _means(view, reading.value))
            for reading in view.alternatives
        ],
        means=_means(view, view.value),
        long=max(map(len, texts)) > _LONG,
        people=[_registered(one) for one in view.register],
        digits=typed_in_digits or any(letter.isdigit() for text in texts for letter in text),
        choices=CHOICES,
    )


def _means(view: ItemView, value: str | None) -> str:
    """The date that words say, in figures; empty for what is shown in figures anyway."""
    return display_value(view.grammar, value) if value is not None and view.grammar == "date_words" else ""


def _registered(person: RegisterView) -> Registered:
    fields = [
        Evidenced(
            label=row.label,
            registered=row.registered,
            level=row.level,
            words=register_words.field_words(Level(row.level), row.weight),
            figure=register_words.bits(row.weight),
            asked=row.asked,
            says_more=row.asked or row.level != Level.SAME,
        )
        for row in person.fields
    ]
    return Registered(
        masked_id=person.masked_id,
        words=register_words.person_words(person.probability),
        figure=register_words.percent(person.probability),
        deceased=person.deceased,
        lines=[one for one in fields if one.says_more],
        equal=[one for one in fields if not one.says_more],
    )


def _places(marks: Sequence[bool]) -> list[int]:
    return [at for at, marked in enumerate(marks) if marked]
