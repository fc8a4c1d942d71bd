"""Checks a record against itself: rules, and the agreement of its sources. No register, no network."""

from pipeline.validation.check import RecordCheck, check_record, citizen_payload
from pipeline.validation.rules import RULES, Rule, Severity, severity
from pipeline.validation.sources import Agreement

__all__ = [
    "RULES",
    "Agreement",
    "RecordCheck",
    "Rule",
    "Severity",
    "check_record",
    "citizen_payload",
    "severity",
]
