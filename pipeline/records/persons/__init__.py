"""Which of a record's people somebody is, which of its values are theirs, and the record without anybody else's."""

from pipeline.records.persons.asked import PersonAsked, Sureness, asked_person, people_of, persons_like
from pipeline.records.persons.declared import declared_person, own_readings, persons_submitted
from pipeline.records.persons.redact import redacted, seen_by
from pipeline.records.persons.whose import PAPER, person_in, person_of

__all__ = [
    "PAPER",
    "PersonAsked",
    "Sureness",
    "asked_person",
    "declared_person",
    "own_readings",
    "people_of",
    "person_in",
    "person_of",
    "persons_like",
    "persons_submitted",
    "redacted",
    "seen_by",
]
