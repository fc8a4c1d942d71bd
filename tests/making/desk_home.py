"""A home whose documents have doubtful fields, made of the specimens and of what stands on them: nothing is read.

A doubtful value is the true one with one letter or digit changed, the true one among its alternatives; so a test knows
both what the desk must show and what a careful person would type.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import unicodedata
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pyotp
from argon2 import PasswordHasher

from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldValue,
    PageImage,
    PageReport,
    Provenance,
    SourceFile,
    Status,
    Validation,
)
from pipeline.domain.recognition import ModelIdentity
from pipeline.page_ledger import PageElsewhere, Place
from pipeline.records.archival import TextSpan, make_archival_pdf
from pipeline.records.contract import record_bytes
from service.people.accounts import TOTP_ROLES, Accounts
from service.wire.keys import Keys
from storage.catalogue import Catalogue, StoredDocument, WorkKey
from storage.commit import Digitized, commit_documents
from storage.objects import LocalStore, ObjectStore
from storage.office.store import OfficeStore
from storage.people import Role
from storage.times import Clock, utc_now

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PASSWORD = "mật khẩu dài để thử 2026"
PROVENANCE = Provenance(
    software="hotich test", models=(ModelIdentity(name="hand-made", sha256="1" * 64),), settings_sha256="0" * 64
)
CERTIFICATE = "giay-khai-sinh-2016-in.jpg"
PEN_CERTIFICATE = "giay-khai-sinh-2016-viet-tay.pdf"
HOUSEHOLD = "so-ho-khau-2014.pdf"
_MEDIA = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".pdf": "application/pdf",
}
# What a reader takes for one another.
_ALIKE = {
    **dict(zip("0123456789", "8718503276", strict=True)),
    **{"ễ": "ể", "ạ": "ậ", "ị": "i", "ă": "â", "ơ": "o", "ư": "u", "ê": "e", "ô": "o", "ầ": "ấ", "ả": "á", "ủ": "ú"},
    **{"n": "u", "u": "n", "a": "o", "o": "a", "e": "c", "h": "b", "i": "l", "t": "l", "m": "n", "g": "q"},
}


@dataclass(frozen=True, slots=True)
class Truth:
    """One specimen with what stands on it: name of field to (value, verbatim, page, box)."""

    file: str
    document_type: DocumentType
    form: str
    pages: int
    fields: Mapping[str, tuple[str | None, str, int, Quad]]


@cache
def truths() -> Mapping[str, Truth]:
    """Every specimen that holds one record."""
    found = {}
    for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        if "fields" in told:
            found[told["file"]] = Truth(
                file=told["file"],
                document_type=DocumentType(told["document_type"]),
                form=told["form"],
                pages=told["pages"],
                fields={name: _placed(one) for name, one in told["fields"].items()},
            )
    return found


def _placed(told: dict[str, Any]) -> tuple[str | None, str, int, Quad]:
    a, b, c, d = ((float(x), float(y)) for x, y in told["box"])
    return told["value"], told["verbatim"], told["page"], (a, b, c, d)


def misread(text: str) -> str:
    """The text with its last confusable character taken for another; "?" put behind one without any."""
    text = unicodedata.normalize("NFC", text)
    for at in range(len(text) - 1, -1, -1):
        letter = text[at]
        if letter.lower() in _ALIKE:
            other = _ALIKE[letter.lower()]
            return text[:at] + (other.upper() if letter.isupper() else other) + text[at + 1 :]
    return text + "?"


def turn_of(truth: Truth) -> int:
    """How many degrees clockwise make its pages upright: boxes begin at their text's top left."""
    (x1, y1), (x2, y2) = max((box for *_, box in truth.fields.values()), key=lambda box: math.dist(*box[:2]))[:2]
    right, down = x2 - x1, y2 - y1
    if abs(right) >= abs(down):
        return 0 if right > 0 else 180
    return 270 if down > 0 else 90


def doubtful(name: str, value: str | None, verbatim: str, page: int, box: Quad) -> FieldValue:
    """The field as a reader that was wrong by one character gives it."""
    wrong = misread(value or "")
    return FieldValue(
        name=name,
        value=wrong,
        verbatim=misread(verbatim),
        page=page,
        box=box,
        confidence=0.61,
        status=Status.REVIEW,
        alternatives=((value or "", 0.33), (misread(wrong), 0.02)),
        findings=("field.low_confidence",),
    )


