"""A record on its way: before the register was asked and before triage."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.domain.model import CivilRecord, Finding, Validation
from pipeline.settling.triage import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record before the register was asked and before triage; `evidence[i]` speaks for `fields[i]`.

    `pages` are the numbers of the pages it stands on; none when the whole file holds nothing. `checked`: what the
    register said of the paper's side in the file before.
    """

    record: CivilRecord
    evidence: tuple[Evidence, ...]
    pages: tuple[int, ...]
    checked: Validation | None = None


def told_of(draft: Draft, finding: Finding) -> Draft:
    """The draft with one more finding about the paper as a whole."""
    return replace(draft, record=draft.record.evolve(findings=(*draft.record.findings, finding)))
