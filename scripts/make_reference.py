"""Writes what of the documents is made from the code: run after a change of settings, commands or error codes.

    .venv/bin/python -m scripts.make_reference            # or: make reference

In docs/reference.md the settings, the exit codes and the list of commands, between their marks; and the whole of
docs/huong-dan/khac-phuc-su-co.md, the Vietnamese half of docs/errors.md. A test holds both against the code.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

from hotich import cli
from hotich.help_language import in_language
from hotich.setting_meanings import MEANINGS
from hotich.settings import SECRET, Settings

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference.md"
ERRORS = ROOT / "docs" / "errors.md"
TROUBLE = ROOT / "docs" / "huong-dan" / "khac-phuc-su-co.md"
_MARK = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- /made -->)", re.DOTALL)
_HEAD = """# Khắc phục sự cố theo mã lỗi

Mỗi lỗi có một mã trong ngoặc vuông ở cuối dòng báo, ví dụ `[resource.disk_full]`. Tìm mã ở dưới, làm theo cột “làm gì”.
Mã không đổi giữa các phiên bản; khi hỏi người khác, chỉ cần đọc mã, đừng gửi ảnh giấy tờ. Trang này do
`make reference` lập từ [errors.md](../errors.md), nơi có thêm tiếng Anh và các nhận xét về từng mục.

Trước tiên: `hotich doctor` cho biết máy thiếu gì và cách sửa; `hotich verify` cho biết kho có nguyên vẹn không
([verify.md](../verify.md)). Mã kết thúc của lệnh: [reference.md](../reference.md#every-command).
"""


def reference(text: str) -> str:
    """The reference with every part between marks made anew."""
    return _MARK.sub(lambda found: found[1] + _MADE[found[2]]() + found[3], text)


def troubleshooting(errors: str) -> str:
    """The Vietnamese page of what to do about each code."""
    parts = [_HEAD]
    for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", errors, re.MULTILINE | re.DOTALL):
        rows = [row for row in _rows(body) if len(row) == 3 and row[0].startswith("`")]
        if not rows or title.startswith(("Findings", "Reasons")):
            continue
        parts.append(f"\n## {_vietnamese(title)}\n\n| mã | chuyện gì | làm gì |\n|---|---|---|\n")
        parts += [f"| {code} | {_vietnamese(what)} | {_vietnamese(todo)} |\n" for code, what, todo in rows]
    return "".join(parts)


def main() -> None:
    """Writes both."""
    REFERENCE.write_text(reference(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
    TROUBLE.parent.mkdir(exist_ok=True)
    TROUBLE.write_text(troubleshooting(ERRORS.read_text(encoding="utf-8")), encoding="utf-8")


def _settings() -> str:
    lines = ["| setting | default | nghĩa | meaning |\n", "|---|---|---|---|\n"]
    for field in fields(Settings):
        default = "hotich-data" if field.name == "home" else field.default
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        mark = " ●" if field.name in SECRET else ""
        meaning = MEANINGS[field.name]
        lines.append(f"| `{field.name}`{mark} | {f'`{shown}`' if shown else ''} | {meaning.vi} | {meaning.en} |\n")
    return "".join(lines)


def _exits() -> str:
    lines = ["| exit code | nghĩa | means |\n", "|--:|---|---|\n"]
    for code, text in cli.EXIT_CODES.items():
        vi, en = text.split(" / ")
        lines.append(f"| {code} | {vi} | {en} |\n")
    return "".join(lines)


def _commands() -> str:
    lines = ["| command | việc | does |\n", "|---|---|---|\n"]
    for name, text in _all(cli._parser(), "hotich"):
        link = f"[`{name}`](#{name.replace(' ', '-')})"
        lines.append(f"| {link} | {in_language(text, 'vi')} | {in_language(text, 'en')} |\n")
    return "".join(lines)


def _all(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, str]]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name, parser.description or ""
    for action in below:
        for word, inner in action.choices.items():
            yield from _all(inner, f"{name} {word}")


_MADE: dict[str, Callable[[], str]] = {"settings": _settings, "exits": _exits, "commands": _commands}


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def _vietnamese(text: str) -> str:
    """The Vietnamese half, its links as they are from the folder below."""
    half = re.split(r"\s/\s", text)[0].strip()
    half = re.sub(r"\]\(#", "](../errors.md#", half)
    return re.sub(r"\]\((?!https?:|\.\./)", "](../", half)


if __name__ == "__main__":
    main()
