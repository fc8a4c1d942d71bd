"""The rights of persons, by this machine's settings: every look is noted before it is shown."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotich.settings import Settings
from hotich.wiring.encryption import file_seal
from hotich.wiring.persons import forget_pictures
from hotich.wiring.service import service_keys
from hotich.wiring.stores import actor, keep_the_rest, replicate_after_run, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records.persons import PersonAsked
    from storage.catalogue import Catalogue
    from storage.holdings import RecordRead
    from storage.objects import ObjectStore
    from storage.office.store import OfficeStore
    from storage.submissions import Submission
    from storage.submissions.tray import Slot
    from workers.persons.finding import PersonPaper
    from workers.persons.submitted import PersonSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """One archive, and who answers for it."""

    settings: Settings
    catalogue: Catalogue
    objects: ObjectStore
    office: OfficeStore

    @property
    def actor(self) -> str:
        return actor(self.settings)

    def digest(self, asked: PersonAsked) -> str:
        """What stands for the person in logs and lists."""
        from service.holdings.index import person_digest

        keys = service_keys(self.settings)
        of_number = person_digest(keys, asked.personal_id) if asked.personal_id else None
        return of_number or keys.digest("person.named", asked.name.lower(), asked.born)

    def papers(self, asked: PersonAsked, purpose: str) -> list[PersonPaper]:
        """What names the person; the look and every find are in the log of reads."""
        from workers.persons.finding import FOUND, SEARCHED, papers_of

        found = papers_of(self.catalogue, self.objects, asked)
        reads = [(SEARCHED, f"person:{self.digest(asked)[:16]}")]
        reads += [(FOUND, paper.stored.holding_code) for paper in found]
        with self.office.write() as tables:
            tables.reads.append_all(reads, actor=self.actor, office=self.settings.office, purpose=purpose)
        return found

    def submissions(
        self, asked: PersonAsked, purpose: str, papers: Sequence[PersonPaper] = ()
    ) -> list[PersonSubmission]:
        """What was handed in that names the person, or that papers came with which surely are the person's; every find
        is in the log of reads."""
        from pipeline.records.persons import Sureness
        from workers.persons.submitted import FOUND, submissions_of

        surely = [paper.stored.document_id for paper in papers if paper.sureness is Sureness.SURE]
        with self.office.write() as tables:
            came_with = frozenset(tables.personal.of_documents(surely))
            found = submissions_of(tables.personal.all(), asked, self.lies, came_with)
            reads = [(FOUND, one.submission.code) for one in found]
            tables.reads.append_all(reads, actor=self.actor, office=self.settings.office, purpose=purpose)
        return found

    def lies(self, submission: Submission, ordinal: int) -> bool:
        """Whether a file of a submission waits in the tray."""
        return self.tray_slot(submission.submission_id).has(ordinal)

    def tray_slot(self, submission_id: str) -> Slot:
        from storage.submissions.tray import Slot

        return Slot(folder=self.settings.home / "tray" / submission_id, seal=file_seal(self.settings))

    def reads(self, papers: Sequence[PersonPaper], submitted: Sequence[PersonSubmission] = ()) -> list[RecordRead]:
        """Who read these papers and submissions, in order of time."""
        with self.office.read() as tables:
            subjects = [name for paper in papers for name in (paper.stored.holding_code, paper.stored.document_id)]
            subjects += [one.submission.code for one in submitted]
            found = {
                entry.seq: entry for name in dict.fromkeys(subjects) for entry in tables.reads.entries(subject=name)
            }
        return [found[seq] for seq in sorted(found)]

    def uses(self, papers: Sequence[PersonPaper]) -> list[dict[str, str]]:
        """In place of what these papers stood in, for whom and what for, in order of time."""
        names = ("holding_code", "used_at", "officer", "office", "procedure", "purpose")
        with self.office.read() as tables:
            rows = [row for paper in papers for row in tables.holdings.uses(paper.stored.holding_code)]
        return [{name: getattr(row, name) for name in names} for row in sorted(rows, key=lambda row: str(row.used_at))]

    def forget(self, papers: Sequence[PersonPaper]) -> None:
        """What was drawn of papers that went, and further stores' copies of them."""
        forget_pictures(self.settings, self.catalogue, [paper.stored.document_id for paper in papers])
        if papers and (self.settings.replica_folder or self.settings.replica_s3_bucket):
            keep_the_rest(self.catalogue)
            replicate_after_run(self.settings, self.catalogue, self.objects)


@contextlib.contextmanager
def rights(settings: Settings) -> Iterator[Rights]:
    """Raises WrongUse where nothing is kept yet, and the stores' errors."""
    from storage.office.store import OfficeStore

    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    with stores(settings) as (catalogue, objects):
        yield Rights(settings=settings, catalogue=catalogue, objects=objects, office=OfficeStore(catalogue.database))
