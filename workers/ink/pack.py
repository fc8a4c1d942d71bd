"""The ink pack as a file: a zip of line images, `lines.tsv` as `hotich adapt --lines` reads it, and a signed manifest.

    pack.json    {"format", "key": the office's public key, "files": {name: SHA-256}}
    pack.sig     Ed25519 over pack.json
    lines.tsv    file<TAB>text
    00001.png …  grey, dark on light, at the reader's height

It says nothing of papers, people, places on a page, files or times: the zip's own times are all 1 January 1980.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr_models.adaptation.lines import is_image
from pipeline.domain.message import Message
from workers.batch.inputs import printable
from workers.books.corrections import TABLE
from workers.ink.errors import AlteredPack, NotAPack, UnknownOffice
from workers.ink.keys import OfficeKey, is_signed

FORMAT = "hotich-ink-1"
_MANIFEST, _SIGNATURE = "pack.json", "pack.sig"
_MOST_FILES = 200_000
_MOST_BYTES = {_MANIFEST: 32 << 20, _SIGNATURE: 1 << 10, TABLE: 64 << 20}
_MOST_IMAGE_BYTES = 1 << 20
_LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class InkLine:
    """A piece of ink as a PNG file, and what it says (NFC)."""

    ink: bytes
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a verified pack holds. `office`: its name in the list of keys; `sha256` of the file."""

    office: str
    sha256: str
    lines: tuple[InkLine, ...]


def packed(lines: Iterable[InkLine], key: OfficeKey) -> bytes:
    """The pack as a file's bytes; the same lines and key give the same bytes."""
    files: dict[str, bytes] = {}
    table = []
    for number, line in enumerate(lines, start=1):
        name = f"{number:05d}.png"
        files[name] = line.ink
        table.append(f"{name}\t{line.text}\n")
    files[TABLE] = "".join(table).encode()
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    told = {"format": FORMAT, "key": key.public, "files": digests}
    manifest = json.dumps(told, sort_keys=True, indent=1).encode()
    files |= {_MANIFEST: manifest, _SIGNATURE: base64.b64encode(key.signed(manifest))}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def read_pack(path: Path, offices: Mapping[str, str]) -> Pack:
    """The pack at `path`, every byte of it as a listed office signed it. `offices`: names by public key.

    Raises `NotAPack`, `UnknownOffice`, `AlteredPack`. Nothing is believed before the signature is.
    """
    name = printable(path.name)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with zipfile.ZipFile(path) as archive:
            office, files = _verified(archive, name, offices)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError) as error:
        raise _no_pack(name) from error
    return Pack(office=office, sha256=digest, lines=tuple(_lines(files, name)))


def _verified(archive: zipfile.ZipFile, name: str, offices: Mapping[str, str]) -> tuple[str, dict[str, bytes]]:
    """The office's name and the files of the manifest."""
    entries = archive.infolist()
    held = {entry.filename for entry in entries}
    if len(entries) != len(held) or len(held) > _MOST_FILES or not {_MANIFEST, _SIGNATURE, TABLE} <= held:
        raise _no_pack(name)
    manifest, signature = _read(archive, _MANIFEST, name), _read(archive, _SIGNATURE, name)
    told = _manifest(manifest, name)
    key, digests = str(told["key"]), told["files"]
    if key not in offices:
        raise UnknownOffice(
            Message(
                f"{name}: khóa ký không có trong danh sách; hãy hỏi cơ quan gửi rồi thêm khóa.",
                f"{name}: signed with a key that is not listed; ask the office that sent it, then list its key.",
            )
        )
    try:
        sound = is_signed(manifest, base64.b64decode(signature, validate=True), key)
    except ValueError:
        sound = False
    if not sound or held != {*digests, _MANIFEST, _SIGNATURE}:
        raise _altered(name)
    files = {}
    for file, digest in digests.items():
        files[file] = _read(archive, file, name)
        if hashlib.sha256(files[file]).hexdigest() != digest:
            raise _altered(name)
    return offices[key], files


def _manifest(data: bytes, name: str) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except ValueError as error:
        raise _no_pack(name) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT or not isinstance(told.get("files"), dict):
        raise _no_pack(name)
    return {"key": "", **told}


def _read(archive: zipfile.ZipFile, file: str, name: str) -> bytes:
    most = _MOST_BYTES.get(file, _MOST_IMAGE_BYTES)
    with archive.open(file) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise _no_pack(name)
    return data


def _lines(files: Mapping[str, bytes], name: str) -> Iterable[InkLine]:
    try:
        rows = [row.split("\t") for row in files[TABLE].decode().splitlines()]
    except UnicodeDecodeError as error:
        raise _no_pack(name) from error
    images = set(files) - {TABLE}
    if {row[0] for row in rows} != images or len(rows) != len(images):
        raise _no_pack(name)
    for file, *text in rows:
        said = unicodedata.normalize("NFC", text[0]) if len(text) == 1 else ""
        if not said.strip() or len(said) > _LONGEST_TEXT or not is_image(files[file]):
            raise _no_pack(name)
        yield InkLine(ink=files[file], text=said)


def _no_pack(name: str) -> NotAPack:
    return NotAPack(
        Message(
            f"{name}: không phải gói nét chữ viết; cần tệp do “hotich ink export” ghi.",
            f"{name}: no ink pack; a file that `hotich ink export` wrote is needed.",
        )
    )


def _altered(name: str) -> AlteredPack:
    return AlteredPack(
        Message(
            f"{name}: không còn như khi được ký; hãy xin lại gói từ cơ quan gửi.",
            f"{name}: no longer as it was signed; ask the office for the pack again.",
        )
    )
