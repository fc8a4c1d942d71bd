"""Every command, option, exit code and setting stands in docs/reference.md as the code has it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import MISSING, fields

import pytest

from hotich import cli
from hotich.setting_meanings import MEANINGS
from hotich.settings import SECRET, Settings
from scripts import make_reference
from tests.unit.docs.reading import code_words, document, rows, section

TEXT = document("docs/reference.md")
_EVERY = {"--home", "--json", "--verbose", "--quiet", "--help", "-h"}


def commands(parser: argparse.ArgumentParser, name: str = "hotich") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that can be typed, with its parser."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name, parser
    for action in below:
        for word, inner in action.choices.items():
            yield from commands(inner, f"{name} {word}")


COMMANDS = dict(commands(cli._parser()))


def options(parser: argparse.ArgumentParser) -> set[str]:
    """The command's own options, by the long name."""
    return {action.option_strings[-1] for action in parser._actions if action.option_strings} - _EVERY


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_a_section_that_names_its_options(command: str) -> None:
    told = section(TEXT, f"### `{command}`")
    named = {word.split()[0] for word in code_words(told) if word.startswith("--")}
    assert options(COMMANDS[command]) == named


def test_no_section_is_of_a_command_that_is_not_there() -> None:
    headings = {line.removeprefix("### ").strip("`") for line in TEXT.splitlines() if line.startswith("### `hotich")}
    assert headings == set(COMMANDS)


def test_the_options_of_every_command_are_told_once() -> None:
    told = section(TEXT, "## Every command")
    for parser in COMMANDS.values():
        strings = {string for action in parser._actions for string in action.option_strings}
        assert strings & _EVERY >= {"--home", "--json", "--verbose", "--quiet", "--help"}
    assert {"--home DIR", "--json", "--verbose", "--quiet", "--help"} <= set(code_words(told))


def test_every_exit_code_is_explained() -> None:
    told = {row[0] for row in rows(section(TEXT, "## Every command"))}
    assert told == {str(code) for code in (cli.DONE, cli.SOME_SET_ASIDE, cli.WRONG_USE, cli.COULD_NOT_RUN)}


def settings_told() -> dict[str, list[str]]:
    return {row[0].split("`")[1]: row for row in rows(section(TEXT, "## Settings"))}


def test_every_setting_is_explained_and_no_other() -> None:
    assert set(settings_told()) == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("name", [field.name for field in fields(Settings) if field.name != "home"])
def test_a_setting_s_default_is_the_one_in_the_code(name: str) -> None:
    default = next(field.default for field in fields(Settings) if field.name == name)
    assert default is not MISSING
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    assert settings_told()[name][1].strip("`") == shown


def test_the_secrets_are_marked() -> None:
    assert {name for name, row in settings_told().items() if "●" in row[0]} == SECRET


def test_every_setting_has_its_meaning_in_both_languages() -> None:
    assert set(MEANINGS) == {field.name for field in fields(Settings)}
    assert all(meaning.vi != meaning.en for name, meaning in MEANINGS.items() if name != "smtp_tls")


def test_what_is_made_from_the_code_is_current() -> None:
    assert make_reference.reference(TEXT) == TEXT, "run: make reference"


def test_the_page_of_troubles_is_made_from_the_error_codes() -> None:
    made = make_reference.troubleshooting(document("docs/errors.md"))
    assert made == document("docs/huong-dan/khac-phuc-su-co.md"), "run: make reference"
