"""One byte of an object, of the log in the store or of a checkpoint, one cell of a row: each change is found."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.catalogue import Catalogue
from storage.checkpoint_places import Place, StorePlace
from storage.checkpoints import CheckpointKey, read_checkpoints
from storage.office.store import OfficeStore
from storage.replicas import Store
from storage.store_log import keep_log, tell_older
from storage.taking_checkpoint import take_checkpoint
from storage.verify import VerifyReport, verify
from tests.contract.storage.test_rebuilding import fill
from tests.contract.storage.test_tampering import GUARDED, Archive
from tests.making.clock import Clock

# What is made from others, what waits for the store or for whom, and copies outside: no statement of the archive.
NOT_COMPARED = {
    "act_secret", "act_keys", "outputs", "log_pending", "log_state", "apart_pending", "catalogue_version",
    "ink_given.given_at",
}  # fmt: skip
ROWS = (
    "sources", "source_names", "source_places", "source_books", "work", "documents", "fields", "document_books",
    "page_ledgers", "open_pages", "told_apart", "blocked_documents", "book_facts", "book_sign_offs", "book_lines",
    "book_models", "book_choices", "ink_given", "audit",
    "audit_head",
)  # fmt: skip


class Kept(Archive):
    """An archive that keeps its log in the store, with a signed checkpoint."""

    def report(self) -> VerifyReport:
        with contextlib.closing(self.catalogue()) as catalogue:
            return self.report_of(catalogue)

    def report_of(self, catalogue: Catalogue) -> VerifyReport:
        """What is found while the catalogue stays open: opening it anew takes longer than looking through it."""
        places: list[Path | Place] = [self.folder / "checkpoints", StorePlace(Store("store", self.objects))]
        return verify(self.objects, catalogue, checkpoints=read_checkpoints(places))


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    archive = Kept(folder, Clock())
    with contextlib.closing(archive.catalogue()) as catalogue:
        OfficeStore(catalogue.database)
        keep_log(catalogue.database, archive.objects, clock=archive.clock)
        tell_older(catalogue.database)
        fill(catalogue, archive.objects, archive.clock)
        key = CheckpointKey.at(folder.parent / f"{folder.name}.key")
        places: list[Path | Place] = [folder / "checkpoints", StorePlace(Store("store", archive.objects))]
        take_checkpoint(catalogue, key, places, actor="an", clock=archive.clock)
    return folder


@pytest.fixture
def archive(tmp_path: Path, untouched: Path) -> Kept:
    shutil.copytree(untouched, tmp_path / "home")
    return Kept(tmp_path / "home", Clock())


def test_nothing_changed_is_whole(archive: Kept) -> None:
    report = archive.report()
    assert report.ok, report


@pytest.mark.parametrize("kind", ["objects/sha256", "objects/log", "objects/checkpoints", "checkpoints"])
def test_any_byte_of_a_file_is_missed(archive: Kept, kind: str) -> None:
    draw = random.Random(kind)
    files = sorted(path for path in (archive.folder / kind).rglob("*") if path.is_file())
    assert files
    for path in draw.sample(files, min(6, len(files))):
        sound = path.read_bytes()
        path.chmod(0o644)
        at = draw.randrange(len(sound))
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << draw.randrange(8)]) + sound[at + 1 :])
        assert not archive.report().ok, (path.name, at)
        path.write_bytes(sound)
    assert archive.report().ok


@pytest.mark.parametrize("table", ROWS)
def test_any_cell_of_a_row_is_missed(archive: Kept, table: str) -> None:
    with (
        contextlib.closing(sqlite3.connect(archive.database, isolation_level=None)) as raw,
        contextlib.closing(archive.catalogue()) as catalogue,
    ):
        for guarded in GUARDED:
            for verb in ("update", "delete"):
                raw.execute(f"DROP TRIGGER IF EXISTS {guarded}_no_{verb}")
        sound = list(raw.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid"))
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        assert sound, table
        assert archive.report_of(catalogue).ok, table
        rowid, *values = sound[-1]
        for column, value in zip(columns, values, strict=True):
            if f"{table}.{column}" in NOT_COMPARED or (table, column) == ("audit_head", "id"):
                continue
            for other in changed(value):
                with contextlib.suppress(sqlite3.IntegrityError):
                    raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (other, rowid))
                    assert not archive.report_of(catalogue).ok, (table, column)
                    raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, rowid))
        raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))
        assert not archive.report_of(catalogue).ok, f"a row of {table} was deleted"


def changed(value: Any) -> Iterator[Any]:
    if isinstance(value, int):
        yield 1 - value if value in (0, 1) else value + 1
    elif isinstance(value, float):
        yield value / 2
    elif value is None:
        yield "x"
    else:
        yield value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
