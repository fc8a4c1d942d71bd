"""What a worker process gives up before it touches a file from outside.

Guaranteed on Linux, by the kernel and for good:

- no new socket of any family, so no network and no local service; no program is started and no process made; no
  other process is looked into or signalled; nothing is opened to be changed, made, renamed or removed (seccomp);
- nothing is opened but the program's own code, its models and the system's libraries (Landlock): not the service's
  key, not the input's neighbours, not `/proc`. What a job is about comes as open files (`passing`);
- no privilege can be gained; no other process of the same user may look into this one;
- no more private memory than `limit_memory` grants (RLIMIT_DATA): allocation fails beyond it;
- no core dump, which would hold people's data;
- it ends when the process that started it ends.

What of this the machine does not give is in `Confinement`; `hotich doctor` tells it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import signal
import socket
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from workers.processes import landlock, seccomp

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_ROOT = Path(__file__).resolve().parents[2]
_OURS = ("pipeline", "ocr_models", "storage", "workers")
_SYSTEM = (
    "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share", "/usr/local/lib", "/usr/local/share", "/lib", "/lib64",
    "/opt/homebrew", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/timezone", "/etc/ssl/openssl.cnf",
    "/sys/devices/system/cpu", "/proc/cpuinfo", "/proc/meminfo", "/dev/null", "/dev/urandom", "/dev/zero",
)  # fmt: skip
_OPEN_FILES = 512
_LARGEST_FILE = 8 << 30  # an archival copy is smaller; more would be an attempt to fill the disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What the kernel enforces. `calls`: system calls are filtered; `files`: Landlock's version, 0 for none."""

    calls: bool
    files: int

    @property
    def whole(self) -> bool:
        return self.calls and self.files > 0


def confine(readable: Iterable[str] = ()) -> Confinement:
    """Gives up network, other processes, files beyond code and `readable`, privileges and core dumps.

    `readable`: files and folders that loading and reading need besides, such as a book's model.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in ((resource.RLIMIT_NOFILE, _OPEN_FILES), (resource.RLIMIT_FSIZE, _LARGEST_FILE)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")  # when memory is short, us before our parent
    enforced = Confinement(calls=False, files=0)
    if sys.platform == "linux":
        libc = _libc()
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            files = landlock.allow_reading_only(_readable(readable))
            enforced = Confinement(calls=seccomp.forbid(os.getpid()), files=files)
    socket.socket = _RefusedSocket  # type: ignore[assignment,misc]
    return enforced


def open_tesseracts_log() -> None:
    """Has Tesseract open the file of its messages, /dev/null, while that is allowed.

    It opens it at its first message, for writing, and writes there without asking whether it is open: a warning about
    an image would end a confined process.
    """
    with contextlib.suppress(ImportError, RuntimeError):
        import tesserocr

        tesserocr.PyTessBaseAPI(path="/", lang="none")  # which is a message


def hide_from_others() -> None:
    """No process of the same user may look into this one from here on: it holds the installation's key."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def end_with_parent(parent: int) -> None:
    """Has the kernel kill this process when the thread that started it ends; `parent`: its process id."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(0)


def limit_memory(megabytes: int) -> None:
    """From here on, private memory beyond this is refused by the kernel: MemoryError, not a full machine."""
    size = megabytes * 1024 * 1024
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def release_memory() -> None:
    """Has the allocator hand back what it holds free, so that memory does not creep over hundreds of pages."""
    with contextlib.suppress(AttributeError):  # glibc's own
        _libc().malloc_trim(0)


class _RefusedSocket:
    def __init__(self, *_: Any, **__: Any) -> None:
        self._refuse()

    @staticmethod
    def _refuse() -> NoReturn:
        raise PermissionError(errno.EACCES, "a worker has no network")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _readable(more: Iterable[str]) -> Iterator[str]:
    for name in _OURS:
        yield str(_ROOT / name)
    yield from (sysconfig.get_paths()[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield str(Path(sys.prefix, "pyvenv.cfg"))
    yield str(Path(sys.base_prefix, "lib"))
    yield from _SYSTEM
    yield from more
