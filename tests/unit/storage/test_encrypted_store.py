"""What an encrypted store promises besides what every store does: nobody without the key reads or alters anything."""

from __future__ import annotations

import json
import os
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from pipeline.domain.errors import WrongUse
from storage.errors import CorruptObject, EncryptionKeyMissing, ObjectMissing
from storage.objects import LocalStore, ObjectKey, encrypted
from storage.objects.encrypted import EncryptedStore
from storage.objects.envelope import Envelope, bound_to, envelope_name
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.paper_class import Chosen, PaperClass
from storage.repairing import repair
from storage.replicas import Store, copy

CARD = b"a scan of Invented Person's card" * 100
IDENTITY = frozenset({PaperClass.IDENTITY})
PAPERS = frozenset({PaperClass.PAPERS})
OLD, NEW = KeyEncryptionKey(bytes(32)), KeyEncryptionKey(b"n" * 32)


def store_in(folder: Path, *keys: KeyEncryptionKey, chosen: Chosen | None = None) -> EncryptedStore:
    wanted = Chosen(classes=IDENTITY) if chosen is None else chosen
    return EncryptedStore(LocalStore(folder), KeyFiles(keys), chosen=wanted)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def envelope_of(store: EncryptedStore, key: ObjectKey) -> Envelope:
    found = store._envelope(key.name)
    assert found is not None
    return found


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_nothing_of_a_paper_that_is_encrypted_lies_on_the_disk(tmp_path: Path) -> None:
    store = store_in(tmp_path, OLD)
    key = store.put(CARD, of=IDENTITY)
    everything = b"".join(files(tmp_path).values())
    assert b"Invented Person" not in everything
    assert OLD.secret not in everything
    assert store.get(key) == CARD


def test_other_papers_lie_as_they_did(tmp_path: Path) -> None:
    store, plain = store_in(tmp_path / "a", OLD), LocalStore(tmp_path / "b")
    for one in (store, plain):
        one.put(CARD, of=PAPERS)
        one.put_file("checkpoints/x.json", b"x")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_without_keys_and_choice_the_store_is_as_it_would_be_without_it(tmp_path: Path) -> None:
    EncryptedStore(LocalStore(tmp_path / "a")).put(CARD, of=IDENTITY)
    LocalStore(tmp_path / "b").put(CARD)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert not (tmp_path / "a" / "encrypted").exists()


def test_a_paper_of_unknown_type_is_encrypted_where_any_is(tmp_path: Path) -> None:
    store = store_in(tmp_path, OLD)
    assert store.is_encrypted(store.put(CARD, of=frozenset({PaperClass.UNKNOWN})))


def test_the_same_paper_twice_has_two_keys_and_one_name(tmp_path: Path) -> None:
    one, other = store_in(tmp_path / "a", OLD), store_in(tmp_path / "b", OLD)
    key = one.put(CARD, of=IDENTITY)
    assert other.put(CARD, of=IDENTITY) == key == ObjectKey.of(CARD)
    assert envelope_of(one, key).cipher != envelope_of(other, key).cipher


def test_what_is_encrypted_is_not_laid_down_in_the_open_when_it_comes_once_more(tmp_path: Path) -> None:
    store_in(tmp_path, OLD).put(CARD, of=IDENTITY)
    key = store_in(tmp_path, OLD).put(CARD, of=PAPERS)
    EncryptedStore(LocalStore(tmp_path)).put(CARD)
    assert LocalStore(tmp_path).size(key) is None


def test_what_lay_in_the_open_is_encrypted_when_it_comes_once_more(tmp_path: Path) -> None:
    key = LocalStore(tmp_path).put(CARD)
    store = store_in(tmp_path, OLD)
    assert store.get(key) == CARD
    store.put(CARD, of=IDENTITY)
    assert (LocalStore(tmp_path).size(key), store.get(key)) == (None, CARD)


def test_what_lay_in_the_open_is_encrypted_on_demand_if_it_is_of_the_class(tmp_path: Path) -> None:
    key = LocalStore(tmp_path).put(CARD)
    store = store_in(tmp_path, OLD)
    assert [store.encrypt(key, of=PAPERS), store.encrypt(key, of=IDENTITY)] == [False, True]
    assert not store.encrypt(key, of=IDENTITY)
    assert (LocalStore(tmp_path).size(key), store.get(key), list(store.keys())) == (None, CARD, [key])


