"""Proof bundles: one field of one paper, with everything that shows it was written, read and decided so, for somebody
who has nothing of the archive and trusts its keys only.

What the office says is one statement, signed with its certificate. That the record was in the archive, and unchanged,
shows the chain of the audit log up to a signed checkpoint. Nothing of other people is seen: what is not of the person
whose field it is is painted over before the picture is made.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, FieldValue
from pipeline.records.contract import read_record
from pipeline.records.persons import person_in
from storage.catalogue import Catalogue, StoredDocument
from storage.checkpoints import Checkpoints
from storage.files import translated_os_errors
from storage.inclusion import Inclusion, inclusion, last_entry
from storage.objects import ObjectStore
from storage.office.store import OfficeStore
from storage.review.trail import TrailEntry
from storage.times import Clock, time_text, utc_now
from workers.finding import Seeker
from workers.spool import working_folder
from workers.view_jobs import Shown, ShowProof

if TYPE_CHECKING:
    from storage.signing import PdfSigning

FORM = "hotich proof 1"
MADE = "proof.made"
_STORED = "document.stored"
_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # of every file in a bundle: nothing hangs on when it was packed
README = """\
BẰNG CHỨNG VỀ MỘT MỤC TRÊN GIẤY TỜ / PROOF OF ONE FIELD OF A PAPER

Kiểm không cần phần mềm của kho, chỉ cần Python 3 và gói cryptography / check it without the archive's software:

    python verify_proof.py THIS.zip --roots roots.pem --public KEY

roots.pem: chứng thư gốc của cơ quan / the office's root certificates.
KEY: khóa công khai của điểm mốc / the public key of the archive's checkpoints.
Lấy cả hai từ cơ quan, không lấy từ tệp này / get both from the office, not from this file.

