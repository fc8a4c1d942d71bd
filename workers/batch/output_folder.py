"""Copies of records and archival PDFs in the folder the user named; the store keeps the originals."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.records.contract import renamed_record
from storage.catalogue import Catalogue, StoredDocument
from storage.objects import ObjectKey, ObjectStore
from workers.batch.inputs import printable
from workers.errors import OutputRefused

_LONGEST = 240  # bytes of a file name; most file systems take 255


class OutputFolder:
    """Writes `<source name>.json` (or `.1.json`, `.2.json`, ...) and `<source name>.pdf` under `folder`.

    Files appear whole or not at all. What was delivered before and still stands is not written again. An
    input of the same job is never overwritten: the copy then gets `.hotich` into its name.
    """

    def __init__(
        self, folder: Path, *, catalogue: Catalogue, objects: ObjectStore, inputs: Iterable[Path] = ()
    ) -> None:
        """Makes the folder. Raises OutputRefused when nothing can be written there."""
        self.folder = folder
        self._catalogue = catalogue
        self._objects = objects
        self._inputs = {os.path.realpath(path) for path in inputs}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise _refused(str(folder), error) from error

    def deliver(self, name: str, documents: Sequence[StoredDocument]) -> None:
        """Brings the copies of one source file up to date. Raises OutputRefused, and the stores' errors."""
        many = len(documents) > 1
        for document in documents:
            ending = f".{document.ordinal}.json" if many else ".json"
            self._bring(name, ending, "record", document, document.json)
        if documents and documents[0].archival is not None:
            self._bring(name, ".pdf", "pdf", documents[0], documents[0].archival)

    def _bring(self, name: str, ending: str, kind: str, document: StoredDocument, key: ObjectKey) -> None:
        target = self._target(name, ending)
        if target.exists() and self._catalogue.output(str(target)) == key:
            return
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if kind == "record":
                data = renamed_record(self._objects.get(key), name)
                _write_whole(target, lambda out: out.write(data))
            else:
                with self._objects.open(key) as source:
                    _write_whole(target, lambda out: shutil.copyfileobj(source, out, 1 << 20))
        except OSError as error:
            raise _refused(name, error) from error
        self._catalogue.note_output(str(target), document, kind=kind, key=key)

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
