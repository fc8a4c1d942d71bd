"""The system calls that a reading process gives up (seccomp, classic BPF over `struct seccomp_data`).

What is listed here is refused, everything else is allowed: decoders differ in what they call from one machine to the
next, and a list of what is allowed would break reading with each new C library. Numbers from the kernel's
`arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Iterable, Iterator
from typing import Final

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NR, _ARCHITECTURE = 0, 4  # places in seccomp_data; the arguments follow at 16, eight bytes each
_X32 = 0x40000000  # the same calls by their 32-bit-pointer numbers
_MACHINES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""Audit architecture, and the column of the tables below."""

_CLONE_THREAD = 0x00010000
_OPENED_TO_CHANGE = 0o3 | 0o100 | 0o1000  # write or read and write, create, truncate

_Numbers = tuple[int | None, int | None]
REFUSED: Final[dict[str, _Numbers]] = {
    # Sockets of any family, and what makes them by another way.
    "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "connect": (42, 203), "accept4": (288, 242),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # Programs and processes of its own.
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None),
    # Other processes.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "process_madvise": (440, 440),
    "process_mrelease": (448, 448), "perf_event_open": (298, 241), "setpriority": (141, 140),
    # Whatever changes a folder or what is noted of a file: nothing is made, renamed or removed.
    "creat": (85, None), "truncate": (76, 45), "link": (86, None), "linkat": (265, 37), "symlink": (88, None),
    "symlinkat": (266, 36), "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276),
    "unlink": (87, None), "unlinkat": (263, 35), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "mknod": (133, None), "mknodat": (259, 33), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53),
    "fchmodat2": (452, 452), "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "inotify_init": (253, None), "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    # Namespaces and mounts, other users and rights.
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "setuid": (105, 146), "setgid": (106, 144), "setreuid": (113, 145), "setregid": (114, 143),
    "setresuid": (117, 147), "setresgid": (119, 149), "setgroups": (116, 159), "capset": (126, 91),
    # Memory and messages shared by name, and the kernel's keys.
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # The machine itself, and the parts of the kernel in which most of its faults were found.
    "bpf": (321, 280), "userfaultfd": (323, 282), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162), "syslog": (103, 116), "iopl": (172, None),
    "ioperm": (173, None), "personality": (135, 92),
}  # fmt: skip
_UNKNOWN: Final[dict[str, _Numbers]] = {"clone3": (435, 435), "openat2": (437, 437)}
"""Answered as if the kernel were older: their arguments cannot be looked at, and callers know another way."""
_OPEN, _OPENAT, _CLONE = (2, None), (257, 56), (56, 220)
_KILL, _TGKILL, _PRLIMIT = (62, 129), (234, 131), (302, 261)

_Step = tuple[int, int, int, int]


def forbid(own: int) -> bool:
    """Gives these calls up for good; `own`: this process's id. True when the kernel enforces it.

    New privileges have to be given up before, and no second thread may run yet.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    program = b"".join(struct.pack("HBBI", *step) for step in program_for(*machine, own=own))
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0) == 0)


def program_for(architecture: int, column: int, *, own: int) -> list[_Step]:
    """The filter's steps. Calls by another architecture's numbers are refused."""
    program: list[_Step] = [
        (_LOAD, 0, 0, _ARCHITECTURE), (_IF_EQUAL, 1, 0, architecture), _refuse(errno.EACCES),
        (_LOAD, 0, 0, _NR), (_IF_AT_LEAST, 0, 1, _X32), _refuse(errno.EACCES),
    ]  # fmt: skip
    for number in _numbers(REFUSED.values(), column):
        program += [(_IF_EQUAL, 0, 1, number), _refuse(errno.EACCES)]
    for number in _numbers(_UNKNOWN.values(), column):
        program += [(_IF_EQUAL, 0, 1, number), _refuse(errno.ENOSYS)]
    program += _if(_OPEN[column], 1, [(_IF_ANY_BIT, 0, 1, _OPENED_TO_CHANGE), _refuse(errno.EACCES)])
    program += _if(_OPENAT[column], 2, [(_IF_ANY_BIT, 0, 1, _OPENED_TO_CHANGE), _refuse(errno.EACCES)])
    program += _if(_CLONE[column], 0, [(_IF_ANY_BIT, 1, 0, _CLONE_THREAD), _refuse(errno.EACCES)])
    for call in (_KILL, _TGKILL):
        program += _if(call[column], 0, [(_IF_EQUAL, 1, 0, own), _refuse(errno.EACCES)])
    ours = [(_IF_EQUAL, 2, 0, own), (_IF_EQUAL, 1, 0, 0), _refuse(errno.EACCES)]
    program += _if(_PRLIMIT[column], 0, ours)
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _if(number: int | None, argument: int, then: list[_Step]) -> list[_Step]:
    """For the call of this number: `then` over the low half of an argument, and allowed where that refuses nothing."""
    if number is None:
        return []
    body = [(_LOAD, 0, 0, 16 + 8 * argument), *then, (_RETURN, 0, 0, _ALLOW)]
    return [(_IF_EQUAL, 0, len(body), number), *body]


def _refuse(error: int) -> _Step:
    return (_RETURN, 0, 0, _ERRNO | error)


def _numbers(calls: Iterable[_Numbers], column: int) -> Iterator[int]:
    return (call[column] for call in calls if call[column] is not None)  # type: ignore[misc]
