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

    def sha256(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()
