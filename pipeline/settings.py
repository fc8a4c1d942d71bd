"""The settings that change what comes out of the pipeline. Light to import: the wiring needs their digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

from pipeline.intake.limits import IntakeLimits
from pipeline.settling.triage import TriageSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSettings:
    """Everything that changes what comes out. Its digest stands in every record's provenance."""

    limits: IntakeLimits = field(default_factory=IntakeLimits)
    triage: TriageSettings = field(default_factory=TriageSettings)
    added_forms: tuple[tuple[str, str], ...] = ()
    """Name and text of each form definition that the office added."""
    blank_pages: str = "decide"
    """What becomes of blank pages: "decide": listed, in no record; "keep": they belong to the paper they lie in; "ask":
    a person looks at each."""
    signature_roots: tuple[str, ...] = ()
    """Root certificates (PEM) that signatures of papers that come in are trusted by."""

    signature_lists: tuple[bytes, ...] = ()
    """What authorities revoked (DER or PEM). No part of the digest: they are new every day, and what they say of a
    signature is true of the day on which it was read."""

    def sha256(self) -> str:
        given = asdict(self)
        del given["signature_lists"]
        if not self.added_forms:
            del given["added_forms"]  # an installation without any reads as it did before there could be any
        if self.blank_pages == "decide":
            del given["blank_pages"]  # likewise
        if not self.signature_roots:
            del given["signature_roots"]  # likewise
        return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
