"""How fast `verify` is and what memory it takes, beside `sha256sum` over the same objects.

    python -m tests.bench.verify [DOCUMENTS] [KIB]

Makes an archive of so many documents (2,000), each in a file of its own of so many KiB (200), in a temporary folder;
prints seconds, MB/s and the most memory that the checking process took.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from storage.catalogue import Catalogue
from storage.commit import commit_documents
from storage.objects import LocalStore
from storage.verify import verify
from tests.contract.storage.samples import digitized, field, work_key

_NAMES = ("full_name", "sex", "date_of_birth", "place_of_birth", "ethnicity", "nationality", "father", "mother")


def fill(folder: Path, documents: int, kib: int) -> None:
    """So many files with one document each."""
    catalogue, objects = Catalogue.open(f"sqlite:///{folder / 'catalogue.db'}"), LocalStore(folder / "objects")
    fields = [field(name) for name in _NAMES]
    for number in range(documents):
        data = os.urandom(kib << 10)
        claim = catalogue.claim(work_key(data), name=f"{number}.pdf", size=len(data)).claim
        assert claim is not None
        made = digitized(data, f"d{number}", *fields)
        commit_documents(objects, catalogue, claim, original=data, documents=[made], actor="bench")
    catalogue.close()


def check(folder: Path) -> None:
    """Checks once and prints what it took."""
    catalogue, objects = Catalogue.open(f"sqlite:///{folder / 'catalogue.db'}"), LocalStore(folder / "objects")
    before, started, cpu = _memory_mb(), time.monotonic(), time.process_time()
    report = verify(objects, catalogue)
    took, of_cpu = time.monotonic() - started, time.process_time() - cpu
    assert report.ok, report
    catalogue.close()
    print(
        f"verify: {report.objects} objects in {took:.1f} s ({of_cpu:.1f} s of CPU), "
        f"{_size(folder) / took / 1e6:.0f} MB/s,"
    )
    print(f"  memory {_memory_mb():.0f} MB at most, {before:.0f} MB before")


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "objects").rglob("*") if path.is_file())


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "check":
        return check(Path(sys.argv[2]))
    documents, kib = (int(value) for value in (*sys.argv[1:], *("2000", "200")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, documents, kib)
        subprocess.run([sys.executable, "-m", "tests.bench.verify", "check", name], check=True)
        started = time.monotonic()
        command = "find objects -type f -print0 | xargs -0 sha256sum >/dev/null"
        subprocess.run(["bash", "-c", command], cwd=folder, check=True)
        took = time.monotonic() - started
        print(f"sha256sum: {took:.1f} s, {_size(folder) / took / 1e6:.0f} MB/s")
    return None


if __name__ == "__main__":
    main()
