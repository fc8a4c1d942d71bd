"""Normal forms: what a value written on paper means, without adding to it."""

from pipeline.values.datewords import words_say
from pipeline.values.identifiers import IdStructure, id_structure
from pipeline.values.keys import (
    ascii_key,
    canonical_tones,
    exact_key,
    folded_key,
    nfc,
    squeeze,
    strip_marks,
)
from pipeline.values.model import FINDING_MESSAGES, INDEFINITE, Candidate, Context, Normal, PartialDate, finding
from pipeline.values.names import title_case
from pipeline.values.normalise import GRAMMARS, normalise
from pipeline.values.numberwords import WordStyle, date_in_words
from pipeline.values.syllables import legal_syllables
from pipeline.values.vocabularies import ethnic_code

__all__ = [
    "FINDING_MESSAGES",
    "GRAMMARS",
    "INDEFINITE",
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
