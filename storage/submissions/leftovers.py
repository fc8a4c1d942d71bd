"""What was begun in the tray and lies there although nothing comes of it any more: counted, and removed.

A service that runs removes it by itself. What one leaves that was killed lies until the next start, or until what keeps
the archive runs where no service does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from storage.database import Database
from storage.files import remove_whole
from storage.submissions.rulings import Rulings
from storage.submissions.submissions import Submissions
from storage.submissions.tables import submissions
from storage.submissions.tray import Tray, is_slot
from storage.submissions.uploads import Uploads
from storage.times import utc_now

_UNDER_WAY: Final = timedelta(hours=1)  # so long a living service may be at a file that stands in no database yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """Counts only. `unfinished`: uploads in pieces that may still go on; `overdue`: those over their term; `unowned`:
    submissions and working copies that nothing waits for; `size`: bytes of the last two."""

    unfinished: int = 0
    overdue: int = 0
    unowned: int = 0
    size: int = 0


def awaited(database: Database) -> set[str]:
    """Submissions whose files in the tray are waited for: to be read, or to be seen by a person. Raises HotichError."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table(submissions.name):
            return set()
        unread = Submissions(connection, utc_now).open_ids()
        return {*unread, *Rulings(connection, utc_now).held()}


def count_leftovers(folder: Path, needed: Collection[str], now: datetime) -> Leftovers:
    """What lies in the tray at `folder`, which is only read. `needed`: submissions whose files are waited for."""
    uploads = Uploads(folder / "uploads", clock=lambda: now)
    over, unowned = list(uploads.overdue()), list(_unowned(folder, needed, now - _UNDER_WAY))
    size = sum(_size(path) for path in (*over, *unowned))
    return Leftovers(unfinished=uploads.unfinished(), overdue=len(over), unowned=len(unowned), size=size)


def remove_leftovers(tray: Tray, needed: Collection[str], now: datetime) -> Leftovers:
    """Removes it, in a tray that no service has; returns what it was."""
    uploads = Uploads(tray.folder / "uploads", clock=lambda: now)
    over, unowned = list(uploads.overdue()), list(_unowned(tray.folder, needed, now))
    size = sum(_size(path) for path in (*over, *unowned))
    for path in (*over, *unowned):
        remove_whole(path)
    return Leftovers(unfinished=uploads.unfinished(), overdue=len(over), unowned=len(unowned), size=size)


def _unowned(folder: Path, needed: Collection[str], before: datetime) -> Iterator[Path]:
    """Slots of submissions that nobody waits for, and working copies, last changed before then."""
    for path in (*_in(folder), *_in(folder / "again")):
        if path.parent == folder and (not is_slot(path.name) or path.name in needed):
            continue
        with suppress(FileNotFoundError):
            if path.stat().st_mtime <= before.timestamp():
                yield path


def _in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _size(path: Path) -> int:
    size = 0
    for one in (path, *path.rglob("*")):
        with suppress(OSError):
            size += one.stat().st_size if one.is_file() else 0
    return size
