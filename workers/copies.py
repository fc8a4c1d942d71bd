"""Signed copies that stand in for paper: marked, signed, kept as objects of their own and noted before they are handed
out.

The process that signs decodes nothing: pictures go from the archival copy into the new one as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.errors import WrongUse
from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, DocumentType, PageReport
from pipeline.judging.review.wording import paper_label
from pipeline.records.archival.decided import with_decisions
from pipeline.records.contract import read_record
from pipeline.records.copies import Mark, with_mark
from pipeline.records.copies.own_act import words_on
from pipeline.records.copies.pages import only_pages
from pipeline.records.copies.strips import own_places
from storage.catalogue import Catalogue, StoredDocument
from storage.issued_copies import IssuedCopy, new_copy_code, note_issued
from storage.objects import ObjectKey, ObjectStore
from storage.objects.paper_class import classes_of
from storage.office.store import OfficeStore
from storage.person_papers import acts_of_file
from storage.times import Clock, utc_now
from workers.finding import Seeker
from workers.prepare_copy import Places

if TYPE_CHECKING:  # loading it takes a second, and most that is done here signs nothing
    from storage.signing import PdfSigning

REASON = "Bản số hóa từ bản giấy / Converted copy of a paper"


class ActNotSure(WrongUse):
    """Other acts stand on a page of this one, and where it ends is not sure."""

    code = "copy.act_unsure"


class NoCopy(WrongUse):
    """There is nothing that a copy could be made of."""

    code = "copy.none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """`trial`: signed by the test PKI. `covered`: how many other papers or acts stand on its pages, as in a register:
    they are covered."""

    copy: IssuedCopy
    pdf: bytes
    trial: bool
    covered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMaker:
    """Makes signed copies of one archive. `signing`: opens the key for one signature; `office_name`: as the mark names
    the office, where it is set; `public_url`: where people reach the page that checks copies; `prepare`: makes an
    archival copy light, or covers what is of others on it, in a process of its own (`workers.prepare_copy`)."""

    catalogue: Catalogue
    objects: ObjectStore
    office: OfficeStore
    signing: Callable[[], AbstractContextManager[PdfSigning]]
    public_url: str
    office_name: str = ""
    clock: Clock = utc_now
    prepare: Callable[[bytes, Places | None], bytes] | None = None

    def issue(self, document: StoredDocument, seeker: Seeker, *, converter: str, small: bool = False) -> Issued:
        """A new copy of a document in force, its text as people decided. `converter`: as the mark names who made it.
        `small`: light enough to be sent, its pictures reduced. Of a page that it shares with other acts its own strip
        alone is shown, and a register's head. Raises NoCopy, ActNotSure where its place on such a page is not sure,
        what signing raises, and the stores' errors; then nothing was issued."""
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
        record = read_record(self.objects.get(document.json))
        others = self._others(document, record)
        decided = self._decided(document, document.archival, record, others)
        if small and self.prepare is not None:
            decided = self.prepare(decided, None)
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
                covered=bool(others),
            )
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
        return Issued(copy=copy, pdf=signed.pdf, trial=signing.key.trial, covered=len(others))

    def _others(self, document: StoredDocument, record: CivilRecord) -> list[CivilRecord]:
        """The other acts on its pages, whatever became of them. Raises ActNotSure where one was removed, and nobody
        knows any more where it stands."""
        mine = {report.number for report in record.pages}
        stored = acts_of_file(self.catalogue, document.source_sha256)
        if stored is None:
            raise _not_sure(document)
        acts = [read_record(self.objects.get(one.json)) for one in stored if one.document_id != document.document_id]
        return [act for act in acts if not mine.isdisjoint(report.number for report in act.pages)]

    def _decided(
        self, document: StoredDocument, archival: ObjectKey, record: CivilRecord, others: Sequence[CivilRecord]
    ) -> bytes:
        title = f"{paper_label(document.document_type, document.form)[0]} {document.holding_code}"
        decided = with_decisions(self.objects.get(archival), record, title=title)
        places = {}
        for page in record.pages:
            beside = [act for act in others if any(report.number == page.number for report in act.pages)]
            if beside:
                places[page.number] = _own_places(decided, document, record, beside, page)
        if places:
            if self.prepare is None:
                raise _not_sure(document)
            decided = self.prepare(decided, places)
        # By the numbers of the file's pages: what people decided is put in before the others are taken out.
        return only_pages(decided, {report.number for report in record.pages})


def _own_places(
    data: bytes, document: StoredDocument, record: CivilRecord, others: Sequence[CivilRecord], page: PageReport
) -> tuple[tuple[int, int], tuple[Quad, ...]]:
    if page.width is None or page.height is None:
        raise _not_sure(document)
    size = page.width, page.height
    shown = own_places(record, others, page, words_on(data, page.number, size))
    if shown is None:
        raise _not_sure(document)
    return size, shown


def _not_sure(document: StoredDocument) -> ActNotSure:
    message = Message(
        "trên trang còn giấy tờ, việc hộ tịch của người khác, và không chắc phần của giấy tờ này đến đâu; hãy dùng"
        " hotich proof cho từng mục, hoặc bản giấy",
        "other people's acts stand on its page, and where this one ends is not sure; prove single values"
        " (hotich proof), or use the paper",
    )
    return ActNotSure(message.about(document.holding_code))
