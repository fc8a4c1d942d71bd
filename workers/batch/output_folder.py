"""Copies of records and archival PDFs in the folder the user named; the store keeps the originals."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.records.archival import HEAD, source_of
from pipeline.records.contract import renamed_record
from storage.catalogue import Catalogue, StoredDocument
from storage.objects import ObjectKey, ObjectStore
from workers.batch.inputs import printable
from workers.errors import OutputRefused

_PDF = ".pdf"
_LONGEST = 240  # bytes of a file name; most file systems take 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Where the results of one source file are: `name` is the input's, or another where that was another paper's.

    `left`: files of an earlier reading that somebody changed; they were not removed.
    """

    name: str
    left: tuple[str, ...] = ()


class OutputFolder:
    """Writes `<source name>.json` (or `.1.json`, `.2.json`, ...) and `<source name>.pdf` under `folder`.

    A name belongs to the source file whose results stand under it, by content: the results of another file of that name
    get the beginning of its digest into theirs, always the same. Nothing else that stands there is overwritten. Files
    appear whole or not at all. What was delivered before and still stands is not written again, and records that the
    same source file no longer has are removed. An input of the same job is never overwritten: the copy then gets
    `.hotich` into its name.
    """

    def __init__(
        self, folder: Path, *, catalogue: Catalogue, objects: ObjectStore, inputs: Iterable[Path] = ()
    ) -> None:
        """Makes the folder. Raises OutputRefused when nothing can be written there."""
        self.folder = folder
        self._catalogue = catalogue
        self._objects = objects
        self._inputs = {os.path.realpath(path) for path in inputs}
        self._lock = threading.Lock()  # two files must not take one name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise _refused(str(folder), error) from error

    def deliver(self, name: str, documents: Sequence[StoredDocument]) -> Delivered:
        """Brings the copies of one source file up to date. Raises OutputRefused, and the stores' errors."""
        if not documents:
            return Delivered(name=name)
        endings = _endings(documents)
        with self._lock:
            try:
                own = self._own_name(name, documents[0].source_sha256, endings)
                for ending, document in endings.items():
                    if ending == _PDF:
                        self._bring(name, self._target(own, ending), "pdf", document, document.archival)
                    else:
                        self._bring(name, self._target(own, ending), "record", document, document.json)
                left = self._remove_stale(name, own, documents[0].source_sha256, endings)
            except OSError as error:
                raise _refused(name, error) from error
        return Delivered(name=own, left=tuple(left))

    def _own_name(self, name: str, sha256: str, endings: Iterable[str]) -> str:
        """The input's name, unless anything that is to be written would replace what is not this source file's."""
        for own in (name, f"{name}~{sha256[:8]}"):
            targets = (self._target(own, ending) for ending in (*endings, _PDF))
            if all(not target.exists() or self._owner(target) == sha256 for target in targets):
                return own
        return f"{name}~{sha256}"

    def _owner(self, target: Path) -> str | None:
        """Whose results a file holds: the digest that it states, else that of what was last written there."""
        return _stated_source(target) or self._catalogue.output_source(str(target))

    def _bring(self, name: str, target: Path, kind: str, document: StoredDocument, key: ObjectKey | None) -> None:
        if key is None or (target.exists() and self._catalogue.output(str(target)) == key):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind == "record":
            data = renamed_record(self._objects.get(key), name)
            _write_whole(target, lambda out: out.write(data))
        else:
            with self._objects.open(key) as source:
                _write_whole(target, lambda out: shutil.copyfileobj(source, out, 1 << 20))
        self._catalogue.note_output(str(target), document, kind=kind, key=key)

    def _remove_stale(self, name: str, own: str, sha256: str, endings: Iterable[str]) -> Iterator[str]:
        """Removes records that an earlier reading left under this name; gives those that were changed since."""
        wanted = {str(self._target(own, ending)) for ending in endings}
        numbered = re.compile(re.escape(str(self._target(own, ""))) + r"(\.hotich)?(\.\d+)?\.json")
        for path, key in self._catalogue.outputs_of(sha256).items():
            target = Path(path)
            if path in wanted or not numbered.fullmatch(path) or not target.is_file():
                continue
            if target.read_bytes() == renamed_record(self._objects.get(key), name):
                target.unlink()
            else:
                yield target.name

    def _target(self, name: str, ending: str) -> Path:
        *folders, last = name.split("/")
        raw = os.fsencode(last)
        if len(raw) > _LONGEST:
            mark = hashlib.sha256(raw).hexdigest()[:8]
            last = raw[: _LONGEST - 9].decode("utf-8", "ignore") + "~" + mark
        target = self.folder.joinpath(*folders, last + ending)
        if os.path.realpath(target) in self._inputs:
            target = target.with_name(f"{last}.hotich{ending}")
        return target


def _endings(documents: Sequence[StoredDocument]) -> dict[str, StoredDocument]:
    """What is written of these documents, by the ending of its name."""
    many = len(documents) > 1
    records = {f".{document.ordinal}.json" if many else ".json": document for document in documents}
    return records | ({_PDF: documents[0]} if documents[0].archival is not None else {})


def _stated_source(target: Path) -> str | None:
    """Digest of the source file that one of our records or archival copies names; None for any other file."""
    if target.suffix == _PDF:
        with target.open("rb") as stream:
            return source_of(stream.read(HEAD))
    try:
        stated = json.loads(target.read_bytes())["source"]["sha256"]
    except (ValueError, KeyError, TypeError):
        return None
    return stated if isinstance(stated, str) else None


def check_output_folder(folder: Path, inputs: Sequence[Path]) -> None:
    """Raises WrongUse when results would land among the scans and be taken for inputs by the next run."""
    for path in inputs:
        if path.is_dir() and path.resolve() == folder.resolve():
            raise WrongUse(
                Message(
                    "Thư mục kết quả trùng với thư mục bản quét; hãy chọn thư mục khác.",
                    f"The output folder is the scans' own folder; choose another one: {printable(str(folder))}",
                )
            )


def _write_whole(target: Path, write: Callable[[BinaryIO], object]) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".hotich-")
    try:
        with os.fdopen(handle, "wb") as out:
            write(out)
        Path(temporary).chmod(0o600)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _refused(what: str, error: OSError) -> OutputRefused:
    shown, reason = printable(what), error.strerror or type(error).__name__
    return OutputRefused(
        Message(
            f"{shown}: không ghi được kết quả ({reason}); kiểm tra quyền ghi và chỗ trống, rồi chạy lại",
            f"{shown}: results cannot be written ({reason}); check permissions and free space, then run again",
        ),
        code="output.disk_full" if error.errno in (28, 122) else None,
    )
