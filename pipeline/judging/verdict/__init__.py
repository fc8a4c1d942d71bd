"""The verdict on a submission: usable, retake, review or contradicts, with every reason and its place."""

from pipeline.judging.verdict.capture import CaptureLimits
from pipeline.judging.verdict.judge import judge
from pipeline.judging.verdict.model import (
    DocumentVerdict,
    FieldAgreement,
    FieldVerdict,
    Outcome,
    Reason,
    Submitted,
    Unreadable,
    Verdict,
    WantedPaper,
)
from pipeline.judging.verdict.papers import identity_of, is_current, validity
from pipeline.judging.verdict.procedures import Paper, Procedure, load_procedures, procedure
from pipeline.judging.verdict.wording import REASONS

__all__ = [
    "REASONS",
    "CaptureLimits",
    "DocumentVerdict",
    "FieldAgreement",
    "FieldVerdict",
    "Outcome",
    "Paper",
    "Procedure",
    "Reason",
    "Submitted",
    "Unreadable",
    "Verdict",
    "WantedPaper",
    "identity_of",
    "is_current",
    "judge",
    "load_procedures",
    "procedure",
    "validity",
]
