"""What a worker process gives up before it touches a file from outside.

Guaranteed on Linux (kernel-enforced, inherited by every child such as `tesseract`):

- no new socket of any family (seccomp), so no network and no local service: `NO_SOCKETS`;
- no privilege can be gained by running another program;
- no more private memory than `limit_memory` grants (RLIMIT_DATA): allocation fails beyond it;
- no core dump, which would hold people's data;
- it ends when the process that started it ends.

Elsewhere, or where the kernel refuses, the Python socket module alone is shut; `hotich doctor` tells.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# Classic BPF over struct seccomp_data {int nr; u32 arch; u64 ip; u64 args[6]} (linux/seccomp.h).
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
# Audit architecture, and the numbers of `socket` and `io_uring_setup`, which can make sockets too.
_ARCHITECTURES = {"x86_64": (0xC000003E, (41, 425)), "aarch64": (0xC00000B7, (198, 425))}
_X32 = 0x40000000  # the same calls by their 32-bit-pointer numbers


def confine() -> bool:
    """Gives up network, privileges and core dumps; True when the kernel enforces it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")  # when memory is short, us before our parent
    enforced = _forbid_sockets()
    socket.socket = _RefusedSocket  # type: ignore[assignment,misc]
    return enforced


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


def _forbid_sockets() -> bool:
    known = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    program = _filter(*known)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _filter(architecture: int, calls: tuple[int, ...]) -> bytes:
    """Refuses `calls`, calls by another architecture's numbers, and allows all else."""
    checks = [(_IF_AT_LEAST, _X32), *((_IF_EQUAL, call) for call in calls)]
    program = [(_LOAD, 0, 0, 4), (_IF_EQUAL, 0, len(checks) + 2, architecture), (_LOAD, 0, 0, 0)]
    for i, (test, value) in enumerate(checks):
        program.append((test, len(checks) - i, 0, value))
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in program)
