"""Spelling of units' names in addresses: the ink decides between spellings, knowing which names exist."""

from __future__ import annotations

from pipeline.domain.recognition import ScoringRecognizer
from pipeline.gazetteer.spelling import respellings
from pipeline.settling.ink import Written

KNOWN_NAME = 6.0
"""Natural log of how much likelier a unit's known name is than another spelling of it, before the ink is seen."""


def spelled_as_known(read: Written, reader: ScoringRecognizer) -> tuple[str, ...]:
    """The texts of an address, one for each cut, with its units spelled as ink and gazetteer together make likeliest.

    A known name is taken only where the ink makes it less likely than what was read by no more than `KNOWN_NAME`. The
    texts are unchanged when nothing better is known.
    """
    wordings = [read.texts, *(w for text in respellings(read.text) if (w := read.by_words(text)) is not None)]
    likelihood = read.likelihoods(reader, wordings)
    likelihood[0] -= KNOWN_NAME
    return wordings[max(range(len(wordings)), key=likelihood.__getitem__)]
