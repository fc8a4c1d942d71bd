"""A record on its way: before the register was asked and before triage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.domain.model import CivilRecord, Finding, Validation
from pipeline.settling.traced import Traced
from pipeline.settling.triage import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record before the register was asked and before triage; `evidence[i]` speaks for `fields[i]`.

    `pages` are the numbers of the pages it stands on; none when the whole file holds nothing. `checked`: what the
    register said of the paper's side in the file before. `inks`: what the ink may say of fields that may contradict the
    register.
    """

    record: CivilRecord
    evidence: tuple[Evidence, ...]
    pages: tuple[int, ...]
    checked: Validation | None = None
    inks: Mapping[str, Traced] = field(default_factory=dict)


def told_of(draft: Draft, finding: Finding) -> Draft:
    """The draft with one more finding about the paper as a whole."""
    return replace(draft, record=draft.record.evolve(findings=(*draft.record.findings, finding)))
