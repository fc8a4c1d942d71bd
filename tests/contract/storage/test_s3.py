"""What only a store behind a network has to promise, against a real S3 server."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from minio import Minio

from pipeline.domain.errors import HotichError
from storage.errors import AccessRefused, ObjectMissing, StoreUnavailable
from storage.objects import ObjectKey, S3Store, s3
from tests.contract.conftest import S3Server

MakeStore = Callable[..., S3Store]


@pytest.fixture
def make(s3_server: S3Server) -> MakeStore:
    """Makes stores of the session's server, with any setting changed; none of them really waits."""

    def made(**changes: Any) -> S3Store:
        settings: dict[str, Any] = {
            "endpoint": s3_server.endpoint,
            "bucket": "network",
            "access_key": s3_server.access_key,
            "secret_key": s3_server.secret_key,
            "secure": False,
            "wait": lambda _seconds: None,
        }
        return S3Store(**settings | changes)

    return made


@pytest.fixture
def store(make: MakeStore) -> S3Store:
    made = make()
    made.prepare()
    return made


def test_preparing_twice_leaves_a_versioned_bucket(store: S3Store, s3_server: S3Server) -> None:
    store.prepare()
    client = Minio(
        endpoint=s3_server.endpoint,
        access_key=s3_server.access_key,
        secret_key=s3_server.secret_key,
        secure=False,
    )
    assert client.get_bucket_versioning("network").status == "Enabled"


@pytest.mark.parametrize("wrong", [{"secret_key": "not the secret"}, {"access_key": "nobody"}])
def test_a_wrong_secret_is_refused_for_reading_writing_and_listing(
    make: MakeStore, store: S3Store, wrong: dict[str, str]
) -> None:
    key = store.put(b"guarded")
    stranger = make(**wrong)
    for attempt in (
        lambda: stranger.get(key),
        lambda: stranger.put(b"smuggled"),
        lambda: stranger.exists(key),
        lambda: list(stranger.keys()),
        stranger.prepare,
    ):
        with pytest.raises(AccessRefused):
            attempt()
    assert not store.exists(ObjectKey.of(b"smuggled"))


def test_a_refusal_is_not_tried_again(make: MakeStore, store: S3Store) -> None:
    pauses: list[float] = []
    with pytest.raises(AccessRefused):
        make(secret_key="wrong", wait=pauses.append).get(ObjectKey.of(b"x"))
    assert pauses == []


def test_a_server_that_does_not_answer_is_tried_with_growing_pauses_and_then_reported(make: MakeStore) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        pauses: list[float] = []
        lonely = make(endpoint=f"127.0.0.1:{nobody.getsockname()[1]}", wait=pauses.append)
        with pytest.raises(StoreUnavailable) as caught:
            lonely.put(b"data")
    assert pauses == [0.2, 0.4, 0.8]
    assert caught.value.retryable


def _failing(http: urllib3.PoolManager, monkeypatch: pytest.MonkeyPatch, times: int) -> list[str]:
    """Lets the next requests fail on the way; returns what was asked."""
    asked: list[str] = []
    real = http.urlopen

    def urlopen(method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(method)
        if len(asked) <= times:
            raise urllib3.exceptions.ProtocolError("connection reset")
        return real(method, url, *args, **kwargs)

    monkeypatch.setattr(http, "urlopen", urlopen)
    return asked


def test_a_connection_that_breaks_is_tried_again(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _failing(store._http, monkeypatch, times=2)
    key = store.put(b"over a bad line")
    assert store.get(key) == b"over a bad line"
    assert len(asked) > 3


def test_after_the_last_attempt_the_error_is_reported(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _failing(store._http, monkeypatch, times=100)
    with pytest.raises(StoreUnavailable):
        store.exists(ObjectKey.of(b"x"))
    assert len(asked) == 4


def test_a_missing_bucket_is_named(make: MakeStore) -> None:
    with pytest.raises(HotichError) as caught:
        make(bucket="nowhere").put(b"x")
    assert caught.value.code == "resource.bucket_missing"


def test_an_object_in_several_parts_is_read_back_whole(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "_ONE_PART", 5 << 20)
    data = os.urandom(6 << 20)
    assert store.get(store.put(data)) == data


def test_a_server_that_stores_other_bytes_than_it_was_sent_is_caught(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store._client.put_object

    def careless(**arguments: Any) -> Any:
        arguments["data"] = io.BytesIO(b"x" * arguments["length"])
        return real(**arguments)

    monkeypatch.setattr(store._client, "put_object", careless)
    with pytest.raises(HotichError) as caught:
        store.put(os.urandom(100))
    assert caught.value.code == "storage.corrupt_object"


def test_an_address_that_makes_no_sense_is_wrong_use(make: MakeStore) -> None:
    with pytest.raises(HotichError) as caught:
        make(endpoint="http://host/path/")
    assert caught.value.code == "usage.wrong"


def test_a_missing_object_is_no_transport_error(store: S3Store) -> None:
    with pytest.raises(ObjectMissing):
        store.get(ObjectKey.of(b"never stored here"))
