"""What several commands share: their common options, and paths that must be there."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from hotich.help_language import help_language

Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def command(commands: Commands, name: str, run: tuple[str, str], text: str) -> argparse.ArgumentParser:  # type: ignore[valid-type]
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)  # type: ignore[attr-defined]
    parser.set_defaults(run=run)
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="thư mục kho, danh mục, thiết lập / folder of store, catalogue and settings (HOTICH_HOME; ./hotich-data)",
    )
    parser.add_argument("--json", action="store_true", help="kết quả cho máy đọc / machine-readable result")
    voice = parser.add_mutually_exclusive_group()
    voice.add_argument("-v", "--verbose", action="store_true", help="nói rõ việc đang làm / tell what happens inside")
    voice.add_argument("-q", "--quiet", action="store_true", help="chỉ in kết quả và lỗi / results and errors only")
    return parser


def existing(text: str) -> Path:
    """A path that is there, for argparse: anything else is wrong use."""
    path = Path(text)
    if not os.path.lexists(path):
        shown = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
        raise argparse.ArgumentTypeError(
            {"vi": f"không có {shown}; kiểm tra lại đường dẫn", "en": f"there is no {shown}; check the path"}[
                help_language()
            ]
        )
    return path
