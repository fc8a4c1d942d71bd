"""Files that wait outside the archive, sealed: opened by whoever has the key, under their own name, and whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import CorruptObject, EncryptionKeyMissing
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.paper_class import Chosen, PaperClass
from storage.sealed_file import FileSeal, is_there, key_of, sealed

KEY = KeyEncryptionKey(bytes(range(32)))
SEAL = FileSeal(KeyFiles([KEY]), Chosen(classes=frozenset({PaperClass.IDENTITY})))
CARD = b"\xff\xd8 001190123456 " * 9_000


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "1"
    path.write_bytes(CARD)
    SEAL.seal(path, name="s/1")
    return path


def test_nothing_of_a_sealed_file_is_left_and_its_key_opens_it(card: Path) -> None:
    assert not card.exists() and is_there(card)
    assert all(b"001190123456" not in path.read_bytes() for path in card.parent.iterdir())
    assert {path.stat().st_mode & 0o777 for path in card.parent.iterdir()} == {0o600}
    with SEAL.open(card, name="s/1") as file:
        assert file.read() == CARD


def test_a_file_that_was_sealed_again_after_a_crash_is_the_file(card: Path) -> None:
    card.write_bytes(CARD)  # as before it went
    SEAL.seal(card, name="s/1")
    with SEAL.open(card, name="s/1") as file:
        assert file.read() == CARD


def test_one_that_was_changed_or_exchanged_is_not_opened(card: Path) -> None:
    with pytest.raises(CorruptObject):
        SEAL.open(card, name="s/2")
    data = sealed(card).read_bytes()
    sealed(card).write_bytes(data[:99] + bytes([data[99] ^ 1]) + data[100:])
    with pytest.raises(CorruptObject), SEAL.open(card, name="s/1") as file:
        file.read()
    key_of(card).write_text("{}")
    with pytest.raises(CorruptObject):
        SEAL.open(card, name="s/1")


def test_without_the_key_it_is_named(card: Path) -> None:
    with pytest.raises(EncryptionKeyMissing) as missing:
        FileSeal(KeyFiles(), SEAL.chosen).open(card, name="s/1")
    assert missing.value.key_id == KEY.key_id


def test_where_there_is_no_key_the_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "1"
    path.write_bytes(CARD)
    with pytest.raises(EncryptionKeyMissing):
        FileSeal(KeyFiles(), SEAL.chosen).seal(path, name="s/1")
    assert path.read_bytes() == CARD
