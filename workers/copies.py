"""Signed copies that stand in for paper: marked, signed, kept as objects of their own and noted before they are handed
out.

The process that signs decodes nothing: pictures go from the archival copy into the new one as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from pipeline.judging.review.wording import paper_label
from pipeline.records.archival.decided import with_decisions
from pipeline.records.contract import read_record
from pipeline.records.copies import Mark, with_mark
from pipeline.records.copies.pages import only_pages
from storage.catalogue import Catalogue, StoredDocument
from storage.issued_copies import IssuedCopy, new_copy_code, note_issued
from storage.objects import ObjectKey, ObjectStore
from storage.objects.paper_class import classes_of
from storage.office.store import OfficeStore
from storage.times import Clock, utc_now
from workers.finding import Seeker

if TYPE_CHECKING:  # loading it takes a second, and most that is done here signs nothing
    from storage.signing import PdfSigning

REASON = "Bản số hóa từ bản giấy / Converted copy of a paper"


class NoCopy(WrongUse):
    """There is nothing that a copy could be made of."""

    code = "copy.none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """`trial`: signed by the test PKI. `others`: how many other papers or acts stand on its pages, as in a register:
    they are handed out with it."""

    copy: IssuedCopy
    pdf: bytes
    trial: bool
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMaker:
    """Makes signed copies of one archive. `signing`: opens the key for one signature; `office_name`: as the mark names
    the office, where it is set; `public_url`: where people reach the page that checks copies; `lighten`: makes an
    archival copy light, in a process of its own."""

    catalogue: Catalogue
    objects: ObjectStore
    office: OfficeStore
    signing: Callable[[], AbstractContextManager[PdfSigning]]
    public_url: str
    office_name: str = ""
    clock: Clock = utc_now
    lighten: Callable[[bytes], bytes] | None = None

    def issue(self, document: StoredDocument, seeker: Seeker, *, converter: str, small: bool = False) -> Issued:
        """A new copy of a document in force, its text as people decided. `converter`: as the mark names who made it.
        `small`: light enough to be sent, its pictures reduced.
        Raises NoCopy, what signing raises, and the stores' errors; then nothing was issued."""
        if document.archival is None or not document.current:
            raise NoCopy(
                Message(
                    "giấy tờ này không có bản PDF trong kho, hoặc không còn hiệu lực",
                    "this paper has no PDF copy in the store, or is not in force",
                ).about(document.holding_code)
            )
        with self.office.write() as tables:
            reads = [("archive.copied", document.holding_code)]
            tables.reads.append_all(reads, actor=seeker.actor, office=seeker.office, purpose=seeker.purpose)
            named = tables.offices.name_of(seeker.office) if seeker.office else ""
        copy_code = new_copy_code()
        with self.signing() as signing:
            office = self.office_name or named or signing.key.name
            mark = Mark(
                office=office,
                at=self.clock(),
                converter=converter,
                holding_code=document.holding_code,
                copy_code=copy_code,
                link=f"{self.public_url.rstrip('/')}/kiem-tra/{copy_code}",
                trial=signing.key.trial,
            )
            decided = self._decided(document, document.archival)
            if small and self.lighten is not None:
                decided = self.lighten(decided)
            marked = with_mark(decided, mark)
            signed = signing.sign(marked.pdf, marked.band, office=office, reason=REASON)
        key = self.objects.put(signed.pdf, of=classes_of([DocumentType(document.document_type)]))
        with self.catalogue.unit() as unit:
            copy = note_issued(
                unit,
                copy_code=copy_code,
                document_id=document.document_id,
                revision=document.revision,
                key=key,
                level=signed.level.value,
                trial=signing.key.trial,
                office=seeker.office,
                actor=seeker.actor,
            )
            unit.commit()
        return Issued(copy=copy, pdf=signed.pdf, trial=signing.key.trial, others=self._others(document))

    def _others(self, document: StoredDocument) -> int:
        def pages(one: StoredDocument) -> set[int]:
            return {report.number for report in read_record(self.objects.get(one.json)).pages}

        mine, file = pages(document), self.catalogue.in_file(document.source_sha256)
        return sum(1 for one in file if one.document_id != document.document_id and not mine.isdisjoint(pages(one)))

    def _decided(self, document: StoredDocument, archival: ObjectKey) -> bytes:
        title = f"{paper_label(document.document_type, document.form)[0]} {document.holding_code}"
        record = read_record(self.objects.get(document.json))
        decided = with_decisions(self.objects.get(archival), record, title=title)
        # By the numbers of the file's pages: what people decided is put in before the others are taken out.
        return only_pages(decided, {report.number for report in record.pages})
