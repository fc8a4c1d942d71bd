"""Which of a record's people somebody is, which of its values are theirs, and the record without anybody else's."""

from pipeline.records.persons.asked import PersonAsked, Sureness, asked_person, people_of, persons_like
from pipeline.records.persons.declared import declared_person, people_submitted, persons_submitted
from pipeline.records.persons.redact import redacted, seen_by
from pipeline.records.persons.whose import PAPER, person_in, person_of

__all__ = [
    "PAPER",
    "PersonAsked",
    "Sureness",
    "asked_person",
    "declared_person",
    "people_of",
    "people_submitted",
    "person_in",
    "person_of",
    "persons_like",
    "persons_submitted",
    "redacted",
    "seen_by",
]
