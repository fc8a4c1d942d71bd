"""What to type next: with the options the command was run with, so that it means the same store and files."""

from __future__ import annotations

import shlex
import shutil
import sys
from argparse import Namespace


def again(arguments: Namespace, *more: str, without: tuple[str, ...] = ()) -> str:
    """The command as it was typed, with these options more, and without those."""
    typed = [word for word in arguments.typed if word not in without and word not in more]
    return shlex.join([program(), *typed, *more])


def other(arguments: Namespace, *words: str) -> str:
    """Another command on the same store."""
    home = ["--home", str(arguments.home)] if getattr(arguments, "home", None) is not None else []
    return shlex.join([program(), *words, *home])


def program() -> str:
    """The program as it can be typed."""
    return "hotich" if shutil.which("hotich") else sys.argv[0]
