"""What the folder store does when the disk, the file system or another process misbehaves."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import HotichError, WrongUse
from storage.errors import AccessRefused, DiskFull
from storage.files import write_file
from storage.objects import LocalStore, ObjectKey

Call = Callable[..., Any]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def fails(code: int, after: int = 0) -> Callable[[Call], Call]:
    """A stand-in for a system call that works `after` times and then fails."""
    calls: list[tuple[object, ...]] = []

    def make(real: Call) -> Call:
        def call(*arguments: object, **options: object) -> object:
            calls.append(arguments)
            if len(calls) > after:
                raise OSError(code, os.strerror(code))
            return real(*arguments, **options)

        return call

    return make


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_reported_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    store = LocalStore(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(os, call, fails(code)(getattr(os, call)))
        with pytest.raises(DiskFull) as caught:
            store.put(b"x" * 100_000)
    assert caught.value.code == "resource.disk_full"
    assert files(tmp_path) == []
    assert list(store.keys()) == []


def test_a_disk_that_fills_in_the_middle_of_a_file_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path / "store")
    source = tmp_path / "scan"
    source.write_bytes(os.urandom(3 << 20))
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", fails(errno.ENOSPC, after=2)(os.write))
        with pytest.raises(DiskFull):
            store.put(source)
    assert files(tmp_path / "store") == []
    assert store.get(store.put(source)) == source.read_bytes()


def test_a_disk_that_writes_a_part_of_what_it_is_given_gets_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data)[:1000]))
    store = LocalStore(tmp_path)
    assert store.get(store.put(b"y" * 5500)) == b"y" * 5500


def test_a_store_whose_folder_was_replaced_is_reported(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (tmp_path / "incoming").rmdir()
    (tmp_path / "incoming").write_text("in the way")
    with pytest.raises(HotichError):
        store.put(b"x")


def test_no_permission_is_told_apart_from_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    monkeypatch.setattr(os, "fsync", fails(errno.EROFS)(os.fsync))
    with pytest.raises(AccessRefused):
        store.put(b"x")


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(HotichError):
        LocalStore(tmp_path / "file" / "objects")


def test_a_file_system_without_hard_links_keeps_objects_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    monkeypatch.setattr(os, "link", fails(errno.EPERM)(os.link))
    key = store.put(b"on a stick")
    assert store.put(b"on a stick") == key
    assert store.get(key) == b"on a stick"
    assert files(tmp_path) == [key.name]


def test_another_writer_who_was_faster_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    real = os.link

    def link(source: Path, target: Path) -> None:
        real(source, target)
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    assert store.get(store.put(b"raced for")) == b"raced for"


def test_objects_are_on_disk_before_they_have_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    order: list[str] = []
    real_sync, real_link = os.fsync, os.link

    def sync(handle: int) -> None:
        order.append("fsync")
        real_sync(handle)

    def link(source: Path, target: Path) -> None:
        order.append("link")
        real_link(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "link", link)
    store.put(b"durable")
    assert order[0] == "fsync"
    assert order[order.index("link") + 1 :] == ["fsync"]


def test_a_stored_object_cannot_be_written_by_accident(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    key = store.put(b"read only")
    assert (tmp_path / key.name).stat().st_mode & 0o222 == 0


def test_what_killed_writers_left_is_removed_after_a_day_and_not_before(tmp_path: Path) -> None:
    LocalStore(tmp_path)
    old, young = tmp_path / "incoming/.tmp-old", tmp_path / "incoming/.tmp-young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    LocalStore(tmp_path)
    assert files(tmp_path) == ["incoming/.tmp-young"]


def test_files_that_are_no_objects_are_not_listed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    key = store.put(b"object")
    (tmp_path / key.name).with_name("notes.txt").write_text("stray")
    assert list(store.keys()) == [key]


@pytest.mark.parametrize(
    "name",
    ["md5/ab/" + "c" * 62, "sha256/AB/" + "c" * 62, "sha256/ab/../secret", "", "sha256/ab/" + "c" * 61],
)
def test_a_name_of_another_form_or_algorithm_is_refused(name: str) -> None:
    with pytest.raises(WrongUse):
        ObjectKey.parse(name)


def test_a_name_leads_back_to_its_key() -> None:
    key = ObjectKey.of(b"x")
    assert ObjectKey.parse(key.name) == key


def test_a_file_is_replaced_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out" / "record.json"
    write_file(path, b"old")
    with monkeypatch.context() as broken:
        broken.setattr(os, "write", fails(errno.ENOSPC)(os.write))
        with pytest.raises(DiskFull):
            write_file(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert files(tmp_path) == ["out/record.json"]
    write_file(path, iter([b"new ", b"one"]))
    assert path.read_bytes() == b"new one"