statement.json   điều cơ quan khẳng định / what the office states
statement.sig    chữ ký trên đó / its signature; certificates.pem: của ai / whose
crop.png         chỗ của mục trên bản quét / the field's place on the scan
page.png         cả trang, phần của người khác đã che / the page, other people's parts painted over
reading.json     máy đọc gì / what was read; decision.json: người đã quyết định gì / what people decided
chain.jsonl      nhật ký từ lúc lưu đến điểm mốc / the log from when it was stored to the checkpoint
checkpoint.json  điểm mốc đã ký / the signed checkpoint; checkpoint.tsr: dấu thời gian / its time stamp
made*            như trên, cho chính bằng chứng này / likewise for this proof itself
"""


class Renderer(Protocol):
    """Makes pictures of originals in a bounded process."""

    def proof(self, job: ShowProof) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`anchored`: whether this proof itself stands below a checkpoint too."""

    bundle: bytes
    anchored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofMaker:
    """Makes proofs from one archive. `trail`: the history of a document's values. `checkpoints`: those that are known;
    `anchor`: takes a new one, where the key is at hand, and gives all of them. `working`: where an original lies while
    it is drawn."""

    catalogue: Catalogue
    objects: ObjectStore
    office: OfficeStore
    trail: Callable[[str], Sequence[TrailEntry]]
    signing: Callable[[], AbstractContextManager[PdfSigning]]
    renderer: Renderer
    checkpoints: Checkpoints
    anchor: Callable[[], Checkpoints] | None = None
    office_name: str = ""
    clock: Clock = utc_now
    working: Path | None = None

    def make(self, document: StoredDocument, name: str, seeker: Seeker) -> Proof:
        """A bundle about the field of this name. Raises WrongUse where there is no such field, NotAnchored, and what
        signing, drawing and the stores raise."""
        record = read_record(self.objects.get(document.json))
        field = next((one for one in record.fields if one.name == name), None)
        if field is None or len(set(field.box)) < 2:
            raise WrongUse(
                Message(
                    "giấy tờ không có mục này, hoặc mục không có chỗ trên bản quét",
                    "the paper has no such field, or the field has no place on the scan",
                ).about(name)
            )
        subject = f"{document.document_id}@{document.revision}"
        stored = last_entry(self.catalogue, subject, _STORED)
        assert stored is not None
        chain = inclusion(self.catalogue, self.checkpoints, stored)
        with self.office.write() as tables:
            reads = [("archive.proved", document.holding_code)]
            tables.reads.append_all(reads, actor=seeker.actor, office=seeker.office, purpose=seeker.purpose)
            named = tables.offices.name_of(seeker.office) if seeker.office else ""
        files = {
            **self._pictures(document, record, field),
            "reading.json": _json(self._reading(document, field)),
            "decision.json": _json([_entry(one) for one in self.trail(document.document_id) if one.field == name]),
        }
        files |= _chain(chain, "chain.jsonl", "checkpoint")
        with self.signing() as signing:
            files |= {"certificates.pem": signing.key.certificates, "README.txt": README.encode()}
            said = _statement(document, record, field, files)
            said["made_at"], said["made_by"] = time_text(self.clock()), seeker.actor
            said["office"] = self.office_name or named or signing.key.name
            said["trial"] = signing.key.trial
            said["entry"] = {"seq": stored.seq, "hash": stored.hash}
            statement = _json(said)
            files |= {"statement.json": statement, "statement.sig": signing.key.sign(statement)}
        digest = "sha256:" + hashlib.sha256(statement).hexdigest()
        made = self.catalogue.note(actor=seeker.actor, action=f"{MADE}:{name}", subject=subject, digest=digest)
        if self.anchor is not None:
            files |= _chain(inclusion(self.catalogue, self.anchor(), made), "made.jsonl", "made-checkpoint")
        return Proof(bundle=_packed(files), anchored=self.anchor is not None)

    def _reading(self, document: StoredDocument, field: FieldValue) -> Mapping[str, Any]:
        """What was read at first, and what stands in the record now."""
        first = self.catalogue.document(document.document_id, 1)
        read = None
        if first is not None:
            fields = read_record(self.objects.get(first.json)).fields
            read = next((one for one in fields if one.name == field.name), None)
        return {"read": None if read is None else _field(read), "record": _field(field)}

    def _pictures(self, document: StoredDocument, record: CivilRecord, field: FieldValue) -> dict[str, bytes]:
        person = person_in(field.name)
        others = [one for one in record.fields if one.page == field.page and len(set(one.box)) > 1]
        keep = tuple(one.box for one in others if person_in(one.name) == person)
        cover = tuple(one.box for one in others if person_in(one.name) != person)
        with working_folder(self.working) as folder:
            path = folder / document.original.sha256
            with (
                translated_os_errors(Message("chép bản gốc", "copying the original")),
                self.objects.open(document.original) as source,
                path.open("wb") as target,
            ):
                shutil.copyfileobj(source, target, 1 << 20)
            made: dict[str, bytes] = {}
            for name, whole in (("crop.png", False), ("page.png", True)):
                job = ShowProof(
                    path=str(path), sha256=document.original.sha256, page=field.page, box=field.box, keep=keep,
                    cover=cover, whole=whole,
                )  # fmt: skip
                shown: Shown = self.renderer.proof(job).result()
                made[name] = shown.picture
            return made


def _statement(
    document: StoredDocument, record: CivilRecord, field: FieldValue, files: Mapping[str, bytes]
) -> dict[str, Any]:
    return {
        "form": FORM,
        "document": {
            "document_id": document.document_id,
            "revision": document.revision,
            "holding_code": document.holding_code,
            "type": document.document_type,
            "paper_form": document.form,
            "stored_at": document.committed_at,
            "record_sha256": document.json.sha256,
            "original_sha256": document.original.sha256,
            "software": record.provenance.software,
        },
        "field": {"name": field.name, "value": field.value, "verbatim": field.verbatim, "status": field.status.value},
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }


def _field(field: FieldValue) -> Mapping[str, Any]:
    return {
        "value": field.value,
        "verbatim": field.verbatim,
        "source": field.source.value,
        "status": field.status.value,
        "confidence": field.confidence,
        "page": field.page,
        "box": [list(corner) for corner in field.box],
        "alternatives": [{"value": value, "confidence": sure} for value, sure in field.alternatives],
        "findings": list(field.findings),
    }


def _entry(entry: TrailEntry) -> Mapping[str, Any]:
    names = ("seq", "at", "actor", "action", "document_id", "field", "prev_hash", "hash", "commitment", "salt")
    return {name: getattr(entry, name) for name in names} | {"details": dict(entry.details)}


def _chain(chain: Inclusion, entries: str, checkpoint: str) -> Iterator[tuple[str, bytes]]:
    yield entries, chain.lines()
    yield f"{checkpoint}.json", chain.checkpoint.file()
    if chain.stamp is not None:
        yield f"{checkpoint}.tsr", chain.stamp


def _packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, _DAY_ONE), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
