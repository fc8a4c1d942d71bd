"""Every command that a manual or the README names can be typed so."""

from __future__ import annotations

import re
import shlex

import pytest

from hotich import cli
from tests.unit.docs.reading import ROOT, document
from tests.unit.docs.test_reference import commands

COMMANDS = dict(commands(cli._parser()))
MANUALS = ["README.md", *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs" / "huong-dan").glob("*.md")))]
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(hotich [^`]+)`")


def typed(text: str) -> list[str]:
    """The commands of a document: whole lines of its blocks, and what stands as code in a sentence."""
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines() if line.startswith("hotich ")]
    return lines + _INLINE.findall(_BLOCK.sub("", text))


@pytest.mark.parametrize("name", MANUALS)
def test_a_command_that_is_named_is_there_with_its_options(name: str) -> None:
    for line in typed(document(name)):
        words = shlex.split(line.replace("…", ""), comments=True)
        groups = {" ".join(command.split()[:2]) for command in COMMANDS}
        found = [command for command in COMMANDS if words[: len(command.split())] == command.split()]
        assert found or " ".join(words[:2]) in groups, line
        known = {option for command in found for option in COMMANDS[command]._option_string_actions}
        given = {word for word in words if word.startswith("--")}
        assert not found or given <= known, (line, given - known)


def test_manuals_name_commands() -> None:
    assert sum(len(typed(document(name))) for name in MANUALS) > 30
