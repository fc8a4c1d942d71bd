"""Days that their row tells: "Số: 270/2008 ngày: 28/12/2008" is of registration, "lúc 03 giờ 46 phút, ngày 24 tháng 1
năm 2018" of birth or death."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.geometry import bounds, rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.fields import ExtractedField, by_name
from pipeline.values import normalise

NUMBER, DAY, ISSUED = "registration_number", "date_of_registration", "date_of_issue"
EVENTS = {"time_of_birth": "date_of_birth", "time_of_death": "date_of_death"}
_DAY_INSIDE = re.compile(r"(?<=\w)\W+(?P<day>ngày\b)", re.IGNORECASE)
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


def with_event_days(fields: Sequence[ExtractedField], lines: Sequence[TextLine]) -> list[ExtractedField]:
    """The fields of a leaf, the day that follows an hour told as that of the birth or death, where none was found.

    It may have been taken for the day of issue or registration, which a form has as a bare date.
    """
    own = by_name(fields)
    for hour, event in EVENTS.items():
        time, known = own.get(hour), own.get(event)
        if time is None or not time.pieces or (known is not None and not known.empty):
            continue
        after = [f for f in own.values() if f.name in (DAY, ISSUED) and _goes_on(time, f, lines)]
        if after:
            own[event] = replace(after[0], name=event)
            del own[after[0].name]
        elif (day := _rest_of_row(time, event, lines)) is not None:
            own[event] = day
    return list(own.values())


def _goes_on(time: ExtractedField, day: ExtractedField, lines: Sequence[TextLine]) -> bool:
    """Whether a date begins in the hour's row, after it."""
    if not day.pieces or _row(day, lines) != _row(time, lines):
        return False
    hour, first = time.pieces[-1], day.pieces[0]
    if hour.line == first.line:
        return first.start >= hour.end
    return bounds(lines[first.line].box)[0] > bounds(lines[hour.line].box)[0]


def _rest_of_row(time: ExtractedField, event: str, lines: Sequence[TextLine]) -> ExtractedField | None:
    """The date in what follows the hour in its line."""
    last = time.pieces[-1]
    line = lines[last.line]
    start = next((n for n in range(last.end, len(line.text)) if line.text[n].isalnum()), len(line.text))
    said = line.text[start:]
    if normalise("date", said).value is None:
        return None
    x0, y0, x1, y1 = bounds(line.box)
    left = x0 + (x1 - x0) * start / len(line.text)
    piece = replace(last, start=start, end=len(line.text))
    return replace(
        time, name=event, grammar="date", verbatim=said, pieces=(piece,), box=rectangle(left, y0, x1, y1), notes=()
    )


def _day_in(number: ExtractedField, lines: Sequence[TextLine]) -> tuple[ExtractedField, ExtractedField] | None:
    """The number without the day that was read along with it, and that day."""
    number = _parted(number, lines)
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


def _parted(number: ExtractedField, lines: Sequence[TextLine]) -> ExtractedField:
    """The number, a day in its own line as a piece of its own: "349, ngày 05/01/2010"."""
    pieces = []
    for piece in number.pieces:
        found = _DAY_INSIDE.search(lines[piece.line].text, piece.start, piece.end)
        at = piece.start if found is None else found.start("day")
        pieces += [replace(piece, end=at), replace(piece, start=at)] if at > piece.start else [piece]
    return replace(number, pieces=tuple(pieces))


def _row(field: ExtractedField, lines: Sequence[TextLine]) -> int | None:
    return lines[field.pieces[0].line].row if field.pieces else None
