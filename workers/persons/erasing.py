"""What can go of a person's papers, what has to stay and why, and the removal itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.message import Message
from storage.catalogue import Catalogue
from storage.objects import ObjectStore
from storage.person_papers import delivered_to, others_in_file
from storage.removing import Removal, kept_because
from storage.trash import withdraw
from workers.persons.finding import PersonPaper


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What becomes of one paper. `kept_because`: why it stays; None: it can go. `scan_stays`: holding codes of other
    papers in the same file, whose scan stays for them. `delivered`: where copies were written to, which the office has
    to delete itself."""

    paper: PersonPaper
    kept_because: Message | None
    scan_stays: tuple[str, ...]
    delivered: tuple[str, ...]


def plan_erasure(catalogue: Catalogue, objects: ObjectStore, papers: Sequence[PersonPaper]) -> list[Erasure]:
    """Changes nothing. The store is asked too what it has locked."""
    going = {paper.stored.document_id for paper in papers}
    with catalogue.database.read() as connection:
        return [
            Erasure(
                paper=paper,
                kept_because=kept_because(connection, paper.stored.document_id, objects, going=going),
                scan_stays=others_in_file(connection, paper.stored.source_sha256, going),
                delivered=delivered_to(connection, paper.stored.document_id),
            )
            for paper in papers
        ]


def erase(
    catalogue: Catalogue, objects: ObjectStore, planned: Sequence[Erasure], *, reason: str, decision: str, actor: str
) -> list[PersonPaper]:
    """Withdraws and removes what can go, at once and not after the trash's term: the person asked for it, and the
    office's `decision` says so. Raises what `withdraw` and `remove` raise."""
    papers = [one.paper for one in planned if one.kept_because is None]
    ids = [paper.stored.document_id for paper in papers]
    with catalogue.unit() as unit:
        withdraw(unit, objects, ids, reason=reason, actor=actor, days=0, superseded=True)
        removal = Removal(unit, objects)
        removal.note(ids, decision=decision, actor=actor)
        unit.commit()
    removal.carry_out()
    return papers
