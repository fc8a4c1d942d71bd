"""What `hotich` opens by its settings, against real servers."""

from __future__ import annotations

from pathlib import Path

from hotich.settings import Settings
from hotich.wiring.stores import open_objects
from tests.contract.conftest import S3Server


def test_a_new_s3_server_needs_no_step_of_its_own_before_the_first_file(s3_server: S3Server, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "home",
        s3_endpoint=s3_server.endpoint,
        s3_bucket="never-made-before",
        s3_access_key=s3_server.access_key,
        s3_secret_key=s3_server.secret_key,
        s3_secure=False,
    )
    store = open_objects(settings, for_writing=True)
    assert store.get(store.put(b"first")) == b"first"
