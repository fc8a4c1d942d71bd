"""Which of several wordings a value's ink bears, and how a wording lies over the cuts that the value was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.recognition import LineImage, ScoringRecognizer

_NEVER = -1e6  # nats of a text that the reader cannot write


@dataclass(frozen=True, slots=True)
class Written:
    """A value and its ink: the text of each cut, and the cuts."""

    texts: tuple[str, ...]
    cuts: tuple[LineImage, ...]

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def likelihoods(self, reader: ScoringRecognizer, wordings: Sequence[Sequence[str]]) -> list[float]:
        """How well the ink bears each wording, a text for each cut, in nats; each different text is scored once.

        Only differences count: a cut of which all wordings say the same says nothing.
        """
        totals = [0.0] * len(wordings)
        for cut, column in zip(self.cuts, zip(*wordings, strict=True), strict=True):
            distinct = list(dict.fromkeys(column))
            known = dict(zip(distinct, reader.score(cut, distinct), strict=True)) if len(distinct) > 1 else {}
            totals = [total + max(known.get(text, 0.0), _NEVER) for total, text in zip(totals, column, strict=True)]
        return totals

    def by_words(self, text: str) -> tuple[str, ...] | None:
        """Another text of as many words, divided over the cuts as this one's are; None where it has more or less."""
        words, parts = text.split(), []
        if len(words) != len(self.text.split()):
            return None
        for part in self.texts:
            count = len(part.split())
            parts.append(" ".join(words[:count]))
            words = words[count:]
        return tuple(parts)

    def by_letters(self, text: str) -> tuple[str, ...]:
        """The same letters and figures with other signs between, divided over the cuts as they are: signs at a cut's
        end stay there."""
        parts, rest = [], text
        for part in self.texts[:-1]:
            left, end = sum(c.isalnum() for c in part), 0
            while end < len(rest) and (left or not rest[end].isalnum()):
                left -= rest[end].isalnum()
                end += 1
            parts.append(rest[:end].strip())
            rest = rest[end:]
        return (*parts, rest.strip())
