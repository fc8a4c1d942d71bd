"""One commit or none: objects first, then one transaction.

Objects are named by their content, so objects of a commit that did not happen do no harm: the next attempt finds them
in place, and `storage.verify` lists them. If the process is killed at any moment, either everything of a source file
is stored or nothing of it is; its work is then free to be claimed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.model import CivilRecord
from pipeline.page_ledger import PageElsewhere, ledger_of
from pipeline.records.file_ledger import ledger_bytes
from storage.catalogue import Catalogue, Claim, NewDocument, StoredDocument, UnitOfWork
from storage.catalogue.audit import AuditLog
from storage.catalogue.page_ledgers import ledger_name
from storage.errors import CorruptObject
from storage.objects import ObjectKey, ObjectStore, Source
from storage.objects.paper_class import NO_PAPER, Classes, classes_of
from storage.paper_classes import classes_of_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Digitized:
    """What is to be stored of one act, card, book or entry.

    `record_json` is the record by its contract, as bytes that are stored as they are; `archival`
    the two-layer PDF, None where there is none.
    """

    record: CivilRecord
    record_json: bytes
    archival: Source | None


HEALED = "object.healed"


def note_healed(log: AuditLog, healed: Iterable[ObjectKey], *, actor: str) -> None:
    """That damaged or missing bytes gave way to the right ones stands in the audit log."""
    for key in healed:
        log.append(actor=actor, action=HEALED, subject=key.name, digest=key.name)


def heal_original(objects: ObjectStore, catalogue: Catalogue, original: Path, key: ObjectKey, *, actor: str) -> bool:
    """Puts a good scan into the place of a stored original that is damaged or missing; whether it was. Raises
    SourceChanged where the scan is not this original, and the stores' errors."""
    if objects.exists(key):
        try:
            objects.open(key).close()
            return False
        except CorruptObject:
            pass
    with catalogue.database.read() as connection:
        of = classes_of_object(connection, key)
    objects.put(original, expected=key, anew=True, of=of)
    objects.take_healed()
    with catalogue.unit() as unit:
        note_healed(unit.audit, [key], actor=actor)
        unit.commit()
    return True


def commit_documents(
    objects: ObjectStore,
    catalogue: Catalogue,
    claim: Claim,
    *,
    original: Source,
    documents: Sequence[Digitized],
    actor: str,
    elsewhere: Sequence[PageElsewhere] = (),
    page_texts: Mapping[int, str] | None = None,
    of: Classes = NO_PAPER,
    also: Callable[[UnitOfWork, list[StoredDocument]], None] | None = None,
) -> list[StoredDocument]:
    """Stores a source file, all records made of it, where its pages ended, ledger line and audit entries: wholly or
    not at all.

    `elsewhere`: what became of the pages that are in no record; a page of which nobody speaks is stored as open.
    `page_texts`: what was read on each page, so that it can be searched for. `of`: classes of these papers besides
    those of their types.
    `also` does more within the same transaction, given the stored documents. Returns them in the order given. Raises
    SourceChanged when `original` is not the file that was claimed, ClaimLost when another process has taken the work
    over (then nothing of this call is visible), and the stores' errors.
    """
    key = claim.key
    # The scan and the copy show every paper of the file, a record says what one of them does.
    file = of | classes_of(document.record.document_type for document in documents)
    original_key = objects.put(original, expected=ObjectKey(key.input_sha256), of=file)
    copies: dict[Source, ObjectKey] = {}  # the records of one long scan share their copy: it is stored once
    for document in documents:
        if document.archival is not None and document.archival not in copies:
            copies[document.archival] = objects.put(document.archival, of=file)
    new = [
        NewDocument(
            record=document.record,
            ordinal=ordinal,
            original=original_key,
            archival=None if document.archival is None else copies[document.archival],
            json=objects.put(document.record_json, of=of | classes_of([document.record.document_type])),
        )
        for ordinal, document in enumerate(documents, start=1)
    ]
    ledger = ledger_of([document.record for document in documents], elsewhere) if documents else None
    pages_key = None if ledger is None else objects.put(ledger_bytes(ledger, source_sha256=key.input_sha256), of=file)
    healed = objects.take_healed()
    with catalogue.unit() as unit:
        # First: a lost claim must end the unit before anything waits for it.
        unit.ledger.finish(claim)
        read_before = unit.documents.supersede(key)
        unit.search.put_pages(key.input_sha256, page_texts or {})
        if ledger is not None and pages_key is not None:  # first: it may say which book a document is of
            unit.page_ledgers.put(key, ledger, pages_key)
        for new_document in new:
            unit.store(key, new_document, actor=actor)
        if read_before:
            unit.search.forget_superseded(key.input_sha256)
        if ledger is not None and pages_key is not None:
            unit.audit.append(actor=actor, action="pages.counted", subject=ledger_name(key), digest=pages_key.name)
        note_healed(unit.audit, healed, actor=actor)
        unit.audit.append(actor=actor, action="work.done", subject=key.input_sha256, digest=original_key.name)
        stored = unit.documents.of_work(key)
        if also is not None:
            also(unit, stored)
        unit.commit()
    return [unit.dated(document) for document in stored]
