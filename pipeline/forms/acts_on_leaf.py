"""Whether a leaf tells of more acts than one: what a paper asks once of its act is asked there again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from rapidfuzz import fuzz, process

from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.by_labels.wording import lexicon
from pipeline.forms.keys import fold

# What is asked once of an act, and never of a parent or declarant.
_ONCE = frozenset({"sex", "place_of_birth", "date_of_registration", "relationship", "date_of_death", "document_number"})
_ONE_ACT = frozenset(
    (
        DocumentType.BIRTH_CERTIFICATE,
        DocumentType.BIRTH_CERTIFICATE_OLD,
        DocumentType.BIRTH_EXTRACT,
        DocumentType.BIRTH_NOTIFICATION,
        DocumentType.DEATH_CERTIFICATE,
    )
)
_AGAIN = 3  # of these asked again: another act; a label misread as another's makes fewer; by trial
_LETTERS = 6  # of a label, at least: "Số" and "Giới" are words of many lines
_ALIKE = 88.0  # likeness (rapidfuzz) of what stands before a colon to a label; by trial


def tells_of_several(lines: Sequence[TextLine], document_type: DocumentType) -> bool:
    """Whether the lines of one image ask for another act what a paper of this type asks once.

    A register's leaf may look like a certificate where its heading is lost: one record would give the first child the
    second one's parents.
    """
    return document_type in _ONE_ACT and asks_again([line.text for line in lines])


def asks_again(texts: Sequence[str]) -> bool:
    """Whether several of the things that are asked once of an act are asked more than once."""
    asked = Counter(what for text in texts for what in _asked(text))
    return sum(times > 1 for times in asked.values()) >= _AGAIN


def _asked(text: str) -> Iterator[str]:
    head, colon, _ = text.partition(":")
    found = process.extractOne(fold(head), _labels().keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE) if colon else None
    if found is not None:
        yield _labels()[found[0]]


@cache
def _labels() -> dict[str, str]:
    return {key: what.name for key, what in lexicon().labels().items() if what.name in _ONCE and len(key) >= _LETTERS}
