"""Normal forms: what a value written on paper says, without adding to it."""

from pipeline.normal.datewords import words_say
from pipeline.normal.identifiers import IdStructure, id_structure
from pipeline.normal.keys import (
    ascii_key,
    canonical_tones,
    exact_key,
    folded_key,
    nfc,
    squeeze,
    strip_marks,
)
from pipeline.normal.model import FINDING_MESSAGES, Candidate, Context, Normal, PartialDate, finding
from pipeline.normal.names import title_case
from pipeline.normal.normalise import GRAMMARS, normalise
from pipeline.normal.numberwords import WordStyle, date_in_words
from pipeline.normal.syllables import legal_syllables
from pipeline.normal.vocabularies import ethnic_code

__all__ = [
    "FINDING_MESSAGES",
    "GRAMMARS",
    "Candidate",
    "Context",
    "IdStructure",
    "Normal",
    "PartialDate",
    "WordStyle",
    "ascii_key",
    "canonical_tones",
    "date_in_words",
    "ethnic_code",
    "exact_key",
    "finding",
    "folded_key",
    "id_structure",
    "legal_syllables",
    "nfc",
    "normalise",
    "squeeze",
    "strip_marks",
    "title_case",
    "words_say",
]
