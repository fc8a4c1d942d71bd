"""Runs the tests tier by tier, two lanes at a time, and prints how long each took, by the clock and on the processor.

What a tier prints is shown when it ends. `--slow` adds the long checks, one tier at a time: they measure nothing, but
they need the machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# What is in one lane runs one after the other: what waits for servers and browsers beside what works.
# A third lane makes all of them slower on two processors.
LANES = (("integration", "browser", "contract"), ("unit", "e2e"))
ROOT = Path(__file__).resolve().parent.parent
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
    slow = "--slow" in arguments
    selection = [] if slow else ["-m", "not slow"]
    started = time.monotonic()
    with ThreadPoolExecutor(1 if slow else len(LANES)) as pool:
        lanes = list(pool.map(lambda lane: [run(tier, selection) for tier in lane], LANES))
    done = [tier for lane in lanes for tier in lane if tier is not None]
    print("\n" + "\n".join(tier.line() for tier in done))
    print(f"{'together':20} {time.monotonic() - started:7.1f} s")
    return max(tier.code for tier in done)


def run(name: str, selection: Sequence[str]) -> Tier | None:
    """The tier's result; None where it has no tests."""
    folder = ROOT / "tests" / name
    if not any(folder.rglob("test_*.py")):
        return None
    print(f"== {name} …", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "--durations=3", *selection, str(folder)]
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        with _printing:
            print(f"== {name}", flush=True)
            sys.stdout.buffer.write(output.read())
            sys.stdout.buffer.flush()
    code = 0 if code == 5 else abs(code)  # 5: nothing in this tier was selected
    return Tier(name, code, time.monotonic() - started, usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
