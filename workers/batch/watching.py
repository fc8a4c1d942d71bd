"""A folder that scans are put into: which of its files are whole, and new or changed since they were last taken.

A scanner or a copy over the network writes a file for seconds: it is whole once it has not changed for a while and
nobody has it open for writing. By its name alone a file is refused that is hidden, a link, or a program.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.domain.message import Message
from workers.batch.inputs import FoundInputs, InputFile, PassedOver, find_inputs, in_series

_CODE: Final = frozenset(
    {".exe", ".dll", ".so", ".com", ".bat", ".cmd", ".ps1", ".sh", ".py", ".js", ".vbs", ".jar", ".msi", ".scr", ".php",
     ".pl", ".rb", ".lnk", ".desktop", ".appimage", ".deb", ".rpm", ".apk"}
)  # fmt: skip
UNFINISHED: Final = frozenset({".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp"})
_IS_CODE = Message("chương trình, không phải bản quét", "a program, no scan")
_IS_LINK = Message("liên kết; hãy chép chính tệp đó vào", "a link; copy the file itself here")
_Seen = tuple[int, int, int]
"""Size in bytes, time of the last change and inode of a file: another triple is another content."""


@dataclass(slots=True)
class Watch:
    """Looks at a folder again and again. `still_s`: for so many seconds a file must not have changed; `now`: seconds of
    a clock that never goes back. `leave_out`: folders of results within it."""

    folder: Path
    now: Callable[[], float]
    still_s: float = 3.0
    leave_out: Sequence[Path] = ()
    _since: dict[Path, tuple[_Seen, float]] = field(default_factory=dict)
    _taken: dict[Path, _Seen] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def look(self) -> FoundInputs:
        """The files that can be taken now, each once until it changes, and the file before each where names are counted
        through, so that a paper over several files goes on. `passed_over`: what is refused, told once."""
        found = find_inputs([self.folder], leave_out=self.leave_out)
        others = [*found.passed_over, *(told for file in found.files if (told := refused(file)) is not None)]
        files = [file for file in found.files if refused(file) is None]
        new = [file for file in files if self._is_whole(file)]
        for file in new:
            self._taken[file.path] = self._since[file.path][0]
        fresh = [other for other in others if other.name not in self._told]
        self._told.update(other.name for other in others)
        return FoundInputs(files=tuple(_with_those_before(new, files)), passed_over=tuple(fresh))

    def again(self, files: Sequence[InputFile]) -> None:
        """These could not be done for a reason of the machine: they are taken once more."""
        for file in files:
            self._taken.pop(file.path, None)

    def _is_whole(self, file: InputFile) -> bool:
        """Whether the file is new and stands still. Notes since when it does."""
        if file.path.suffix.lower() in UNFINISHED or file.trouble is not None:
            return False
        try:
            status = file.path.lstat()
        except OSError:
            return False
        seen = (status.st_size, status.st_mtime_ns, status.st_ino)
        before = self._since.get(file.path)
        if before is None or before[0] != seen:
            self._since[file.path] = (seen, self.now())
            return False
        still = self.now() - before[1] >= self.still_s
        return still and status.st_size > 0 and self._taken.get(file.path) != seen and not is_written(file.path)


def refused(file: InputFile) -> PassedOver | None:
    """Why a file is not taken whatever it holds; None for one that is."""
    if file.path.is_symlink():
        return PassedOver(name=file.name, reason=_IS_LINK)
    return PassedOver(name=file.name, reason=_IS_CODE) if file.path.suffix.lower() in _CODE else None


def is_written(path: Path) -> bool:
    """Whether somebody on this machine has the file open for writing: a read lease is refused then. False where the
    system does not say."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return True
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:  # another's file, or a file system that knows no leases
        return False
    finally:
        os.close(handle)
    return False


def _with_those_before(new: Sequence[InputFile], files: Sequence[InputFile]) -> list[InputFile]:
    """The new files with the one before each, in the folder's order."""
    wanted = {place for file in new if (place := in_series(file.name)) is not None}
    before = {(head, tail, number - 1) for head, tail, number in wanted}
    names = {file.name for file in new}
    return [file for file in files if file.name in names or in_series(file.name) in before]
