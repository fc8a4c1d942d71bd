"""What can be typed: paths that are not there, homes typed wrong, help in one language, completion."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotich import cli
from hotich.commands.completion import SHELLS, script
from hotich.help_language import help_language, in_language, speak
from hotich.hints import again, other

ABSENT = "không-có"


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    for name in ("HOTICH_HOME", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path
    speak(cli._parser(), "en")  # argparse speaks as it did


@pytest.mark.parametrize(
    "command",
    [
        ["digitize", "."], ["register", "load", "a.csv"], ["find"], ["verify"], ["serve"], ["user", "list"],
        ["client", "list"], ["desk", "summary"], ["doctor"], ["read", "a.csv"], ["explain", "x"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_home_typed_wrong_makes_no_store(
    command: list[str], somewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (somewhere / "a.csv").touch()
    assert cli.main([*command, "--home", "kho-sai"]) == cli.WRONG_USE
    assert not (somewhere / "kho-sai").exists() and not (somewhere / "hotich-data").exists()
    assert "hotich init --home kho-sai" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["find"], ["verify"], ["desk", "summary"]], ids=" ".join)
def test_looking_into_a_store_that_is_not_there_makes_none(command: list[str], somewhere: Path) -> None:
    assert cli.main(command) == cli.WRONG_USE
    assert list(somewhere.iterdir()) == []


def test_a_store_is_begun_by_a_command_of_its_own_or_the_first_that_fills_the_usual_one(
    somewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", "--home", "kho"]) == cli.DONE
    assert (somewhere / "kho").stat().st_mode & 0o777 == 0o700
    assert cli.main(["user", "list", "--home", "kho"]) == cli.DONE
    assert "Lập kho mới" in capsys.readouterr().err
    assert cli.main(["user", "list"]) == cli.DONE
    assert "Lập kho mới" in capsys.readouterr().err and (somewhere / "hotich-data").is_dir()


@pytest.mark.parametrize(
    "command",
    [
        ["digitize", ABSENT], ["digitize", ".", ABSENT], ["digitize", "--reread", ABSENT], ["read", ABSENT],
        ["register", "load", ABSENT], ["form", "new", ABSENT], ["evaluate", ABSENT], ["desk", "seed", ABSENT],
        ["adapt", "--book", "x", "--lines", ABSENT], ["explain", "x", "--scan", ABSENT],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_path_that_is_not_there_is_wrong_use(
    command: list[str], somewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(command)
    assert ended.value.code == cli.WRONG_USE
    assert f"không có {ABSENT}" in capsys.readouterr().err
    assert list(somewhere.iterdir()) == []


def texts(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield parser.format_help()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from texts(inner)


@pytest.mark.parametrize(("language", "not_there"), [("vi", "options:"), ("en", "tùy chọn")])
def test_help_is_in_one_language(language: str, not_there: str) -> None:
    for text in texts(speak(cli._parser(), language)):
        assert " / " not in text and not_there not in text
        if language == "en":
            assert not set(text) & set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"), text


@pytest.mark.parametrize(
    ("environment", "language"),
    [({}, "vi"), ({"LANG": "C.UTF-8"}, "vi"), ({"LANG": "vi_VN.UTF-8"}, "vi"), ({"LANG": "en_GB.UTF-8"}, "en"),
     ({"LANG": "vi_VN", "LC_ALL": "en_US.UTF-8"}, "en"), ({"LANG": "fr_FR"}, "en")],
)  # fmt: skip
def test_the_system_s_language_is_the_help_s(environment: dict[str, str], language: str) -> None:
    assert help_language(environment) == language


def test_a_default_said_once_stands_in_both_languages() -> None:
    assert in_language("cổng / port (8000)", "vi") == "cổng (8000)"
    assert in_language("cổng / port (8000)", "en") == "port (8000)"
    assert in_language("accepted | review", "vi") == "accepted | review"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_names_every_command(shell: str) -> None:
    text = script(cli._parser(), shell)
    assert all(name in text for name in ("digitize", "find", "completion", "export" if shell == "fish" else "--export"))


def test_bash_completes_commands_options_and_commands_below() -> None:
    bash = shutil.which("bash")
    assert bash is not None
    typed = {
        "hotich ver": "verify",
        "hotich find --nu": "--number",
        "hotich user li": "list",
        "hotich desk export --tr": "--trail",
    }
    for line, wanted in typed.items():
        words = line.split(" ")
        ask = (
            f'COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _hotich; printf "%s\\n" "${{COMPREPLY[@]}}"'
        )
        told = subprocess.run(
            [bash, "-c", script(cli._parser(), "bash") + ask], capture_output=True, text=True, check=True
        )
        assert told.stdout.split() == [wanted], line


def test_a_dry_run_says_what_would_be_read_and_leaves_nothing(
    somewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (somewhere / "scans").mkdir()
    (somewhere / "scans" / "a.jpg").write_bytes(b"\xff\xd8\xff")
    (somewhere / "scans" / ".b.jpg").touch()
    assert cli.main(["digitize", "scans", "--dry-run", "--json"]) == cli.DONE
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == [{"file": "a.jpg", "would": "new", "bytes": 3}]
    assert [other["file"] for other in told["passed_over"]] == [".b.jpg"]
    assert [path.name for path in somewhere.iterdir()] == ["scans"]


def test_a_hint_carries_the_options_of_the_command() -> None:
    arguments = argparse.Namespace(typed=("digitize", "a b.pdf", "--home", "kho", "--strict"), home=Path("kho"))
    assert again(arguments, "--retry").endswith("digitize 'a b.pdf' --home kho --strict --retry")
    assert other(arguments, "verify").endswith("verify --home kho")
