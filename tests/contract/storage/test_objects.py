"""What every object store promises, on a folder and on a real S3 server."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from minio import Minio
from minio.deleteobjects import DeleteObject

from pipeline.domain.errors import HotichError, WrongUse
from storage.errors import CorruptObject, ObjectMissing, SourceChanged
from storage.objects import LocalStore, ObjectKey, ObjectStore, S3Store
from storage.objects.encrypted import EncryptedStore
from storage.objects.envelope import Envelope, envelope_name
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.paper_class import Chosen
from tests.contract.conftest import S3Server

BUCKET = "objects"


@dataclass(frozen=True)
class Side:
    """A store, and ways around it to look at and damage what it holds."""

    store: ObjectStore
    damage: Callable[[ObjectKey, bytes], None]
    writes: Callable[[ObjectKey], object]


def _local(folder: Path) -> Side:
    def damage(key: ObjectKey, data: bytes) -> None:
        path = folder / key.name
        path.chmod(0o644)
        path.write_bytes(data)

    def writes(key: ObjectKey) -> object:
        return (folder / key.name).stat().st_ino  # its time is touched: what is about to be named is no orphan

    return Side(LocalStore(folder), damage, writes)


@pytest.fixture(scope="session")
def s3_client(s3_server: S3Server) -> Minio:
    return Minio(
        endpoint=s3_server.endpoint,
        access_key=s3_server.access_key,
        secret_key=s3_server.secret_key,
        secure=False,
    )


def _s3(server: S3Server, client: Minio) -> Side:
    store = S3Store(
        endpoint=server.endpoint,
        bucket=BUCKET,
        access_key=server.access_key,
        secret_key=server.secret_key,
        secure=False,
    )
    store.prepare()

    def damage(key: ObjectKey, data: bytes) -> None:
        client.put_object(BUCKET, key.name, io.BytesIO(data), len(data), metadata={"sha256": key.sha256})

    def writes(key: ObjectKey) -> object:
        listed = client.list_objects(BUCKET, prefix=key.name, include_version=True)
        return sorted(str(version.version_id) for version in listed)

    return Side(store, damage, writes)


def _encrypted(side: Side) -> Side:
    """The same store, with everything in it encrypted; damage and looks go to the ciphertext."""
    store = EncryptedStore(
        side.store, KeyFiles([KeyEncryptionKey(os.urandom(32))]), chosen=Chosen(everything=True)
    )  # fmt: skip
    inner = side.store.below("encrypted")

    def part(key: ObjectKey) -> ObjectKey:
        envelope = Envelope.parse(key.name, inner.get_file(envelope_name(key.name)))
        assert envelope is not None
        return envelope.cipher

    return Side(
        store,
        lambda key, data: side.damage(_Below(part(key).sha256), data),
        lambda key: side.writes(_Below(part(key).sha256)),
    )


class _Below(ObjectKey):
    """The key of an object in the store of what is encrypted, by its name in the store around it."""

    @property
    def name(self) -> str:
        return f"encrypted/{super().name}"


@pytest.fixture(params=["local", "s3", "local, encrypted", "s3, encrypted"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    """An empty store of either kind; emptied before the test, so that a failure can be looked at."""
    kind, _, encrypted = request.param.partition(", ")
    if kind == "local":
        local = _local(tmp_path / "objects")
        yield _encrypted(local) if encrypted else local
        return
    client = request.getfixturevalue("s3_client")
    made = _s3(request.getfixturevalue("s3_server"), client)
    versions = client.list_objects(BUCKET, recursive=True, include_version=True)
    doomed = [DeleteObject(one.object_name, one.version_id) for one in versions]
    assert not list(client.remove_objects(BUCKET, doomed))
    yield _encrypted(made) if encrypted else made


@pytest.mark.parametrize("data", [b"", b"a scan", bytes(range(256)) * 5000], ids=["empty", "small", "1 MB"])
def test_what_is_put_comes_back(side: Side, data: bytes) -> None:
    key = side.store.put(data)
    assert key == ObjectKey.of(data)
    assert side.store.get(key) == data


def test_a_file_is_put_under_the_digest_of_its_bytes(side: Side, tmp_path: Path) -> None:
    path = tmp_path / "Giấy khai sinh\n(bản sao).pdf"
    path.write_bytes(b"%PDF-1.7")
    assert side.store.get(side.store.put(path)) == b"%PDF-1.7"


def test_an_object_larger_than_what_is_kept_in_memory_comes_back(side: Side, tmp_path: Path) -> None:
    path = tmp_path / "book.tif"
    path.write_bytes(os.urandom(9 << 20))
    with side.store.open(side.store.put(path)) as file:
        assert file.read() == path.read_bytes()


def test_an_opened_object_can_be_read_from_anywhere(side: Side) -> None:
    with side.store.open(side.store.put(b"0123456789")) as file:
        file.seek(4)
        assert file.read(3) == b"456"


def test_putting_the_same_content_again_writes_nothing(side: Side) -> None:
    key = side.store.put(b"once")
    before = side.writes(key)
    assert side.store.put(b"once") == key
    assert side.writes(key) == before


def test_putting_the_same_file_again_writes_nothing(side: Side, tmp_path: Path) -> None:
    path = tmp_path / "scan"
    path.write_bytes(b"once")
    key = side.store.put(path)
    before = side.writes(key)
    assert side.store.put(path, expected=key) == key
    assert side.writes(key) == before


def test_other_content_than_expected_is_refused_and_not_stored(side: Side) -> None:
    with pytest.raises(SourceChanged):
        side.store.put(b"changed", expected=ObjectKey.of(b"examined"))
    assert list(side.store.keys()) == []


def test_a_file_that_changed_since_it_was_examined_is_refused(side: Side, tmp_path: Path) -> None:
    path = tmp_path / "scan"
    path.write_bytes(b"examined")
    examined = side.store.put(path)
    path.write_bytes(b"changed")
    with pytest.raises(SourceChanged):
        side.store.put(path, expected=examined)
    assert list(side.store.keys()) == [examined]


def test_a_missing_source_file_is_reported_as_our_error(side: Side, tmp_path: Path) -> None:
    with pytest.raises(HotichError):
        side.store.put(tmp_path / "nowhere")


def test_an_unknown_key_is_missing(side: Side) -> None:
    nobody = ObjectKey.of(b"never stored")
    assert not side.store.exists(nobody)
    with pytest.raises(ObjectMissing):
        side.store.get(nobody)
    with pytest.raises(ObjectMissing):
        side.store.open(nobody)


def test_a_stored_key_exists(side: Side) -> None:
    assert side.store.exists(side.store.put(b"here"))


@pytest.mark.parametrize("damaged", [b"SOUND", b"soun", b"", b"sound and more"])
def test_damaged_bytes_are_never_handed_out(side: Side, damaged: bytes) -> None:
    key = side.store.put(b"sound")
    side.damage(key, damaged)
    with pytest.raises(CorruptObject):
        side.store.get(key)
    with pytest.raises(CorruptObject):
        side.store.open(key)


@pytest.mark.parametrize("damaged", [b"SOUND", b"soun"])
def test_damaged_bytes_give_way_to_the_right_ones_and_to_no_others(side: Side, damaged: bytes) -> None:
    key = side.store.put(b"sound")
    side.damage(key, damaged)
    with pytest.raises(SourceChanged):
        side.store.put(damaged, expected=key)
    assert side.store.take_healed() == []
    assert side.store.put(b"sound") == key
    assert side.store.get(key) == b"sound"
    assert (side.store.take_healed(), side.store.take_healed()) == ([key], [])


def test_bytes_known_to_be_damaged_are_written_anew_whatever_the_store_says(side: Side) -> None:
    key = side.store.put(b"sound")
    before = side.writes(key)
    side.store.put(b"sound", expected=key, anew=True)
    assert side.writes(key) != before or isinstance(side.store, LocalStore)
    assert side.store.get(key) == b"sound"


def test_an_object_that_nothing_names_can_be_taken_out(side: Side) -> None:
    key = side.store.put(b"orphan")
    assert side.store.size(key) == 6
    assert side.store.age_s(key) < 3600
    side.store.remove(key)
    side.store.remove(key)
    assert side.store.size(key) is None
    with pytest.raises(ObjectMissing):
        side.store.age_s(key)


def test_files_beside_the_objects_keep_their_first_bytes(side: Side) -> None:
    names = ["checkpoints/00000001.json", "log/000000000/000000000001-000000000002.json"]
    for name in names:
        side.store.put_file(name, name.encode())
        side.store.put_file(name, name.encode())
        with pytest.raises(CorruptObject):
            side.store.put_file(name, b"others")
        assert side.store.get_file(name) == name.encode()
    assert [list(side.store.files(folder)) for folder in ("checkpoints", "log", "reads")] == [
        [names[0]],
        [names[1]],
        [],
    ]
    assert not set(names) & set(side.store.foreign())
    with pytest.raises(ObjectMissing):
        side.store.get_file("log/none")


@pytest.mark.parametrize("name", ["log", "log/../x", "other/x", "/log/x", "log/X", "sha256/ab", "log/a/b/c/d"])
def test_a_file_has_a_name_that_leads_nowhere_else(side: Side, name: str) -> None:
    for attempt in (lambda: side.store.put_file(name, b"x"), lambda: side.store.get_file(name)):
        with pytest.raises(WrongUse):
            attempt()


def test_keys_come_in_order_and_only_once(side: Side) -> None:
    stored = {side.store.put(str(number % 7).encode()) for number in range(14)}
    assert list(side.store.keys()) == sorted(stored)


def test_two_stores_of_one_place_see_the_same_objects(
    side: Side, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    key = side.store.put(b"shared")
    if isinstance(side.store, LocalStore):
        other: ObjectStore = LocalStore(side.store.folder)
    elif isinstance(side.store, EncryptedStore):
        other = EncryptedStore(side.store._plain, side.store._keys)
    else:
        other = _s3(request.getfixturevalue("s3_server"), request.getfixturevalue("s3_client")).store
    assert other.get(key) == b"shared"
