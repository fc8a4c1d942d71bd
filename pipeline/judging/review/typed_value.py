"""What a person typed for a field: as written on the paper, its normal form, and whether the field can have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.judging.review.display import display_value
from pipeline.values import normalise
from pipeline.values.keys import squeeze
from pipeline.values.model import Context, Normal

# Guesses at what a reader must have misread. Typed text is not guessed at: the person is asked again instead.
_GUESSES: Final = frozenset(("date.century_garbled", "date.repaired", "id.repaired"))
# Written so on some papers, but more often a typing error: reported once, kept when the person confirms it.
_ODD: Final = frozenset(("date.out_of_range", "date.two_digit_year", "date.year_missing", "time.minutes_missing"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedValue:
    """`verbatim` is what was typed (NFC, single spaces), `value` its normal form, `shown` that form as clerks write it.

    `value` None with an empty `shown`: nothing is written in that place. `findings` are codes, put into words by
    `pipeline.settling.triage.reason_message`. `wrong_form`: the field's grammar refuses the text, or it is so odd that
    the person is asked to confirm it; once confirmed, the other attributes hold as they are.
    """

    verbatim: str
    value: str | None
    shown: str
    findings: tuple[str, ...]
    wrong_form: bool


def read_typed(grammar: str, typed: str, *, context: Context | None = None) -> TypedValue:
    """What was typed, read by the field's grammar (`pipeline.judging.review.places.grammar_of`).

    Never raises, whatever was typed. Tone marks stay where they were typed. A date in words may also be typed in
    figures.
    """
    verbatim = squeeze(typed)
    normal = normalise(grammar, verbatim, context=context)
    if grammar == "date_words" and normal.value is None and any(c.isdigit() for c in verbatim):
        normal = normalise("date", verbatim, context=context)
    findings = set(normal.findings)
    value = None if findings & _GUESSES else normal.value
    return TypedValue(
        verbatim=verbatim,
        value=value,
        shown="" if normal.empty else verbatim if value is None else display_value(grammar, value),
        findings=normal.findings or (("review.nothing_typed",) if not verbatim else ()),
        wrong_form=not verbatim or normal.ditto or not _possible(normal, findings),
    )


def _possible(normal: Normal, findings: set[str]) -> bool:
    return normal.valid and not findings & (_GUESSES | _ODD)
