"""What `hotich` opens by its settings, against real servers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hotich.settings import Settings
from hotich.wiring.stores import open_objects, open_replicas
from pipeline.domain.errors import WrongUse
from storage.errors import AccessRefused
from storage.objects.encrypted import EncryptedStore
from storage.objects.key_ring import KeyEncryptionKey
from storage.objects.paper_class import PaperClass
from tests.contract.conftest import S3Server

IDENTITY = frozenset({PaperClass.IDENTITY})


@pytest.fixture
def settings(s3_server: S3Server, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home",
        s3_endpoint=s3_server.endpoint,
        s3_bucket="never-made-before",
        s3_access_key=s3_server.access_key,
        s3_secret_key=s3_server.secret_key,
        s3_secure=False,
    )


def test_a_new_s3_server_needs_no_step_of_its_own_before_the_first_file(settings: Settings) -> None:
    store = open_objects(settings, for_writing=True)
    assert store.get(store.put(b"first")) == b"first"


@pytest.mark.parametrize("wrong", ["s3_secret_key", "s3_access_key"])
def test_a_wrong_secret_is_refused_at_the_start_by_its_code(settings: Settings, wrong: str) -> None:
    changed: dict[str, Any] = {wrong: "wrong"}
    with pytest.raises(AccessRefused) as refused:
        open_objects(replace(settings, **changed), for_writing=True)
    assert refused.value.code == "resource.access_refused"


def test_lock_encryption_and_authority_are_as_they_are_set_here_and_in_the_replica(
    settings: Settings, s3_server: S3Server, tmp_path: Path
) -> None:
    key = KeyEncryptionKey.make(tmp_path / "papers.key")
    of_server: dict[str, Any] = {
        "endpoint": s3_server.tls_endpoint, "ca_file": str(s3_server.ca_file), "encryption": "s3", "lock": "governance",
        "access_key": s3_server.access_key, "secret_key": s3_server.secret_key,
    }  # fmt: skip
    both = {f"{start}s3_{name}": value for start in ("", "replica_") for name, value in of_server.items()}
    wanted = replace(
        settings, s3_bucket="wanted", s3_secure=True, replica_s3_bucket="wanted-replica", s3_lock_years="identity=20",
        encrypt="identity", encryption_keys=str(tmp_path / "papers.key"),
        **both,
    )  # fmt: skip
    [replica] = open_replicas(wanted, for_writing=True)
    for store in (open_objects(wanted, for_writing=True), replica.objects):
        stored = store.put(b"a card", of=IDENTITY)
        assert store.get(stored) == b"a card"
        lock = store.lock(stored.name)
        assert isinstance(store, EncryptedStore)
        assert (lock is not None and lock.mode, store.by_key()) == ("governance", {key.key_id: 1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"s3_lock": "governance"},
        {"s3_lock": "governance", "s3_lock_years": "cards=5"},
        {"s3_ca_file": "/nowhere.pem"},
        {"s3_encryption": "aes"},
        {"encrypt": "cards"},
        {"encryption_keys": "HOME/papers.key"},
        {"encryption_keys": "http://kms/transit/papers"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_told_before_anything_is_stored(settings: Settings, wrong: dict[str, Any]) -> None:
    changes: dict[str, Any] = {name: value.replace("HOME", str(settings.home)) for name, value in wrong.items()}
    with pytest.raises(WrongUse):
        open_objects(replace(settings, **changes), for_writing=True)
