"""docs/handing-on.md, tried as it is written."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotich.cli import main
from tests.making.desk_home import CERTIFICATE, DeskHome, truths
from tests.unit.docs.reading import document

SETTINGS = '\nagency_code = "G06.01"\nagency_name = "UBND xã Quang Minh"\nfonds_code = "G06.01"\n'


@pytest.fixture
def archive(home: Path) -> Iterator[DeskHome]:
    made = DeskHome.open(home)
    made.add(CERTIFICATE, book="khai-sinh")
    (home / "settings.toml").write_text(SETTINGS)
    main(["desk", "summary", "--home", str(home), "-q"])
    yield made
    made.close()


def run(archive: DeskHome, out: Path, block: str) -> None:
    """Every command of a block, with the document's variables set."""
    [stored] = archive.catalogue.all_documents()
    values = {
        "KHO": str(archive.folder), "RA": str(out), "MA": stored.holding_code, "TEN": "Đàm Mai Hiền",
        "SINH": str(truths()[CERTIFICATE].fields["date_of_birth"][0]),
    }  # fmt: skip
    for line in block.strip().splitlines():
        program, *words = shlex.split(re.sub(r"\$([A-Z]+)", lambda found: values[found[1]], line))
        assert program == "hotich"
        assert main(words) == 0, line


def test_the_way_of_a_request_and_the_packages_as_written(
    archive: DeskHome, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ra"
    out.mkdir()
    blocks = re.findall(r"<!-- try(?:: (\w+))? -->\n```sh\n(.*?)```", document("docs/handing-on.md"), re.DOTALL)
    assert len(blocks) >= 7
    for name, block in sorted(blocks, key=lambda found: found[0] == "erasure"):  # what goes last is gone
        run(archive, out, block)
        if name == "packages":
            listed = {path.name: json.loads((path / "package.json").read_text()) for path in out.glob("*/")}
            assert set(listed) >= {"bo-tu-phap", "cv7197", "luu-tru", "alto", "jsonl"}
            assert listed["jsonl"]["documents"] == 1
            assert listed["bo-tu-phap"]["left_out"], "a certificate is no act of a register"
    told = capsys.readouterr()
    assert "whole" in told.out + told.err
    assert not any(archive.objects.exists(one.original) for one in archive.catalogue.all_documents())
    assert (out / "ban-sao.zip").stat().st_size > 1000
