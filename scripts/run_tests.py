"""Runs the tests tier by tier, two at a time, and prints how long each took, by the clock and on the processor.

What a tier prints is shown when it ends. `--slow` adds the long checks and more examples for property tests, one tier
at a time: they measure nothing, but they need the machine. `--quick` is the inner loop: unit tests but the heavy ones.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Whoever of the two lanes is done takes the next tier: the longest come first, so that neither waits long for the
# other. A third lane makes all of them slower on two processors.
LANES = 2
TIERS = ("contract", "unit pure", "integration", "browser", "e2e", "unit")
# Two halves of the unit tests, each collected once; what reads pages has nearly all of the heavy ones.
UNIT = ("unit pure", "unit")
PURE = ("pipeline", "ocr_models")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder within is made for these tests, for nobody else
ROOM = 8 << 30  # two tiers write some three gigabytes, beside what their processes take
_printing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    code: int
    clock: float
    busy: float

    def line(self) -> str:
        state = "ok" if self.code == 0 else "FAILED"
        return f"{self.name:12} {state:7} {self.clock:7.1f} s, CPU {self.busy:7.1f} s"


def main(arguments: Sequence[str]) -> int:
    """Exit code 0 when every tier passed; all tiers run even when one fails."""
    slow, quick = "--slow" in arguments, "--quick" in arguments
    selection = ["-m", "not slow and not heavy" if quick else "not slow"]
    if slow:
        selection = ["--hypothesis-profile=thorough"]
    started = time.monotonic()
    with surroundings() as around, ThreadPoolExecutor(1 if slow else LANES) as pool:
        done = list(pool.map(lambda name: run(name, selection, around), UNIT if quick else TIERS))
    print("\n" + "\n".join(tier.line() for tier in done))
    print(f"{'together':20} {time.monotonic() - started:7.1f} s")
    return max(tier.code for tier in done)


def folders(name: str) -> list[Path]:
    """Where a tier's tests lie."""
    tier, _, part = name.partition(" ")
    folder = ROOT / "tests" / tier
    if tier != "unit":
        return [folder]
    inside = [path for path in sorted(folder.glob("[a-z]*")) if path.is_dir() or path.name.startswith("test_")]
    return [path for path in inside if (path.name in PURE) == bool(part)]


@contextmanager
def surroundings() -> Iterator[Mapping[str, str]]:
    """The environment of the tiers. Their files lie in memory where there is room: what they write is synced to the
    disk thousands of times, and nothing of it has to last. What Python compiles is kept, or each process compiles it
    anew."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    place = MEMORY if roomy(MEMORY) else None
    with tempfile.TemporaryDirectory(prefix="h-", dir=place, ignore_cleanup_errors=True) as folder:
        yield kept | {"TMPDIR": folder}


def roomy(memory: Path) -> bool:
    """Whether files may lie here and be executed, with room for all that the tests write."""
    known = Path("/proc/meminfo")
    if not memory.is_dir() or os.statvfs(memory).f_flag & os.ST_NOEXEC or not known.exists():
        return False
    [available] = (int(line.split()[1]) << 10 for line in known.read_text().splitlines() if "MemAvailable" in line)
    return min(shutil.disk_usage(memory).free, available) > ROOM


def run(name: str, selection: Sequence[str], around: Mapping[str, str]) -> Tier:
    """The tier's result."""
    print(f"== {name} …", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "--durations=3", *selection, *map(str, folders(name))]
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=ROOT, env=around, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        with _printing:
            print(f"== {name}", flush=True)
            sys.stdout.buffer.write(output.read())
            sys.stdout.buffer.flush()
    return Tier(name, abs(code), time.monotonic() - started, usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
