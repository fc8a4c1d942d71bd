"""Labels that were misread: known by nearly all letters and by what stands behind them, or only by their number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from pipeline.forms.by_labels.labels import PageLabel, spans
from pipeline.forms.by_labels.meaning import after_tail, person_after
from pipeline.forms.by_labels.wording import Meaning, Vocabulary
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Sheet
from pipeline.values import normalise

NEARLY = 70.0  # likeness (rapidfuzz) of a misread label to its wording; by trial
WEIGHT = 0.6  # of such a label, beside 1 and more of one that was read
MOST_WORDS = 3  # of such a label
COLUMN = 2.0  # letter heights within which lines of one column begin
LISTED = frozenset({"ethnicity", "nationality", "religion", "sex"})  # grammars whose values tell what was asked
PERSON_WORDS = 3  # behind it, that say whose: "Dân tộc người cha"
_WORD = re.compile(r"(?<!\S)[^\W\d_]")
_VALUE = re.compile(r"\s*:\s*([^\W\d_]+(?:\s+[^\W\d_]+)?)")
_NUMBER = re.compile(r"\(?\d{1,2}\s*[.)]\s*$")
_NUMBERED = re.compile(r"(?:^\W*|(?<=\s))\(?\d{1,2}\s*[.)]\s*[^\W\d_][^\s:]*(?:\s+[^\W\d_][^\s:]*){0,3}\s*(?=:)")


_ITEM = re.compile(r"\W*(\d{1,2})\s*[.)]\s*(?=[^\W\d_])")
_BEGUN = re.compile(r"(?<=\s)\(?\d{1,2}\s*[.)]\s*([^\W\d_][^:\d]{0,20})$")
_BEGUN_ALONE = re.compile(r"^\s*([^\W\d_][^:\d]{1,30})$")  # a strip of its own at its row's end
_BEGUN_LAST = re.compile(r"(?<=\s)(?=([^\W\d_]+(?:\s+[^\W\d_]+){0,2})$)")  # the last words behind a value, up to three
_ENDED = re.compile(r"([^:\d]{1,24}?)\s*(?=:)")


def with_misread(sheet: Sheet, vocabulary: Vocabulary, labels: Sequence[PageLabel]) -> list[PageLabel]:
    """The labels; those that a line's end breaks ("… 7. Làm" over "nghề gì: …"); and those that are nearly one that
    asks for a value of a list, where such a value follows: "Drộc: Kinh" asks for the ethnic group."""
    listed = {key: meaning for key, meaning in vocabulary.labels.items() if meaning.what.grammar in LISTED}
    few = replace(vocabulary, labels=listed)
    broken = list(_broken(sheet, vocabulary, labels))
    whole = [label for label in labels if not any(_is_part(label, of) for of in broken)]
    found = [*whole, *broken, *(label for n in range(len(sheet.texts)) for label in _misread(sheet, few, labels, n))]
    place = {line: n for n, line in enumerate(sheet.reading_order())}
    return sorted(found, key=lambda label: (place[label.line], label.start))


def unknown(sheet: Sheet, labels: Sequence[PageLabel]) -> list[tuple[int, int, int]]:
    """Numbered labels that nobody knows ("5. Drrc: …", "15. Tui 21" below "14. …"): they end the value before them.
    Line, start, end."""
    named = [
        (n, match.start(), match.end()) for n, text in enumerate(sheet.texts) for match in _NUMBERED.finditer(text)
    ]
    return [place for place in [*named, *_next_numbers(sheet)] if _is_free(sheet, labels, *place)]


def _next_numbers(sheet: Sheet) -> Iterator[tuple[int, int, int]]:
    """Whole strips that begin with the number after that of the strip above them in their column. In cells nothing runs
    on into the next row."""
    for line, below in _followed(sheet):
        if sheet.lines[below].cell is not None:
            continue
        one, other = _ITEM.match(sheet.texts[line]), _ITEM.match(sheet.texts[below])
        if one and other and int(other[1]) == int(one[1]) + 1 and not _NUMBERED.match(sheet.texts[below]):
            yield below, 0, len(sheet.texts[below])


def _broken(sheet: Sheet, vocabulary: Vocabulary, labels: Sequence[PageLabel]) -> Iterator[PageLabel]:
    for line, below in _followed(sheet):
        ended = _ENDED.match(sheet.texts[below])
        if ended is None:
            continue
        told = ((begun, _meant(f"{begun[1]} {ended[1]}", vocabulary)) for begun in _begun(sheet, line, ended[1]))
        begun, meaning = next(((begun, meaning) for begun, meaning in told if meaning is not None), (None, None))
        if begun is None or meaning is None:
            continue
        taken = [label for label in labels if label.line == line and label.end > begun.start(1)]
        if all(label.end == begun.end(1) and not label.colon for label in taken):  # its first half is a label too
            yield PageLabel(
                meaning=meaning, who=meaning.who, line=line, start=begun.start(), last_line=below, end=ended.end(),
                weight=1.0, head=False, colon=True,
            )  # fmt: skip


def _followed(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Strips with that on which their text goes on: the next row's in the same column; else of a row's last strip the
    first of the next row."""
    order = sheet.reading_order()
    for at, line in enumerate(order):
        later = [n for n in order[at + 1 :] if sheet.rows[n] != sheet.rows[line]]
        left, reach = sheet.boxes[line][0], COLUMN * sheet.height
        next_row = [n for n in later if sheet.rows[n] == sheet.rows[later[0]]]
        below = next((n for n in next_row if abs(sheet.boxes[n][0] - left) <= reach), None)
        if below is None and later and later[0] == order[at + 1]:
            below = later[0]
        if below is not None:
            yield line, below