@pytest.mark.parametrize("keys", [(), (NEW,)], ids=["no key", "another key"])
def test_a_lost_key_is_told_by_its_name_and_the_object_is_no_damaged_one(
    tmp_path: Path, keys: tuple[KeyEncryptionKey, ...]
) -> None:
    key = store_in(tmp_path, OLD).put(CARD, of=IDENTITY)
    store = store_in(tmp_path, *keys)
    for attempt in (lambda: store.get(key), lambda: store.open(key)):
        with pytest.raises(EncryptionKeyMissing, match=OLD.key_id):
            attempt()
    assert (store.exists(key), store.size(key), store.needs_key(key)) == (True, len(CARD), OLD.key_id)
    assert list(store.keys()) == [key]
    rewrite(tmp_path / "encrypted" / envelope_of(store, key).cipher.name, b"rotten")
    with pytest.raises(CorruptObject):
        store.open(key)


def test_without_a_key_nothing_is_stored_that_was_to_be_encrypted(tmp_path: Path) -> None:
    with pytest.raises(EncryptionKeyMissing):
        store_in(tmp_path).put(CARD, of=IDENTITY)
    assert list(store_in(tmp_path).keys()) == []


def test_a_forged_ciphertext_with_its_own_digest_in_the_envelope_is_refused(tmp_path: Path) -> None:
    store = store_in(tmp_path, OLD)
    key, other = store.put(CARD, of=IDENTITY), store.put(b"another", of=IDENTITY)
    path = tmp_path / "encrypted" / envelope_name(key.name)
    told = json.loads(path.read_bytes())
    for forged in (
        told | {"object": envelope_of(store, other).cipher.name},
        told | {"key": json.loads(envelope_of(store, other).data())["key"]},
        told | {"size": 7},
        told | {"plain": other.name},
        json.loads(envelope_of(store, other).data()),
    ):
        rewrite(path, json.dumps(forged, sort_keys=True, separators=(",", ":")).encode() + b"\n")
        with pytest.raises(CorruptObject):
            store.get(key)


def test_who_has_the_key_cannot_lay_other_content_under_the_name_either(tmp_path: Path) -> None:
    store = store_in(tmp_path, OLD)
    key = store.put(CARD, of=IDENTITY)
    store._cipher.remove_file(envelope_name(key.name))
    store._chosen = Chosen(everything=True)
    forger = EncryptedStore(store._plain, store._keys, chosen=store._chosen)
    forger._encrypt(iter([b"forged"]), ObjectKey.of(b"forged"), of=IDENTITY)
    made = envelope_of(forger, ObjectKey.of(b"forged"))
    data_key = forger._unwrapped(made)
    about = bound_to(key, made.cipher, made.size)
    wrapped = KeyFiles([OLD]).wrap(data_key, about=about)
    forged = Envelope(plain=key, cipher=made.cipher, size=made.size, key_id=OLD.key_id, wrapped=wrapped)
    store._cipher.put_file(forged.name, forged.data(), anew=True)
    with pytest.raises(CorruptObject):
        store.get(key)


@pytest.mark.parametrize("part", ["envelope", "ciphertext"])
@pytest.mark.parametrize("how", ["flip", "cut", "grow", "gone"])
def test_a_damaged_part_is_found_named_and_healed_by_a_good_scan(tmp_path: Path, part: str, how: str) -> None:
    store = store_in(tmp_path, OLD)
    key = store.put(CARD, of=IDENTITY)
    envelope = envelope_of(store, key)
    path = tmp_path / "encrypted" / (envelope.name if part == "envelope" else envelope.cipher.name)
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        rewrite(path, {"flip": flipped, "cut": data[:-1], "grow": data + b"\n"}[how])
    with pytest.raises((CorruptObject, ObjectMissing)):
        store.open(key)
    assert store.put(CARD, of=IDENTITY) == key
    assert store.get(key) == CARD
    assert store.take_healed() == ([] if (part, how) == ("envelope", "gone") else [key])


def test_keys_change_and_no_ciphertext_is_touched(tmp_path: Path) -> None:
    store = store_in(tmp_path, OLD, chosen=Chosen(everything=True))
    keys = [store.put(CARD + bytes([number])) for number in range(5)]
    before = {name: data for name, data in files(tmp_path).items() if "envelopes" not in name}
    both = store_in(tmp_path, NEW, OLD)
    assert both.rewrap().done == 5
    assert {name: data for name, data in files(tmp_path).items() if "envelopes" not in name} == before
    only_new = store_in(tmp_path, NEW)
    assert [only_new.get(key)[-1] for key in keys] == [0, 1, 2, 3, 4]
    assert (only_new.by_key(), only_new.rewrap().already) == ({NEW.key_id: 5}, 5)


