"""A value's ink, kept until the register is asked: whether it may say what the register says instead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count, pairwise

from pipeline.domain.recognition import TracingRecognizer
from pipeline.domain.trace import Trace
from pipeline.settling.ink import Written

DENIED, MAY_SAY = -15.0, -10.0
"""Nats by which ink that says less of a text than of what was read surely does not say it; and within which it may.

On 135 files of another maker the ink said the truth less than what was misread for it by at most 9.8, where no word was
lost; less than a date read rightly it said another day, month or year by 15 or more 8 times in 10 (470 dates), a day
weeks away 99 times in 100, another surname or given name always but once (500 names).
"""

_NUMBERS, _DIGIT = re.compile(r"\d+"), re.compile(r"\d")
_MOST_WORDS = 7  # of a name that is scored in part: its words can be left out in so many ways only
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A value's text in each cut it was read from, and what the ink of each may say."""

    texts: tuple[str, ...]
    traces: tuple[Trace, ...]

    def against(self, registered: str) -> float | None:
        """By how many nats the ink says what is registered, written as the value is written here, less than the value.

        Of a name, a number or a date. None where the value has parts that the other has not, or is written in a way in
        which the other cannot be: what was cut off or written otherwise is no difference of the ink. None too where the
        ink hardly says the value itself: what it says then is a third thing, and tells nothing of these two.
        """
        return self._less_likely(_like(self.texts, registered))

    def denies_in_part(self, name: str) -> bool:
        """Whether a name of more or fewer words is denied however its words are chosen: one may have been lost or
        joined, whichever, or two been read as one, so that spaces say nothing."""
        against = self._less_likely(_named_in_part(self.texts, name), spaced=False)
        return against is not None and against < DENIED

    def _less_likely(self, others: Sequence[tuple[str, ...]], *, spaced: bool = True) -> float | None:
        if not others or self._says(self.texts, spaced=True) < sum(trace.best for trace in self.traces) + MAY_SAY:
            return None
        return max(self._says(texts, spaced=spaced) for texts in others) - self._says(self.texts, spaced=spaced)

    def _says(self, texts: Sequence[str], *, spaced: bool) -> float:
        return sum(trace.log_likelihood(text, spaced=spaced) for trace, text in zip(self.traces, texts, strict=True))


def traced(written: Written, reader: TracingRecognizer) -> Traced:
    """The value with what the reader saw in each of its cuts."""
    return Traced(texts=written.texts, traces=tuple(map(reader.trace, written.cuts)))


def _like(texts: Sequence[str], registered: str) -> list[tuple[str, ...]]:
    """What the register says, as the value is written: a date's numbers in their places, with and without zeros before
    them, a number's digits in theirs, a name in as many words and in its capitals."""
    if (date := _ISO.fullmatch(registered)) is not None:
        return _dated(texts, date[3], date[2], date[1])
    return _numbered(texts, registered) if registered.isdigit() else _named(texts, registered)


def _dated(texts: Sequence[str], day: str, month: str, year: str) -> list[tuple[str, ...]]:
    """Day, month and year in place of the three numbers of a date; none where it has other than three."""
    read = [number for text in texts for number in _NUMBERS.findall(text)]
    if len(read) != 3 or len(read[2]) not in (2, 4):
        return []
    year = year[-len(read[2]) :]
    forms = ((day, month, year), (day.lstrip("0"), month.lstrip("0"), year), (day.lstrip("0"), month, year))
    return [_replaced(texts, _NUMBERS, form) for form in dict.fromkeys(forms)]


def _numbered(texts: Sequence[str], digits: str) -> list[tuple[str, ...]]:
    read = sum(len(_DIGIT.findall(text)) for text in texts)
    return [_replaced(texts, _DIGIT, digits)] if read == len(digits) else []


def _replaced(texts: Sequence[str], places: re.Pattern[str], by: Sequence[str]) -> tuple[str, ...]:
    following = iter(by)
    return tuple(places.sub(lambda _: next(following), text) for text in texts)


def _named(texts: Sequence[str], name: str) -> list[tuple[str, ...]]:
    words = name.split()
    if len(words) != sum(len(text.split()) for text in texts):
        return []
    return [_with_words(texts, dict(enumerate(words)))]


def _named_in_part(texts: Sequence[str], name: str) -> list[tuple[str, ...]]:
    """Where one of both has more words, the value with those of the name that its own may be, and the whole name."""
    read, words = [word for text in texts for word in text.split()], name.split()
    if not name.replace(" ", "").isalpha() or len(read) == len(words) or max(len(read), len(words)) > _MOST_WORDS:
        return []
    fewer = min(len(read), len(words))
    chosen = [
        _with_words(texts, dict(zip(places, some, strict=True)))
        for places in combinations(range(len(read)), fewer)
        for some in combinations(words, fewer)
    ]
    return chosen + [_parted(texts, words, ends) for ends in combinations(range(1, len(words)), len(texts) - 1)]


def _parted(texts: Sequence[str], words: Sequence[str], ends: Sequence[int]) -> tuple[str, ...]:
    """All the words, those up to each end in place of one of the texts."""
    parts = [words[begin:end] for begin, end in pairwise((0, *ends, len(words)))]
    return tuple(
        " ".join(_in_capitals_of(text, word) for word in part) for text, part in zip(texts, parts, strict=True)
    )


def _with_words(texts: Sequence[str], words: Mapping[int, str]) -> tuple[str, ...]:
    """The texts with words in place of those at these places, counted over all."""
    at = count()

    def instead(read: str) -> str:
        word = words.get(next(at))
        return read if word is None else _in_capitals_of(read, word)

    return tuple(" ".join(map(instead, text.split())) for text in texts)


def _in_capitals_of(read: str, word: str) -> str:
    return word.upper() if read.isupper() else word.title()