def _begun(sheet: Sheet, line: int, ended: str) -> Iterator[re.Match[str]]:
    """Where a label may begin that the line's end breaks."""
    text = sheet.texts[line]
    if (numbered := _BEGUN.search(text)) is not None:
        yield numbered
    if _ends_row(sheet, line) and (alone := _BEGUN_ALONE.match(text)) is not None:
        yield alone
    if ended[:1].islower():  # no label begins so: the line before has its beginning
        yield from (last for last in _BEGUN_LAST.finditer(text) if last[1][0].isupper())


def _ends_row(sheet: Sheet, line: int) -> bool:
    """Whether a strip stands behind others in its row, as the last one: a title alone in its row begins no label."""
    lefts = [sheet.boxes[n][0] for n, row in enumerate(sheet.rows) if row == sheet.rows[line]]
    return len(lefts) > 1 and max(lefts) == sheet.boxes[line][0]


def _is_part(label: PageLabel, broken: PageLabel) -> bool:
    """Whether a label is one of the two halves of a broken one: "Số định danh" over "cá nhân: …"."""
    first = label.line == broken.line and label.end > broken.start
    return first or (label.line == broken.last_line and label.start < broken.end)


def _meant(text: str, vocabulary: Vocabulary) -> Meaning | None:
    """What a label asks that is all of the text, but for a tail that says nothing more."""
    ends = [word.end() for word in re.finditer(r"\S+", text)]
    return next(
        (
            vocabulary.labels[key]
            for end in reversed(ends)
            if (key := fold(text[:end])) in vocabulary.labels and len(text) in (end, after_tail(text, end))
        ),
        None,
    )


def _misread(sheet: Sheet, vocabulary: Vocabulary, labels: Sequence[PageLabel], line: int) -> Iterator[PageLabel]:
    text = sheet.texts[line]
    for colon in _VALUE.finditer(text):
        before = [m.start() for m in _WORD.finditer(text, 0, colon.start())][-MOST_WORDS - PERSON_WORDS :]
        free = [start for start in before if _is_free(sheet, labels, line, start, colon.start())]
        asked = [(*told, start) for start in free if (told := _asked(text, start, colon.start(), vocabulary))]
        if not asked:
            continue
        _, meaning, who, start = max(asked, key=lambda told: told[0])
        if not _is_listed(meaning.what.grammar, colon[1]):
            continue
        number = _NUMBER.search(text[:start])
        start = number.start() if number else start
        yield PageLabel(
            meaning=meaning, who=who, line=line, start=start, last_line=line, end=colon.start(), weight=WEIGHT,
            head=not text[:start].strip(), colon=True,
        )  # fmt: skip


def _asked(text: str, start: int, stop: int, vocabulary: Vocabulary) -> tuple[float, Meaning, str | None] | None:
    """What the words from `start` to `stop` nearly ask, and of whom; how nearly."""
    best: tuple[float, Meaning, str | None] | None = None
    for word in list(re.finditer(r"\S+", text[start:stop]))[:MOST_WORDS]:
        end = start + word.end()
        until, who, _ = person_after(text, end, vocabulary) if end < stop else (end, None, 0)
        if until != stop:
            continue
        key = fold(text[start:end])
        for wording, meaning in vocabulary.labels.items():
            like = fuzz.ratio(key, wording)
            if like >= NEARLY and (best is None or like > best[0]):
                best = like, meaning, who or meaning.who
    return best


def _is_listed(grammar: str, text: str) -> bool:
    """Whether the text, or its first word, is a value of the list to the letter."""
    return any(
        normal.valid and normal.value is not None and "value.corrected" not in normal.findings
        for normal in (normalise(grammar, text), normalise(grammar, text.split()[0]))
    )


def _is_free(sheet: Sheet, labels: Sequence[PageLabel], line: int, start: int, end: int) -> bool:
    taken = (span for label in labels for span in spans(sheet, label))
    return not any(at == line and first < end and start < last for at, first, last in taken)
