"""The production parts together: a real S3 server and a real PostgreSQL under one commit."""

from __future__ import annotations

from typing import Any

from minio import Minio

from storage.catalogue import Catalogue
from storage.commit import commit_documents
from storage.objects import S3Store
from storage.verify import verify
from tests.contract.conftest import MakeDatabase, S3Server
from tests.contract.storage.samples import digitized, work_key

DATA = b"a scan for production"


def test_a_document_is_stored_and_verified_on_s3_and_postgresql(
    s3_server: S3Server, make_database: MakeDatabase
) -> None:
    settings: dict[str, Any] = {"access_key": s3_server.access_key, "secret_key": s3_server.secret_key, "secure": False}
    objects = S3Store(endpoint=s3_server.endpoint, bucket="production", **settings)
    objects.prepare()
    catalogue = Catalogue.open(make_database("postgresql"))
    claim = catalogue.claim(work_key(DATA), name="a.pdf", size=len(DATA)).claim
    assert claim is not None
    (made,) = commit_documents(
        objects, catalogue, claim, original=DATA, documents=[digitized(DATA, "d1")], actor="worker"
    )
    assert objects.get(made.original) == DATA
    assert verify(objects, catalogue).ok
    client = Minio(endpoint=s3_server.endpoint, **settings)
    client.remove_object("production", made.json.name)
    assert [gone.kind for gone in verify(objects, catalogue).missing] == ["record"]
    catalogue.close()
