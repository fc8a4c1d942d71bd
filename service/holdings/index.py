"""The index of holdings: brought up to the audit log, for whatever was stored by this service or in batch."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator

from pipeline.domain.model import CivilRecord, FieldValue, Status
from pipeline.judging.verdict import identity_of
from pipeline.records.contract import NotARecord, read_record
from service.wire.keys import Keys
from storage.errors import CorruptObject, ObjectMissing
from storage.holdings import HeldPerson, Pending
from storage.objects import ObjectStore
from storage.office.store import OfficeStore

_log = logging.getLogger(__name__)
_BATCH = 200
_PERSONAL_ID = re.compile(r"[0-9]{12}|[0-9]{9}")
_ID_FIELD = re.compile(r"(?:(members)\[\d+\]\.|(mother|father|wife|husband|deceased)_)?(?:personal_id|old_national_id)")
_PURPOSE = "person"


def person_digest(keys: Keys, personal_id: str) -> str | None:
    """The keyed digest that stands for a person in the index; None for what is not a personal id."""
    bare = re.sub(r"[\s.]", "", personal_id)
    return keys.digest(_PURPOSE, bare) if _PERSONAL_ID.fullmatch(bare) else None


def people_of(record: CivilRecord, keys: Keys) -> Iterator[HeldPerson]:
    """The people a record is about, by ids that were accepted or that the register confirms: a doubtful digit would
    show one person's paper to another, and so would a register's word about what a reader learnt from it."""
    roles: dict[str, str] = {}
    for field in record.fields:
        match = _ID_FIELD.fullmatch(field.name)
        if match is None or not field.value or not _is_certain(field):
            continue
        person = person_digest(keys, field.value)
        if person is not None:
            roles.setdefault(person, _role(match))
    for name, answer in (record.validation.subjects or {"subject": record.validation}).items():
        if answer.outcome == "match" and answer.register_id and not record.provenance.taught_by_register:
            person = person_digest(keys, answer.register_id)
            if person is not None:
                roles.setdefault(person, name.partition("s[")[0])
    for person, role in roles.items():
        yield HeldPerson(person=person, role=role)


def _role(match: re.Match[str]) -> str:
    return "member" if match[1] else (match[2] or "subject")


def _is_certain(field: FieldValue) -> bool:
    return field.status is Status.ACCEPTED


class HoldingIndex:
    """Indexes stored documents in their order. `catch_up` is safe to call from several threads."""

    def __init__(self, *, store: OfficeStore, objects: ObjectStore, keys: Keys) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys
        self._lock = threading.Lock()

    def catch_up(self) -> int:
        """Brings the index up to date; returns how many documents were indexed."""
        count = 0
        with self._lock:
            while True:
                with self._store.read() as tables:
                    pending = tables.holdings.pending(_BATCH)
                if not pending:
                    return count
                read = [(document, self._record(document)) for document in pending]
                with self._store.write() as tables:
                    for document, record in read:
                        if record is None:
                            tables.holdings.mark_indexed(document.seq)
                            continue
                        tables.holdings.index(
                            document,
                            holding_code=record.holding_code,
                            document_type=record.document_type.value,
                            identity=identity_of(record),
                            people=people_of(record, self._keys),
                        )
                count += len(pending)

    def _record(self, document: Pending) -> CivilRecord | None:
        """None for a record that cannot be read: it is passed over, so that later ones are indexed, and `hotich verify`
        reports it."""
        try:
            return read_record(self._objects.get(document.record))
        except (NotARecord, CorruptObject, ObjectMissing) as error:
            _log.error("holding.unreadable document=%s code=%s", document.document_id, error.code)
            return None
