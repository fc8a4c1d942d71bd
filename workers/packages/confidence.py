"""What a package says of how sure the values of a document are: the promise, and who confirmed it."""

from __future__ import annotations

from pipeline.domain.model import FieldSource, Status
from pipeline.settling.triage import TriageSettings
from workers.packages.selected import Selected


def confidence_level(one: Selected) -> str:
    """`accepted 12/12; by people 3; promise 0.99`: of how many values it is settled what stands there, how many of them
    people decided, and how sure the machine must have been of each of the others. What is not settled is said."""
    fields = one.record.fields
    accepted = sum(field.status is Status.ACCEPTED for field in fields)
    people = sum(field.source is FieldSource.REVIEWER for field in fields)
    return f"accepted {accepted}/{len(fields)}; by people {people}; promise {TriageSettings().accept_at}"
