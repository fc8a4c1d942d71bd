"""Runs the tests tier by tier and prints how long each took, by the clock and on the processor.

`--slow` adds the long checks.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

TIERS = ("unit", "contract", "integration", "e2e", "browser")
ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Exit code 0 when every tier passed; all tiers run even when one fails."""
    selection = [] if "--slow" in arguments else ["-m", "not slow"]
    lines, worst = [], 0
    for tier in TIERS:
        folder = ROOT / "tests" / tier
        if not any(folder.rglob("test_*.py")):
            continue
        started, busy = time.monotonic(), _processor_seconds()
        command = [sys.executable, "-m", "pytest", "-q", "--durations=3", *selection, str(folder)]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        code = 0 if code == 5 else code  # 5: nothing in this tier was selected
        worst = max(worst, code)
        clock, busy = time.monotonic() - started, _processor_seconds() - busy
        lines.append(f"{tier:12} {'ok' if code == 0 else 'FAILED':7} {clock:7.1f} s, CPU {busy:7.1f} s")
    print("\n" + "\n".join(lines))
    return worst


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
