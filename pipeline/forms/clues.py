"""The clues by which pages are told apart: titles, phrases and labels, weighed by how rare they are."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pipeline.forms.definition import FormDefinition, FormPage
from pipeline.forms.keys import fold
from pipeline.forms.search import Wordings

LABEL = 0.5  # of a phrase's evidence that a label of the same rarity has: forms share labels; by trial
LABEL_LETTERS = 5  # fewest letters of a label that tells a form; by trial


@dataclass(frozen=True, slots=True)
class PageClues:
    """One page of one form: wording index -> weight, for each kind of clue."""

    definition: FormDefinition
    page: FormPage
    titles: tuple[int, ...]
    phrases: tuple[tuple[int, float], ...]
    labels: tuple[tuple[tuple[int, ...], float], ...]  # any one of the wordings shows the label
    against: tuple[int, ...]

    @property
    def possible(self) -> float:
        """The evidence of phrases and labels if every one of them were read."""
        return sum(w for _, w in self.phrases) + sum(w for _, w in self.labels)


@dataclass(frozen=True, slots=True)
class Clues:
    """Every clue of every form. `texts[i]` is the wording that `wordings.keys[i]` is the key of."""

    texts: tuple[str, ...]
    wordings: Wordings
    pages: tuple[PageClues, ...]
    others: tuple[int, ...]


@lru_cache(maxsize=8)
def clues_of(forms: tuple[FormDefinition, ...]) -> Clues:
    """The clues of these forms. Cached: building them takes some 20 ms."""
    index: dict[str, int] = {}
    texts: list[str] = []

    def place(text: str) -> int:
        key = fold(text)
        if key not in index:
            index[key] = len(texts)
            texts.append(text)
        return index[key]

    rarity = _rarity(forms)
    pages = []
    for definition in forms:
        for page in definition.pages:
            clues = page.recognise
            labels = [
                (tuple(place(w) for w in group), LABEL * rarity[fold(group[0])])
                for group in page_labels(page)
                if len(fold(group[0])) >= LABEL_LETTERS
            ]
            pages.append(
                PageClues(
                    definition,
                    page,
                    tuple(place(t) for t in clues.titles),
                    tuple((place(t), rarity.get(fold(t), 1.0)) for t in clues.phrases),
                    tuple(labels),
                    tuple(place(t) for t in clues.against),
                )
            )
    own = {fold(title) for definition in forms for page in definition.pages for title in page.recognise.titles}
    others = tuple(place(t) for t in other_titles() if fold(t) not in own)
    return Clues(tuple(texts), Wordings.of(texts), tuple(pages), others)


def page_labels(page: FormPage) -> Iterator[Sequence[str]]:
    """The wordings of each label on a page, without signature captions."""
    for section in page.sections:
        for item in section.items():
            if item.label and not item.caption:
                yield item.wordings
        for column in section.columns:
            yield (column.label, *column.also)


@lru_cache(maxsize=1)
def other_titles() -> tuple[str, ...]:
    """Titles of papers that no form here describes."""
    text = (resources.files("pipeline.forms") / "other_titles.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["titles"])


def _rarity(forms: Sequence[FormDefinition]) -> dict[str, float]:
    """1 for words of a single page, towards 0.2 for words that every page has."""
    counts: dict[str, int] = {}
    total = 0
    for definition in forms:
        for page in definition.pages:
            total += 1
            keys = {fold(w[0]) for w in page_labels(page)} | {fold(p) for p in page.recognise.phrases}
            for key in keys:
                counts[key] = counts.get(key, 0) + 1
    top = math.log(1 + total)
    return {k: math.log(1 + total / n) / top for k, n in counts.items()}
