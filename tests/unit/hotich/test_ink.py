"""`hotich ink` by command line: the key, a refused export, packs that come together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hotich.cli import COULD_NOT_RUN, DONE, main
from tests.making.ink import ink_line
from workers.ink.keys import OfficeKey
from workers.ink.pack import packed

THERE = OfficeKey(b"t" * 32)


def answer(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str, code: int = DONE) -> tuple[object, str]:
    home.mkdir(exist_ok=True)
    assert main(["ink", *arguments, "--home", str(home), "--json"]) == code
    told = capsys.readouterr()
    return (json.loads(told.out) if told.out else None), told.err


def test_without_consent_an_export_is_refused_with_its_code_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told = answer(capsys, tmp_path / "home", "export", "--out", str(tmp_path / "a.zip"), code=COULD_NOT_RUN)
    assert "[ink.no_consent]" in told
    assert not (tmp_path / "a.zip").exists()


def test_with_consent_an_office_without_lines_has_too_few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "review.toml").write_text("share_ink = true\n", encoding="utf-8")
    _, told = answer(capsys, home, "export", "--out", str(tmp_path / "a.zip"), code=COULD_NOT_RUN)
    assert "[ink.too_few]" in told


def test_a_pack_is_taken_once_its_office_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, pack = tmp_path / "home", tmp_path / "b.zip"
    pack.write_bytes(packed([ink_line("Hoa"), ink_line("Sen")], THERE))
    merge = ("merge", str(pack), "--out", str(tmp_path / "base"))
    _, told = answer(capsys, home, *merge, code=COULD_NOT_RUN)
    assert "[ink.unknown_office]" in told
    (home / "ink-keys.txt").write_text(f"Xã B {THERE.public}\n", encoding="utf-8")
    facts, _ = answer(capsys, home, *merge)
    assert isinstance(facts, dict)
    assert (facts["lines"], facts["packs"][0]["office"]) == (2, "Xã B")


def test_an_office_takes_its_own_packs_and_tells_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, pack = tmp_path / "home", tmp_path / "a.zip"
    facts, _ = answer(capsys, home, "key")
    own = OfficeKey.at(home / "ink.key")
    assert facts == {"office": "", "key": own.public}
    pack.write_bytes(packed([ink_line("Hoa")], own))
    answer(capsys, home, "merge", str(pack), "--out", str(tmp_path / "base"))
    assert (tmp_path / "base" / "lines.tsv").read_text(encoding="utf-8") == "000001.png\tHoa\n"
