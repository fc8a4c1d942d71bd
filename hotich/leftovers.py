"""What was half sent, or left by a process that was killed: counted for whoever looks, removed where nobody works."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from hotich.settings import Settings
from pipeline.domain.errors import WrongUse
from storage.submissions.leftovers import Leftovers, awaited, count_leftovers, remove_leftovers
from storage.submissions.tray import open_tray
from storage.times import utc_now
from workers.spool import abandoned, sweep

if TYPE_CHECKING:
    from storage.database import Database

_WORKING = ("spool", "reread")
WAY_OUT = (
    "hotich serve xóa khi chạy; nơi không chạy nữa: hotich retention --withdraw"
    " / hotich serve removes it as it runs; where it runs no more: hotich retention --withdraw"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Counts only. `working`: working folders whose processes are gone."""

    tray: Leftovers
    working: int

    @property
    def stays(self) -> bool:
        """Whether something lies there of which nothing comes any more."""
        return bool(self.tray.overdue or self.tray.unowned or self.working)

    @property
    def facts(self) -> dict[str, int]:
        """The same for programs."""
        return {**asdict(self.tray), "working": self.working}

    def __str__(self) -> str:
        parts = [
            (self.tray.unfinished, "đang tải dở / unfinished uploads"),
            (self.tray.overdue, "tải dở quá hạn / over their term"),
            (self.tray.unowned, "tệp không của hồ sơ nào / files of no submission"),
            (self.working, "thư mục làm việc bỏ lại / abandoned working folders"),
        ]
        told = ", ".join(f"{count} {words}" for count, words in parts if count)
        size = f" ({self.tray.size:,} byte)" if self.tray.size else ""
        return f"{told}{size}" if told else "không có / none"


def left_behind(settings: Settings, database: Database) -> LeftBehind:
    """What lies there; nothing is changed. Raises HotichError."""
    tray = count_leftovers(settings.home / "tray", awaited(database), utc_now())
    return LeftBehind(tray=tray, working=sum(abandoned(settings.home / name) for name in _WORKING))


def remove_left_behind(settings: Settings, database: Database) -> LeftBehind:
    """Removes it, but for what lies in the tray of a service that runs, which does so itself. Returns what went. Raises
    HotichError."""
    gone, folder = Leftovers(), settings.home / "tray"
    if folder.is_dir():
        with contextlib.suppress(WrongUse):  # a service has the tray
            tray = open_tray(folder)
            try:
                gone = remove_leftovers(tray, awaited(database), utc_now())
            finally:
                tray.close()
    return LeftBehind(tray=gone, working=sum(sweep(settings.home / name) for name in _WORKING))
