"""All checks of a paper against itself, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.codes import CitizenQr, Code, Mrz, parse_citizen_qr
from pipeline.domain.model import DocumentType, FieldValue, Finding
from pipeline.validation.family import (
    check_dates,
    check_household,
    check_numbers,
    check_parents,
    check_people,
    check_places,
)
from pipeline.validation.identity import check_card, check_ends, check_form_time, check_ids
from pipeline.validation.record import Record
from pipeline.validation.rules import finding
from pipeline.validation.sources import Agreement, compare_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCheck:
    """What the checks found, and which independent sources were compared.

    `agreements` hold every comparison made, agreeing or not: triage weighs them. Each disagreement is also a
    `sources.conflict` finding on its field.
    """

    findings: tuple[Finding, ...]
    agreements: tuple[Agreement, ...]

    def confirmed(self, field: str) -> bool:
        """At least two sources agree on the field and none disagrees."""
        about = [a.agree for a in self.agreements if a.field == field]
        return bool(about) and all(about)


def check_record(
    document_type: DocumentType,
    form: str | None,
    fields: Sequence[FieldValue],
    *,
    codes: Sequence[Code] = (),
    mrz: Mrz | None = None,
    today: date | None = None,
) -> RecordCheck:
    """Applies every rule of `pipeline.validation.rules` to one record.

    `fields` are the values read from the paper; `codes` and `mrz` what machine-readable marks on it say.
    `today` is passed in, since the pipeline has no clock; without it nothing can lie in the future. Never
    raises for what is in the fields, never changes them. Findings are in a fixed order, each once.
    """
    record = Record.of(document_type, form, fields)
    agreements = tuple(compare_sources(record, citizen_payload(codes), mrz))
    findings = [finding("sources.conflict", a.field) for a in agreements if not a.agree]
    if mrz is not None and not mrz.valid:
        findings.append(finding("mrz.invalid", "mrz"))
    for check in (check_ids, check_card, check_ends, check_form_time, check_numbers, check_parents, check_people):
        findings += check(record)
    findings += check_household(record)
    findings += check_dates(record, today)
    findings += check_places(record)
    return RecordCheck(findings=tuple(dict.fromkeys(findings)), agreements=agreements)


def citizen_payload(codes: Sequence[Code]) -> CitizenQr | None:
    """The first citizen-card payload among the codes."""
    return next((payload for code in codes if (payload := parse_citizen_qr(code.text))), None)