def test_what_is_under_a_key_that_is_lost_is_left_as_it_is_and_counted(tmp_path: Path) -> None:
    store_in(tmp_path, OLD).put(CARD, of=IDENTITY)
    made = store_in(tmp_path, NEW).rewrap()
    assert (made.done, made.left) == (0, {OLD.key_id: 1})


def test_a_replica_gets_what_is_encrypted_as_it_is_without_the_key(tmp_path: Path) -> None:
    first = store_in(tmp_path / "first", OLD)
    key = first.put(CARD, of=IDENTITY)
    keyless, replica = store_in(tmp_path / "first"), EncryptedStore(LocalStore(tmp_path / "replica"))
    copy(keyless, replica, key)
    assert envelope_of(replica, key) == envelope_of(first, key)
    assert LocalStore(tmp_path / "replica").size(key) is None
    assert store_in(tmp_path / "replica", OLD).get(key) == CARD


@pytest.mark.parametrize("part", ["envelope", "ciphertext"])
def test_stores_heal_each_other_without_the_key(tmp_path: Path, part: str) -> None:
    first = store_in(tmp_path / "first", OLD)
    key = first.put(CARD, of=IDENTITY)
    keyless = [EncryptedStore(LocalStore(tmp_path / name)) for name in ("first", "second")]
    copy(keyless[0], keyless[1], key)
    envelope = envelope_of(first, key)
    name = envelope.name if part == "envelope" else envelope.cipher.name
    rewrite(tmp_path / "first" / "encrypted" / name, b"rotten")
    made = repair([Store(str(number), one) for number, one in enumerate(keyless)])
    assert [(healed.store, healed.was) for healed in made.healed] == [("0", "damaged")]
    assert store_in(tmp_path / "first", OLD).get(key) == CARD


def test_what_goes_goes_with_both_parts_and_a_crash_between_them_is_made_good(tmp_path: Path) -> None:
    store = store_in(tmp_path, OLD)
    key = store.put(CARD, of=IDENTITY)
    store._cipher.erase(envelope_of(store, key).cipher)
    assert store.exists(key), "what is half gone is erased again"
    store.erase(key)
    assert (store.exists(key), files(tmp_path)) == (False, {})


def test_a_file_larger_than_what_is_held_in_memory_leaves_no_trace_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encrypted, "_IN_MEMORY", 1000)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    seen: list[bytes] = []
    store = store_in(tmp_path / "objects", OLD)
    real = store._cipher.put

    def put(source: Path, **options: object) -> ObjectKey:
        seen.append(source.read_bytes())
        return real(source, **options)  # type: ignore[arg-type]

    store._cipher.put = put  # type: ignore[assignment, method-assign]
    path = tmp_path / "scan"
    path.write_bytes(CARD)
    key = store.put(path, of=IDENTITY)
    assert b"Invented Person" not in seen[0]
    assert (store.get(key), files(temporary)) == (CARD, {})


def test_a_large_file_is_stored_and_read_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "book.tif"
    with path.open("wb") as file:
        for _ in range(24):
            file.write(os.urandom(1 << 20))
    store = store_in(tmp_path / "objects", OLD)
    tracemalloc.start()
    try:
        key = store.put(path, of=IDENTITY)
        with store.open(key) as file:
            file.seek(-10, os.SEEK_END)
            assert len(file.read()) == 10
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 << 20


def test_what_somebody_else_put_among_what_is_encrypted_is_foreign(tmp_path: Path) -> None:
    store = store_in(tmp_path, OLD)
    store.put(CARD, of=IDENTITY)
    assert list(store.foreign()) == []
    (tmp_path / "encrypted" / "note.txt").write_text("x")
    (tmp_path / "encrypted" / "envelopes" / "other.json").write_text("x")
    assert sorted(store.foreign()) == ["encrypted/envelopes/other.json", "encrypted/note.txt"]


def test_a_key_file_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "papers.key"
    key = KeyEncryptionKey.make(path)
    assert (path.stat().st_mode & 0o777, KeyEncryptionKey.read(path)) == (0o600, key)
    assert key.secret.hex() not in key.key_id
    with pytest.raises(WrongUse):
        KeyEncryptionKey.make(path)


@pytest.mark.parametrize("how", ["other", "flipped", "gone"])
def test_a_damaged_key_file_is_not_taken_for_another_key(tmp_path: Path, how: str) -> None:
    path = tmp_path / "papers.key"
    KeyEncryptionKey.make(path)
    line = path.read_text()
    path.unlink()
    if how != "gone":
        last = "0" if line[-2] != "0" else "1"
        path.write_text({"other": os.urandom(20).hex(), "flipped": line[:-2] + last + "\n"}[how])
    with pytest.raises(WrongUse, match=r"papers\.key"):
        KeyEncryptionKey.read(path)
