"""Data keys wrapped by a key server over TLS, which holds its key back: asked as the transit API is documented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain.errors import WrongUse
from storage.errors import AccessRefused, CorruptObject, EncryptionKeyMissing, StoreUnavailable
from storage.objects import LocalStore
from storage.objects.encrypted import EncryptedStore
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles, Keyring, NotUnwrapped
from storage.objects.paper_class import Chosen
from storage.objects.transit_keys import TransitKeys
from tests.making.transit_server import Transit, transit_server

DATA_KEY = bytes(range(32))
EVERYTHING = Chosen(everything=True)


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Transit]:
    with transit_server(tmp_path_factory.mktemp("transit")) as server:
        yield server


@pytest.fixture
def server(one_server: Transit) -> Transit:
    one_server.versions = {1: bytes(32)}
    one_server.binds, one_server.failing = True, 0
    one_server.asked.clear()
    return one_server


def keys(server: Transit, **changes: str) -> TransitKeys:
    return TransitKeys(changes.get("address", server.address), token=changes.get("token", server.token),
                       ca_file=server.ca_file)  # fmt: skip


def test_a_data_key_comes_back_for_what_it_was_wrapped_for_and_for_nothing_else(server: Transit) -> None:
    keeper = keys(server)
    wrapped = keeper.wrap(DATA_KEY, about=b"this object")
    assert DATA_KEY not in wrapped
    assert keys(server).unwrap(wrapped, key_id=keeper.current, about=b"this object") == DATA_KEY
    for other, about in ((wrapped, b"another object"), (wrapped[:-4] + b"AAA=", b"this object"), (b"\xff", b"x")):
        with pytest.raises(NotUnwrapped):
            keeper.unwrap(other, key_id=keeper.current, about=about)


def test_an_archive_is_encrypted_and_its_keys_change_by_the_server(server: Transit, tmp_path: Path) -> None:
    store = EncryptedStore(LocalStore(tmp_path), keys(server), chosen=EVERYTHING)
    key = store.put(b"a card")
    server.rotate()
    newer = EncryptedStore(LocalStore(tmp_path), keys(server), chosen=EVERYTHING)
    assert newer.get(key) == b"a card"
    assert (newer.rewrap().done, newer.by_key()) == (1, {"transit/papers:2": 1})
    del server.versions[1]
    assert newer.get(key) == b"a card"


def test_a_version_that_the_server_gave_up_opens_nothing(server: Transit, tmp_path: Path) -> None:
    store = EncryptedStore(LocalStore(tmp_path), keys(server), chosen=EVERYTHING)
    key = store.put(b"a card")
    server.versions = {2: bytes(32)}
    with pytest.raises(CorruptObject):
        store.get(key)


def test_from_key_files_to_a_server_and_back_no_ciphertext_is_written(server: Transit, tmp_path: Path) -> None:
    file = KeyFiles([KeyEncryptionKey(bytes(32))])
    key = EncryptedStore(LocalStore(tmp_path), file, chosen=EVERYTHING).put(b"a card")
    for first, second in ((keys(server), file), (file, keys(server))):
        store = EncryptedStore(LocalStore(tmp_path), Keyring([first, second]), chosen=EVERYTHING)
        assert store.rewrap().done == 1
        assert EncryptedStore(LocalStore(tmp_path), first).get(key) == b"a card"
        with pytest.raises(EncryptionKeyMissing):
            EncryptedStore(LocalStore(tmp_path), second).get(key)


def test_a_server_that_binds_nothing_is_not_used(server: Transit) -> None:
    server.binds = False
    with pytest.raises(WrongUse, match="associated_data"):
        keys(server).wrap(DATA_KEY, about=b"x")


def test_a_wrong_token_is_refused_and_not_tried_again(server: Transit) -> None:
    with pytest.raises(AccessRefused):
        keys(server, token="wrong").wrap(DATA_KEY, about=b"x")
    assert len(server.asked) == 1


def test_a_server_that_fails_for_a_moment_is_asked_again_and_then_reported(server: Transit) -> None:
    keeper = keys(server)
    wrapped = keeper.wrap(DATA_KEY, about=b"x")
    server.failing = 2
    assert keeper.unwrap(wrapped, key_id=keeper.current, about=b"x") == DATA_KEY
    server.failing = 3
    with pytest.raises(StoreUnavailable):
        keeper.unwrap(wrapped, key_id=keeper.current, about=b"x")


def test_a_server_under_another_authority_gets_nothing(server: Transit) -> None:
    with pytest.raises(StoreUnavailable, match="SSL"):
        TransitKeys(server.address, token=server.token).wrap(DATA_KEY, about=b"x")
    assert server.asked == []


@pytest.mark.parametrize("address", ["http://127.0.0.1/transit/papers", "https://host", "https://host/transit", "x"])
def test_an_address_that_is_none_of_a_key_is_wrong_use(server: Transit, address: str) -> None:
    with pytest.raises(WrongUse, match="encryption_keys"):
        keys(server, address=address)
