"""What a process may open, by Landlock (Linux 5.13 and later; `Documentation/userspace-api/landlock.rst`)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from typing import Final

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION_ASKED = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILES: Final = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights over files that each version knows on top of those before: the first ones, moving, truncating, devices."""
_NETWORK, _SCOPES = 0b11, 0b11  # from 4: TCP; from 6: abstract sockets, and signals to processes outside
_ATTRIBUTE_BYTES: Final = {4: 16, 6: 24}


def version() -> int:
    """The kernel's version of Landlock; 0 where it has none or does not let us."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_call(_CREATE, None, 0, _VERSION_ASKED)))


def allow_reading_only(paths: Iterable[str]) -> int:
    """From here on this process opens nothing but files below these paths, and those to read; it attaches to no
    process outside. The version of Landlock that enforces it, 0 where nothing does.

    Files that are open already stay so. New privileges have to be given up before, and no second thread may run yet.
    """
    known = version()
    if known == 0:
        return 0
    handled = 0
    for since, rights in _FILES.items():
        handled |= rights if known >= since else 0
    size = max((bytes_ for since, bytes_ in _ATTRIBUTE_BYTES.items() if known >= since), default=8)
    attribute = struct.pack("=QQQ", handled, _NETWORK, _SCOPES)[:size]
    rules = _call(_CREATE, attribute, size, 0)
    if rules < 0:
        return 0
    try:
        for path in paths:
            with contextlib.suppress(OSError):
                _add(rules, path)
        return known if _call(_RESTRICT, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def _add(rules: int, path: str) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | (_READ_DIR if stat.S_ISDIR(os.fstat(place).st_mode) else 0)
        _call(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.syscall(ctypes.c_long(number), *(_as_c(argument) for argument in arguments)))


def _as_c(argument: object) -> object:
    return ctypes.c_long(argument) if isinstance(argument, int) else argument