def sure(name: str, value: str | None, verbatim: str, page: int, box: Quad) -> FieldValue:
    return FieldValue(
        name=name, value=value, verbatim=verbatim, page=page, box=box, confidence=0.9991, status=Status.ACCEPTED
    )


def copy_of(file: str, copy: int) -> bytes:
    """The specimen's bytes; another `copy` shows the same and has another digest."""
    data = (SAMPLES / file).read_bytes()
    if copy == 0:
        return data
    if data[:2] == b"\xff\xd8":
        note = f"copy {copy}".encode()
        return data[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + data[2:]
    if data[:4] == b"%PDF":
        return data + f"\n% copy {copy}\n".encode()
    raise AssertionError(f"copies of {file} cannot be made: take a JPEG or a PDF")


@cache
def archival_of(file: str = CERTIFICATE) -> bytes:
    """The archival copy of a specimen that is one JPEG, with each of its values as text over it."""
    data = (SAMPLES / file).read_bytes()
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    page = PageImage(number=1, pixels=np.asarray(pixels, np.uint8), dpi=200.0, embedded=data, encoding="jpeg")
    spans = [TextSpan(text=f"{verbatim} ", box=box) for _, verbatim, _, box in truths()[file].fields.values()]
    stream = io.BytesIO()
    make_archival_pdf(stream, [(page, spans, 0)], identifier=f"sha256:{hashlib.sha256(data).hexdigest()}")
    return stream.getvalue()


def _sized(archival: bytes, pages: Sequence[PageReport]) -> Iterator[PageReport]:
    """The pages with the sizes that their pictures have in the archival copy."""
    with pikepdf.open(io.BytesIO(archival)) as pdf:
        for report, page in zip(pages, pdf.pages, strict=True):
            [picture] = page.get_images().values()
            yield replace(report, width=int(picture.Width), height=int(picture.Height))


def long_book(pages: int = 30) -> tuple[bytes, Truth]:
    """A household book of so many pages: the specimen's leaves of members again and again, with the fields on them."""
    short = truths()[HOUSEHOLD]
    with pikepdf.open(SAMPLES / HOUSEHOLD) as book, pikepdf.new() as made:
        leaves = [1, *((n - 2) % (short.pages - 1) + 2 for n in range(2, pages + 1))]
        for leaf in leaves:
            made.pages.append(book.pages[leaf - 1])
        out = io.BytesIO()
        made.save(out, deterministic_id=True)
    fields = {name: one for name, one in short.fields.items() if not name.startswith("members[")}
    member = 0
    for page, leaf in enumerate(leaves, start=1):
        on_leaf = [(name, one) for name, one in short.fields.items() if name.startswith("members[") and one[2] == leaf]
        for old in dict.fromkeys(name.partition(".")[0] for name, _ in on_leaf):
            for name, (value, verbatim, _, box) in on_leaf:
                if name.startswith(old + "."):
                    fields[f"members[{member}].{name.partition('.')[2]}"] = (value, verbatim, page, box)
            member += 1
    return out.getvalue(), Truth(HOUSEHOLD, short.document_type, short.form, pages, fields)


@dataclass
class DeskHome:
    """Stores under `folder` as `hotich serve --home` opens them, and what puts documents and people into them."""

    folder: Path
    catalogue: Catalogue
    objects: ObjectStore
    clock: Clock = utc_now
    provenance: Provenance = PROVENANCE
    secrets: dict[str, str] = field(default_factory=dict)
    _named: int = 0

    @classmethod
    def open(cls, folder: Path, *, clock: Clock = utc_now) -> DeskHome:
        folder.mkdir(parents=True, exist_ok=True)
        catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.db'}", clock=clock)
        return cls(folder=folder, catalogue=catalogue, objects=LocalStore(folder / "objects"), clock=clock)

    def close(self) -> None:
        self.catalogue.close()

    def add(
        self,
        file: str = CERTIFICATE,
        *,
        doubt: Iterable[str] | Callable[[str], bool] = (),
        copy: int = 0,
        book: str = "",
        changed: Mapping[str, FieldValue] | None = None,
        data: bytes | None = None,
        truth: Truth | None = None,
        open_pages: Sequence[int] = (),
        archival: bytes | None = None,
    ) -> StoredDocument:
        """Stores a specimen. `doubt`: the fields that are misread by one character, or which they are; `book`: the
        folder it came in; `changed`: fields given as they are to stand. `data` and `truth` put another paper in its
        place (`long_book`). `open_pages`: pages behind it that could not be read. `archival`: its PDF copy."""
        truth = truth or truths()[file]
        data = copy_of(file, copy) if data is None else data
        wanted = doubt if callable(doubt) else frozenset(doubt).__contains__
        fields = [(doubtful if wanted(name) else sure)(name, *one) for name, one in truth.fields.items()]
        fields = [(changed or {}).get(one.name, one) for one in fields]
        record = self.record(truth, fields, data)
        if archival is not None:
            record = record.evolve(pages=tuple(_sized(archival, record.pages)))
        return self.store(record, data, book=book, open_pages=open_pages, archival=archival)

    def record(self, truth: Truth, fields: Sequence[FieldValue], data: bytes) -> CivilRecord:
        """The record of a specimen with these fields, under the names that its digest gives it."""
        digest = hashlib.sha256(data).hexdigest()
        name = hashlib.sha256(f"{digest}/1".encode()).digest()
        ending = Path(truth.file).suffix.lower()
        turn = turn_of(truth)
        return CivilRecord(
            document_id=name[:16].hex(),
            holding_code="HT-" + b32encode(name[16:26]).decode(),
            source=SourceFile(
                file=truth.file, sha256=digest, media_type=_MEDIA[ending], size=len(data), pages=truth.pages
            ),
            document_type=truth.document_type,
            form=truth.form,
            type_confidence=0.998,
            status=Status.REVIEW if any(one.status is Status.REVIEW for one in fields) else Status.ACCEPTED,
            fields=tuple(fields),
            validation=Validation(),
            pages=tuple(
                PageReport(number=n, dpi=200.0, rotation=turn, skew_deg=0.0, quality={})
                for n in range(1, truth.pages + 1)
            ),
            findings=(),
            provenance=self.provenance,
        )

    def store(
        self,
        record: CivilRecord,
        data: bytes,
        *,
        book: str = "",
        open_pages: Sequence[int] = (),
        archival: bytes | None = None,
    ) -> StoredDocument:
        """Commits it as `hotich digitize` does; its source's name is numbered, since copies share theirs."""
        self._named += 1
        name = f"{book}/{self._named:04d}-{record.source.file}".removeprefix("/")
        key = WorkKey.of(record.source.sha256, record.provenance)
        claim = self.catalogue.claim(key, name=name, size=len(data)).claim
        assert claim is not None, "this specimen is stored already: give another `copy`"
        elsewhere = [
            PageElsewhere(
                number=page, place=Place.UNREADABLE, code="page.unreadable", message=Message("hỏng", "damaged"),
                beside=record.document_id,
            )
            for page in open_pages
        ]  # fmt: skip
        record = record.evolve(source=record.source.evolve(pages=record.source.pages + len(elsewhere)))
        document = Digitized(record=record, record_json=record_bytes(record), archival=archival)
        [stored] = commit_documents(
            self.objects, self.catalogue, claim, original=data, documents=[document], actor="test", elsewhere=elsewhere
        )
        return stored

    def person(self, login: str, *roles: str, office: str = "", keys: Keys, name: str = "") -> str:
        """An account with `PASSWORD`; its one-time codes come from `code`."""
        accounts = Accounts(
            store=OfficeStore(self.catalogue.database, clock=self.clock),
            keys=keys,
            hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
        )
        address = accounts.add(login, name=name or login, office=office, roles=list(roles), password=PASSWORD)
        if address is not None:
            self.secrets[login] = pyotp.parse_uri(address).secret
        assert (address is not None) == bool(TOTP_ROLES & {Role(one) for one in roles})
        return login

    def code(self, login: str) -> str:
        """The one-time code of this moment, empty for whoever needs none."""
        return pyotp.TOTP(self.secrets[login]).at(self.clock()) if login in self.secrets else ""
