"""The home folder that a command works in: a name typed wrong never makes a store."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import Namespace
from pathlib import Path

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

MAKES, NEEDS, NONE, FREE = "makes", "needs", "none", "free"
"""What a command does with a home: makes the usual one at its first run, needs one that is there, needs none but where
one is named, or sees to it itself."""

DEFAULT = "hotich-data"


def check_home(arguments: Namespace, use: str) -> None:
    """A home that is named by `--home` must be a folder that is there. The usual one (`HOTICH_HOME`, else
    ./hotich-data) is made by the first command that fills it, which says so. Raises WrongUse."""
    named = getattr(arguments, "home", None)
    home = (named or Path(os.environ.get("HOTICH_HOME") or DEFAULT)).expanduser()
    if use == FREE or home.is_dir() or (use == NONE and named is None):
        return
    if home.exists():
        raise WrongUse(Message(f"{home}: không phải thư mục", f"{home}: not a folder"))
    shown = shlex.quote(str(home))
    if use == MAKES and named is None:
        _make(home)
        return
    raise WrongUse(
        Message(
            f"Không có kho ở {home}. Kiểm tra lại đường dẫn; để lập kho mới ở đó: hotich init --home {shown}",
            f"There is no store at {home}. Check the path; to begin a new one there: hotich init --home {shown}",
        )
    )


def init(arguments: Namespace) -> int:
    """`hotich init`: makes the home folder, and says where. Raises WrongUse where a file is in its place."""
    home = (arguments.home or Path(os.environ.get("HOTICH_HOME") or DEFAULT)).expanduser()
    if home.is_dir():
        print(f"Kho đã có / the store is there: {home.absolute()}", file=sys.stderr)
    elif home.exists():
        raise WrongUse(Message(f"{home}: không phải thư mục", f"{home}: not a folder"))
    else:
        _make(home)
    return 0


def _make(home: Path) -> None:
    """For its owner's eyes only: people's data will lie there."""
    try:
        home.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise WrongUse(
            Message(f"{home}: không tạo được thư mục ({error.strerror})", f"{home}: cannot be made ({error.strerror})")
        ) from error
    print(f"Lập kho mới / a new store is begun: {home.absolute()}", file=sys.stderr)
