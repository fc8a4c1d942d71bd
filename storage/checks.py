"""Checks of an archive over time: where one was stopped, and what each found. Small files in a folder under home."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.errors import HotichError
from storage.files import write_file
from storage.objects import ObjectKey
from storage.times import Clock, time_text, utc_now
from storage.verify import VerifyReport

_UNFINISHED = "unfinished.json"
_MOST = 10_000  # names of one kind in one file


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A check that was stopped: every object up to `after` was read since `begun`, and these were damaged."""

    begun: str
    after: str
    corrupt: tuple[str, ...]


class Checks:
    """The folder. On a medium that cannot be written nothing is kept, and nobody is held up by that."""

    def __init__(self, folder: Path, *, clock: Clock = utc_now) -> None:
        self._folder = folder
        self._clock = clock

    def begun(self) -> str:
        """The time, as checks note it."""
        return time_text(self._clock())

    def unfinished(self) -> Unfinished | None:
        """What the last check had come to where it was stopped."""
        found = _read(self._folder / _UNFINISHED)
        try:
            return None if found is None else Unfinished(**found | {"corrupt": tuple(found["corrupt"])})
        except (TypeError, KeyError):
            return None

    def note_progress(self, unfinished: Unfinished) -> None:
        facts = {"begun": unfinished.begun, "after": unfinished.after, "corrupt": list(unfinished.corrupt)}
        self._write(_UNFINISHED, facts)

    def finish(self, report: VerifyReport, *, begun: str) -> None:
        """Keeps what a whole check found: names of objects, counts, heads of the logs; no value of a record."""
        logs = {"audit": report.chain, "reads": report.reads, "trail": report.trail}
        facts = {
            "begun": begun,
            "ended": self.begun(),
            "ok": report.ok,
            "objects": report.objects,
            "documents": report.documents,
            "files": report.files,
            "checkpoints": report.checkpoints,
            "logs": {name: None if log is None else [log.entries, log.head, log.ok] for name, log in logs.items()},
            "corrupt": [key.name for key in report.corrupt[:_MOST]],
            "missing": [gap.key.name for gap in report.missing[:_MOST]],
            "faults": {
                "differing": len(report.differing), "unrecorded": len(report.unrecorded),
                "lost_pages": len(report.lost_pages), "database": len(report.database),
                "checkpoints": len(report.checkpoint_faults), "log_in_store": len(report.log_in_store.faults),
            },
        }  # fmt: skip
        name = begun.replace("-", "").replace(":", "").partition(".")[0]
        self._write(f"{name}Z.json", facts)
        if self._folder.is_dir():
            (self._folder / _UNFINISHED).unlink(missing_ok=True)

    def history(self) -> Iterator[dict[str, Any]]:
        """What each check found, oldest first."""
        for path in sorted(self._folder.glob("[0-9]*.json")):
            found = _read(path)
            if found is not None:
                yield found

    def damaged(self) -> set[ObjectKey]:
        """The objects that the last check found damaged or missing."""
        last = None
        for last in self.history():  # noqa: B007
            pass
        names = [] if last is None else [*last.get("corrupt", ()), *last.get("missing", ())]
        found = set()
        for name in names:
            try:
                found.add(ObjectKey.parse(name))
            except HotichError:
                continue
        return found

    def _write(self, name: str, facts: dict[str, Any]) -> None:
        try:
            write_file(self._folder / name, json.dumps(facts, indent=1).encode(), mode=0o600)
        except HotichError:
            return


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
