"""Help in the language of the system (`LC_ALL`, `LC_MESSAGES`, `LANG`): Vietnamese unless it names another."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from typing import Any

_VI = {
    "usage: ": "cách dùng: ",
    "options": "tùy chọn",
    "positional arguments": "tham số",
    "show this help message and exit": "in hướng dẫn này",
    "show program's version number and exit": "in phiên bản",
    "the following arguments are required: %s": "thiếu tham số: %s",
    "unrecognized arguments: %s": "không có tham số này: %s",
    "expected one argument": "cần một giá trị",
    "argument %(argument_name)s: %(message)s": "tham số %(argument_name)s: %(message)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "not allowed with argument %s": "không dùng cùng %s",
    "one of the arguments %s is required": "cần một trong các tham số %s",
    "invalid %(type)s value: %(value)r": "%(value)r không hợp lệ",
    "invalid choice: %(value)r (choose from %(choices)s)": "không có %(value)r; chọn một trong: %(choices)s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s có thể là %(matches)s",
}
_BOTH = re.compile(r"\s/\s")


def help_language(environment: Mapping[str, str] | None = None) -> str:
    """ "vi" or "en". An environment that names no language (C, POSIX, nothing) is taken for Vietnamese."""
    env = os.environ if environment is None else environment
    named = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    code = re.split(r"[_.@-]", named)[0].lower()
    return "vi" if code in ("", "c", "posix", "vi") else "en"


def in_language(text: str, language: str) -> str:
    """The half of a text in two languages; brackets behind both are kept. A text in one stays as it is."""
    halves = _BOTH.split(text)
    if len(halves) != 2:
        return text
    vi, en = halves
    if language == "en":
        return en
    tail = re.search(r" \([^()]*\)$", en)  # a default, said once at the end
    return vi + tail[0] if tail is not None and not vi.endswith(")") else vi


def speak(parser: argparse.ArgumentParser, language: str) -> argparse.ArgumentParser:
    """The parser with every text of its help and errors in one language."""
    if language == "vi":
        argparse._ = lambda text: _VI.get(text, text)  # type: ignore[attr-defined]  # what it translates by
    else:
        argparse._ = lambda text: text  # type: ignore[attr-defined]
    _translate(parser, language)
    return parser


def _translate(parser: argparse.ArgumentParser, language: str) -> None:
    parser.description = in_language(parser.description or "", language)
    for group in parser._action_groups:
        title = group.title or ""
        group.title = in_language(_VI.get(title, title) if language == "vi" else title, language)
    for action in parser._actions:
        if action.help:
            shown = _VI.get(action.help, action.help) if language == "vi" else action.help
            action.help = in_language(shown, language)
        if isinstance(action, argparse._SubParsersAction):
            if action.metavar == "LỆNH" and language == "en":
                action.metavar = "COMMAND"
            below: list[Any] = list(action._choices_actions)
            for choice in below:
                choice.help = in_language(choice.help or "", language)
            for inner in action.choices.values():
                _translate(inner, language)
