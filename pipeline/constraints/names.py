"""A person's name: a surname first, then middle and given names.

What is usual as a given name is no surname ("Tùng" for "Tăng"), and surnames of a few thousand families stand in the
registers of their district on every page: however rare in the country, a listed surname costs no more than `LEAST`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.recognition import Lexicon

LEAST = -6.0
"""Natural log of how usual a listed surname counts at least. From -5 to -6.5 names in pen read alike."""

State = tuple[bool, str, float]


@dataclass(frozen=True, slots=True)
class Names:
    """A `pipeline.domain.recognition.Wording`: `first` weighs the first word, `later` all others. It forbids nothing.

    A state: whether the first word has not ended yet, the word being written, what the words before it earned.
    """

    first: Lexicon
    later: Lexicon

    @property
    def characters(self) -> None:
        return None

    @property
    def start(self) -> State:
        return True, "", 0.0

    def follow(self, state: State, character: str) -> State:
        is_first, word, earned = state
        longer, earned = self._of(is_first).follow((word, earned), character)
        return is_first and not (word and not longer), longer, earned

    def weight(self, state: State, *, ended: bool) -> float:
        is_first, word, earned = state
        return self._of(is_first).weight((word, earned), ended=ended)

    def _of(self, is_first: bool) -> Lexicon:
        return self.first if is_first else self.later
