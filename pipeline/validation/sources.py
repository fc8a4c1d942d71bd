"""Compares what several sources on one paper say: print, QR code, machine-readable zone, words.

Two sources that were read independently and agree are the best evidence there is without a register; two that
differ are the best warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.codes import CitizenQr, Mrz, names_agree
from pipeline.domain.geometry import bounds
from pipeline.domain.model import FieldValue
from pipeline.validation.record import Record, Span
from pipeline.values import ascii_key, folded_key, normalise, strip_marks, words_say


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Whether the sources named ("text", "qr", "mrz", "words", "again") say the same about a field.

    `exact` is False where the comparison had to forgive something: lost marks, cut-off names, fuzzy words.
    """

    field: str
    sources: tuple[str, str]
    agree: bool
    exact: bool = True


def compare_sources(record: Record, qr: CitizenQr | None, mrz: Mrz | None) -> Iterator[Agreement]:
    """Every pair of sources that speak about the same field."""
    if qr is not None:
        yield from _with_qr(record, qr)
    if mrz is not None and mrz.valid:
        yield from _with_mrz(record, mrz)
        if qr is not None:
            yield from _qr_with_mrz(qr, mrz)
    yield from _figures_with_words(record)
    yield from _names_written_twice(record)


def _with_qr(record: Record, qr: CitizenQr) -> Iterator[Agreement]:
    for name, stated in qr.as_fields().items():
        printed = record.value(name)
        if printed is None or _came_from(record, name, "qr"):
            continue
        if name == "place_of_residence":
            yield Agreement(field=name, sources=("text", "qr"), agree=_same_place(printed, stated), exact=False)
        elif name.startswith("date_"):
            yield from _dates(name, printed, stated, "qr")
        else:
            yield Agreement(field=name, sources=("text", "qr"), agree=folded_key(printed) == folded_key(stated))


def _with_mrz(record: Record, mrz: Mrz) -> Iterator[Agreement]:
    for name, stated in mrz.as_fields().items():
        printed = record.value(name)
        if name == "mrz" or printed is None or _came_from(record, name, "mrz"):
            continue
        if name.startswith("date_"):
            yield from _dates(name, printed, stated, "mrz")
        else:
            yield Agreement(field=name, sources=("text", "mrz"), agree=printed == stated)
    full_name = record.value("full_name")
    if full_name is not None and mrz.surname:
        pair = ("text", "mrz")
        yield Agreement(field="full_name", sources=pair, agree=names_agree(mrz, full_name), exact=False)


def _qr_with_mrz(qr: CitizenQr, mrz: Mrz) -> Iterator[Agreement]:
    in_qr, in_mrz = qr.as_fields(), mrz.as_fields()
    for name in ("personal_id", "date_of_birth", "sex"):
        if name in in_qr and name in in_mrz:
            yield Agreement(field=name, sources=("qr", "mrz"), agree=in_qr[name] == in_mrz[name])
    if mrz.surname:
        same = names_agree(mrz, qr.full_name)
        yield Agreement(field="full_name", sources=("qr", "mrz"), agree=same, exact=False)


def _came_from(record: Record, name: str, source: str) -> bool:
    """A value that was taken from the code itself cannot confirm it."""
    return record.fields[name].source.value == source


def _dates(name: str, printed: str, stated: str, source: str) -> Iterator[Agreement]:
    """A coarser date confirms nothing but its own part, so it only counts when it contradicts."""
    if printed == stated:
        yield Agreement(field=name, sources=("text", source), agree=True)
    elif not (printed.startswith(stated) or stated.startswith(printed)):
        yield Agreement(field=name, sources=("text", source), agree=False)


def _same_place(printed: str, stated: str) -> bool:
    """The payload has no words for kinds of unit, so nearly every word of it must stand in the print."""
    wanted = set(re.findall(r"\w+", strip_marks(folded_key(stated))))
    there = set(re.findall(r"\w+", strip_marks(folded_key(printed))))
    return len(wanted - there) <= len(wanted) // 8


def _figures_with_words(record: Record) -> Iterator[Agreement]:
    figures, words = record.fields.get("date_of_birth"), record.fields.get("date_of_birth_words")
    if figures is None or words is None or not figures.value or not words.verbatim.strip():
        return
    spoken = words.value if Span.of(words.value) else normalise("date_words", words.verbatim).value
    pair = ("text", "words")
    if spoken is not None and spoken == figures.value:
        yield Agreement(field="date_of_birth", sources=pair, agree=True)
        yield Agreement(field="date_of_birth_words", sources=pair, agree=True)
    elif spoken is not None:
        if not (spoken.startswith(figures.value) or figures.value.startswith(spoken)):
            yield Agreement(field="date_of_birth", sources=pair, agree=False)
    elif _words_may_mean(words, figures.value):
        yield Agreement(field="date_of_birth", sources=pair, agree=True, exact=False)


def _words_may_mean(words: FieldValue, iso: str) -> bool:
    span = Span.of(iso)
    exact_day = span is not None and span.first == span.last
    return exact_day and words_say(words.verbatim, date.fromisoformat(iso))


def _names_written_twice(record: Record) -> Iterator[Agreement]:
    """A person whom the paper names in two places, as a father who declares: two readings of two pieces of ink.

    Other values that stand twice prove less: a stamp repeats its date, one clerk his address, both are misread alike.
    """
    written: dict[str, list[FieldValue]] = {}
    for name, field in record.fields.items():
        if field.value and name.endswith("full_name") and " " in field.value:
            written.setdefault(folded_key(field.value), []).append(field)
    for fields in written.values():
        for field in fields:
            if any(other is not field and not _same_ink(field, other) for other in fields):
                yield Agreement(field=field.name, sources=("text", "again"), agree=True)


def _same_ink(one: FieldValue, other: FieldValue) -> bool:
    if one.page != other.page:
        return False
    (a0, b0, a1, b1), (c0, d0, c1, d1) = bounds(one.box), bounds(other.box)
    return min(a1, c1) > max(a0, c0) and min(b1, d1) > max(b0, d0)


def same_name(name: str, other: str) -> bool:
    """Names equal but for case, tone placement and marks a reader may lose."""
    return folded_key(name) == folded_key(other) or ascii_key(name) == ascii_key(other)
