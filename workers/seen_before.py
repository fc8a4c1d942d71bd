"""What of a file's records was seen before: looked up by their keys, said in their findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from pipeline.domain.model import CivilRecord
from pipeline.records.contract import NotARecord, read_record
from pipeline.records.same_act import keys_of, seen_before
from storage.catalogue import Catalogue, StoredDocument
from storage.errors import CorruptObject, ObjectMissing
from storage.objects import ObjectStore

_MOST_COMPARED = 8  # papers of one act; beyond that the first held ones tell as much


def seen_before_in(
    records: Sequence[CivilRecord], *, catalogue: Catalogue, objects: ObjectStore
) -> tuple[CivilRecord, ...]:
    """The records of one file with `pipeline.records.same_act.seen_before`, in view of what is stored and of the
    records before them in the file. Raises the stores' errors.

    The links themselves are made when the records are stored, in their transaction. Of two papers of one act that are
    stored in the same moment, neither may say here that the other is held; they are linked all the same.
    """
    told: list[CivilRecord] = []
    for record in records:
        keys = keys_of(record)
        beside = [other for other in told if keys & keys_of(other)]
        held = catalogue.holding(keys, document_id=record.document_id, besides=record.source.sha256) if keys else []
        told.append(seen_before(record, [*_records(held[:_MOST_COMPARED], objects), *beside[:_MOST_COMPARED]]))
    return tuple(told)


def _records(held: Sequence[StoredDocument], objects: ObjectStore) -> Iterator[CivilRecord]:
    for document in held:
        # A damaged record is for `hotich verify` to report; it keeps no other paper from being stored.
        with suppress(CorruptObject, ObjectMissing, NotARecord):
            yield read_record(objects.get(document.json))
