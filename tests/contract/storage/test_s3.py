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

from pipeline.domain.errors import HotichError, WrongUse
from storage.errors import AccessRefused, ObjectMissing, StoreUnavailable
from storage.objects import ObjectKey, S3Store, s3
from storage.objects.lock_rules import LockRules
from storage.objects.paper_class import PaperClass
from tests.contract.conftest import S3Server

MakeStore = Callable[..., S3Store]
YEARS = {PaperClass.IDENTITY: 20}


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


def on_disk(server: S3Server) -> bytes:
    """Everything that the server has written."""
    return b"".join(path.read_bytes() for path in server.ca_file.parent.rglob("*") if path.is_file())


@pytest.mark.parametrize("encryption", ["", "s3", "kms"])
@pytest.mark.parametrize("size", [100, 6 << 20], ids=["one part", "several parts"])
def test_the_server_encrypts_what_it_keeps_where_it_is_asked_to(
    make: MakeStore, store: S3Store, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch, encryption: str, size: int
) -> None:
    monkeypatch.setattr(s3, "_ONE_PART", 5 << 20)
    asking = make(encryption=f"kms:{s3_server.kms_key}" if encryption == "kms" else encryption)
    data = os.urandom(50) * (size // 50)
    key = asking.put(data)
    assert asking.get(key) == data
    assert asking.put(data) == key
    asking.put_file("checkpoints/x.json", b"{}", anew=True)
    if size == 100:
        told = store._client.stat_object(bucket_name=store.bucket, object_name=key.name).metadata
        assert told is not None
        assert told.get("x-amz-server-side-encryption") == {"": None, "s3": "AES256", "kms": "aws:kms"}[encryption]
        assert (data[:50] in on_disk(s3_server)) == (encryption == "")
    if encryption == "kms" and size == 100:
        assert told.get("x-amz-server-side-encryption-aws-kms-key-id") == s3_server.kms_key


def test_what_is_asked_of_the_server_is_in_each_request_that_writes(
    make: MakeStore, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the S3 API has it: PutObject with its encryption, its lock, and Content-MD5, which Amazon S3 wants with a lock
    and SeaweedFS does not ask for. The client sends it over TLS; over plain HTTP it signs a SHA-256 instead."""
    asking = make(
        endpoint=s3_server.tls_endpoint, secure=True, ca_file=s3_server.ca_file, bucket="asked",
        encryption="kms:papers", locks=LockRules(mode="compliance", years=YEARS),
    )  # fmt: skip
    asking.prepare()
    sent: list[dict[str, str]] = []
    real = asking._http.urlopen

    def urlopen(method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if method == "PUT":
            sent.append({name.lower(): str(value) for name, value in dict(kwargs["headers"]).items()})
        return real(method, url, *args, **kwargs)

    monkeypatch.setattr(asking._http, "urlopen", urlopen)
    asking.put(os.urandom(100), of=frozenset({PaperClass.IDENTITY}))
    asking.put_file("checkpoints/y.json", b"{}", of=frozenset({PaperClass.IDENTITY}))
    assert len(sent) == 2
    for headers in sent:
        assert headers["x-amz-server-side-encryption"] == "aws:kms"
        assert headers["x-amz-server-side-encryption-aws-kms-key-id"] == "papers"
        assert headers["x-amz-object-lock-mode"] == "COMPLIANCE"
        assert headers["x-amz-object-lock-retain-until-date"].endswith("Z")
        assert "content-md5" in headers


@pytest.mark.parametrize("wrong", ["kms", "kms:", "aes", "s3:key"])
def test_an_encryption_that_no_server_knows_is_wrong_use(make: MakeStore, wrong: str) -> None:
    with pytest.raises(WrongUse, match="s3_encryption"):
        make(encryption=wrong)


def test_an_office_s_own_authority_is_trusted_where_it_is_named_and_nowhere_else(
    make: MakeStore, s3_server: S3Server
) -> None:
    named = make(endpoint=s3_server.tls_endpoint, secure=True, ca_file=s3_server.ca_file)
    named.prepare()
    assert named.get(named.put(b"over TLS")) == b"over TLS"
    pauses: list[float] = []
    with pytest.raises(StoreUnavailable, match="SSL"):
        make(endpoint=s3_server.tls_endpoint, secure=True, wait=pauses.append).prepare()
    assert pauses == [], "a certificate does not get better by asking again"


def requests_of(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of all requests from here on."""
    seen: list[str] = []
    real = store._http.urlopen

    def urlopen(method: str, url: str, *arguments: Any, **options: Any) -> Any:
        seen.append(method)
        return real(method, url, *arguments, **options)

    monkeypatch.setattr(store._http, "urlopen", urlopen)
    return seen


def test_the_servers_word_for_new_bytes_is_taken_from_the_answer_to_them(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = requests_of(store, monkeypatch)
    key = store.put(os.urandom(64))
    assert seen == ["HEAD", "PUT"]
    assert store.size(key) == 64


def test_where_the_answer_says_nothing_of_the_bytes_they_are_read_back(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = requests_of(store, monkeypatch)
    monkeypatch.setattr(S3Store, "_upload", says_nothing(S3Store._upload))
    monkeypatch.setattr(S3Store, "_put_bytes", says_nothing(S3Store._put_bytes))
    store.put(os.urandom(64))
    store.put_file(f"log/audit/{1:012}-{os.getpid():012}.json", b"{}", anew=True)
    assert seen == ["HEAD", "PUT", "HEAD", "HEAD", "PUT", "GET"]


def says_nothing(upload: Callable[..., str]) -> Callable[..., str]:
    def made(*arguments: Any) -> str:
        upload(*arguments)
        return ""

    return made
