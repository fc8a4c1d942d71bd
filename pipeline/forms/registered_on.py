"""The number in the register and the day of registration in one row: "Số: 270/2008 ngày: 28/12/2008"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.geometry import bounds, rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.fields import ExtractedField, by_name
from pipeline.values import normalise

NUMBER, DAY, ISSUED = "registration_number", "date_of_registration", "date_of_issue"
_DAY_WORD = re.compile(r"^\W*ngày\b\W*", re.IGNORECASE)


def in_one_row(fields: Sequence[ExtractedField], lines: Sequence[TextLine]) -> list[ExtractedField]:
    """The fields of a leaf, the day beside the register's number told as that of registration.

    A day that stood for it, elsewhere on the page, is the day of issue where none was found.
    """
    own = by_name(fields)
    number, day, issued = own.get(NUMBER), own.get(DAY), own.get(ISSUED)
    if number is None or number.empty:
        return list(fields)
    beside = _day_in(number, lines)
    if beside is not None:
        own[NUMBER], own[DAY] = beside
    elif issued is not None and _row(issued, lines) == _row(number, lines) is not None:
        own[DAY] = replace(issued, name=DAY)
        del own[ISSUED]
    else:
        return list(fields)
    elsewhere = day is not None and not day.empty and _row(day, lines) != _row(number, lines)
    if day is not None and elsewhere and (ISSUED not in own or own[ISSUED].empty):
        own[ISSUED] = replace(day, name=ISSUED)
    return list(own.values())


def _day_in(number: ExtractedField, lines: Sequence[TextLine]) -> tuple[ExtractedField, ExtractedField] | None:
    """The number without the day that was read along with it, and that day."""
    for at, piece in enumerate(number.pieces):
        text = lines[piece.line].text[piece.start : piece.end]
        if at and _DAY_WORD.match(text):
            rest = number.pieces[at:]
            said = " ".join(lines[p.line].text[p.start : p.end] for p in rest)
            said = _DAY_WORD.sub("", said)
            if normalise("date", said).value is None:
                return None
            boxes = [bounds(lines[p.line].box) for p in rest]
            box = rectangle(
                min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
            )
            before = " ".join(lines[p.line].text[p.start : p.end] for p in number.pieces[:at]).strip(" ,;")
            day = replace(number, name=DAY, grammar="date", verbatim=said, pieces=rest, box=box)
            return replace(number, verbatim=before, pieces=number.pieces[:at]), day
    return None


def _row(field: ExtractedField, lines: Sequence[TextLine]) -> int | None:
    return lines[field.pieces[0].line].row if field.pieces else None
