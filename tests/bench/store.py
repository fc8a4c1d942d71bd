"""Commits a second, verification against `sha256sum`, and memory over many objects: `make bench-store`.

    python -m tests.bench.store [--commits N] [--megabytes N] [--objects N] [--folder DIR] [--s3 HOST:PORT]

Every commit is durable (fsync) and in the store's log. `--objects`: so many small objects are checked, with the memory
that needs. `--s3`: the same against a bucket of this server, with the keys of HOTICH_S3_ACCESS_KEY and
HOTICH_S3_SECRET_KEY; `--s3 own` starts one (SeaweedFS) in the folder.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from storage.catalogue import Catalogue
from storage.commit import commit_documents
from storage.objects import LocalStore, ObjectStore, S3Store
from storage.objects.encrypted import EncryptedStore
from storage.objects.key_ring import KeyEncryptionKey, KeyFiles
from storage.objects.paper_class import Chosen
from storage.rebuilding import rebuild
from storage.store_log import keep_log
from storage.verify import verify
from tests.contract.storage.samples import digitized, work_key
from tests.making.stack import Stack

_AT_ONCE = 8  # objects that are put into a bucket at a time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="on the disk that is to be measured")
    parser.add_argument("--s3", metavar="HOST:PORT")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="hotich-bench-") as name, _server(name, given.s3) as s3:
        for kind, store in _stores(Path(name), s3):
            told = {"store": kind} | _commits(Path(name) / kind, store, given.commits)
            told |= _reading(Path(name) / kind, store, given.megabytes)
            told |= _many(Path(name) / kind, store, given.objects)
            print(json.dumps(told, indent=1))


@contextlib.contextmanager
def _server(folder: str, asked: str | None) -> Iterator[str | None]:
    """The S3 server that is asked for, in the block; its keys are in the environment."""
    if asked != "own":
        yield asked
        return
    stack = Stack(Path(folder) / "server", settings={})
    stack.start_s3()
    try:
        os.environ |= stack.of_s3()
        yield os.environ["HOTICH_S3_ENDPOINT"]
    finally:
        stack.close()


def _stores(folder: Path, endpoint: str | None) -> Iterator[tuple[str, ObjectStore]]:
    yield "folder", LocalStore(folder / "folder" / "objects")
    yield "folder, encrypted", _encrypted(LocalStore(folder / "folder, encrypted" / "objects"))
    if endpoint is not None:
        bucket = S3Store(
            endpoint=endpoint, bucket=f"bench-{os.getpid()}", secure=False,
            access_key=os.environ["HOTICH_S3_ACCESS_KEY"], secret_key=os.environ["HOTICH_S3_SECRET_KEY"],
        )  # fmt: skip
        bucket.prepare()
        (folder / "s3").mkdir()
        yield "s3", bucket
        (folder / "s3, encrypted").mkdir()
        yield "s3, encrypted", _encrypted(bucket.below("encrypting"))


def _encrypted(store: ObjectStore) -> EncryptedStore:
    """Everything in it, under a key of this run."""
    return EncryptedStore(store, KeyFiles([KeyEncryptionKey(os.urandom(32))]), chosen=Chosen(everything=True))


def _commits(folder: Path, store: ObjectStore, count: int) -> dict[str, float]:
    """One document a file, one after the other; and the catalogue made anew from them."""
    with contextlib.closing(Catalogue.open(f"sqlite:///{folder / 'catalogue.db'}")) as catalogue:
        keep_log(catalogue.database, store)
        begun = time.perf_counter()
        for number in range(count):
            data = os.urandom(20_000)
            claim = catalogue.claim(work_key(data), name=f"{number}.pdf", size=len(data)).claim
            assert claim is not None
            documents = [digitized(data, f"d{number}")]
            commit_documents(store, catalogue, claim, original=data, documents=documents, actor="bench")
        took = time.perf_counter() - begun
    with contextlib.closing(Catalogue.open(f"sqlite:///{folder / 'again.db'}")) as again:
        begun = time.perf_counter()
        made = rebuild(store, again)
        rebuilt = time.perf_counter() - begun
    return {"commits_per_s": round(count / took, 1), "rebuilt_documents_per_s": round(made.documents / rebuilt, 1)}


def _reading(folder: Path, store: ObjectStore, megabytes: int) -> dict[str, float]:
    """Large objects, read by `verify` and by `sha256sum`."""
    for _ in range(max(1, megabytes // 16)):
        store.put(os.urandom(min(megabytes, 16) << 20))
    begun = time.perf_counter()
    with contextlib.closing(Catalogue.open_to_check(f"sqlite:///{folder / 'catalogue.db'}")) as catalogue:
        report = verify(store, catalogue)
    took = time.perf_counter() - begun
    assert report.ok, report
    told = {"verify_mb_per_s": round(megabytes / took, 1)}
    if isinstance(store, LocalStore) and shutil.which("sha256sum"):
        files = [str(path) for path in store.folder.glob("sha256/*/*")]
        begun = time.perf_counter()
        for start in range(0, len(files), 1000):
            subprocess.run(["sha256sum", *files[start : start + 1000]], check=True, capture_output=True)
        told["sha256sum_mb_per_s"] = round(megabytes / (time.perf_counter() - begun), 1)
    return told


def _many(folder: Path, store: ObjectStore, count: int) -> dict[str, float]:
    """Many small objects that nothing names, in a folder put there without fsync: what is measured is the check."""
    _fill(store, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    with contextlib.closing(Catalogue.open_to_check(f"sqlite:///{folder / 'catalogue.db'}")) as catalogue:
        report = verify(store, catalogue)
    took = time.perf_counter() - begun
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "objects": report.objects,
        "objects_per_s": round(report.objects / took, 1),
        "memory_grew_mb": round(grown / 1024, 1),
    }


def _fill(store: ObjectStore, count: int) -> None:
    names = (b"%d" % number for number in range(count))
    if not isinstance(store, LocalStore):
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while some := list(islice(names, 1000)):
                list(pool.map(store.put, some))
        return
    for data in names:
        digest = hashlib.sha256(data).hexdigest()
        path = store.folder / "sha256" / digest[:2] / digest[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main()
