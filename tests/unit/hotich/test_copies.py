"""`hotich copy` and the settings that it signs by, as they are typed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from hotich import cli
from tests.making.desk_home import DeskHome, archival_of
from tests.making.time_stamping import Authority, make_authority, running_authority
from tests.unit.storage.signing.test_signing import an_office_key


@dataclass
class Typed:
    """An archive with one paper, and the command typed in it."""

    home: Path
    code: str
    out: Path
    capsys: pytest.CaptureFixture[str]

    def copy(self, *more: str, paper: str = "") -> tuple[int, Any, str]:
        self.capsys.readouterr()
        given = ["copy", paper or self.code, "--out", str(self.out), "--home", str(self.home), "--json", *more]
        ended = cli.main(given)
        told = self.capsys.readouterr()
        return ended, json.loads(told.out) if told.out else None, told.err


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    home = DeskHome.open(tmp_path / "home")
    paper = home.add(archival=archival_of())
    home.close()
    monkeypatch.setenv("HOTICH_PUBLIC_URL", "https://sohoa.example.vn")
    return Typed(tmp_path / "home", paper.holding_code, tmp_path / "copy.pdf", capsys)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    folder = tmp_path_factory.mktemp("authority")
    make_authority(folder)
    with running_authority(folder) as running:
        yield running


def test_out_of_the_box_a_copy_is_a_test_and_says_so(typed: Typed) -> None:
    ended, facts, err = typed.copy()
    assert (ended, facts["test"], facts["level"]) == (cli.DONE, True, "PAdES B-B")
    assert "THỬ NGHIỆM" in err
    words = pypdfium2.PdfDocument(typed.out)[0].get_textpage().get_text_range()
    assert facts["copy_code"] in words and "TEST, NOT VALID" in words
    assert typed.out.stat().st_mode & 0o077 == 0


def test_the_offices_own_key_signs_with_the_authoritys_hour(
    typed: Typed, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file, _, _ = an_office_key(tmp_path, "bí mật")
    (tmp_path / "password").write_text("bí mật\n")
    for name, value in {
        "SIGN_PKCS12": key_file, "SIGN_PASSWORD_FILE": tmp_path / "password", "SIGN_OFFICE": "UBND phường Mẫu, Hà Nội",
        "TIME_STAMP_URL": authority.url, "TIME_STAMP_ROOTS": authority.roots,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"HOTICH_{name}", str(value))
    ended, facts, err = typed.copy("--converter", "Nguyễn Thị Lưu Trữ")
    assert (ended, facts["test"], facts["level"]) == (cli.DONE, False, "PAdES B-T")
    assert "THỬ NGHIỆM" not in err
    words = pypdfium2.PdfDocument(typed.out)[0].get_textpage().get_text_range()
    for said in ("UBND phường Mẫu, Hà Nội", "Nguyễn Thị Lưu Trữ"):
        assert said in words
    [signature] = PdfFileReader(io.BytesIO(typed.out.read_bytes())).embedded_regular_signatures
    assert signature.signer_cert.subject.native["common_name"] == "UBND phường Mẫu"


def test_settings_that_cannot_sign_are_told_of_and_nothing_is_written(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value, said in (
        ("SIGN_PKCS12", "/nowhere.p12", "PKCS#12"),
        ("SIGN_PKCS11_MODULE", "/nowhere.so", "PKCS#11"),
        ("SIGN_REVOCATION", "fetch", "sign_roots"),
        ("TIME_STAMP_URL", "http://127.0.0.1:9/", "time_stamp_roots"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(f"HOTICH_{name}", value)
            ended, facts, err = typed.copy()
        assert (ended, facts, said in err) == (cli.WRONG_USE, None, True), name
        assert not typed.out.exists()


def test_no_file_is_overwritten_and_no_paper_invented(typed: Typed) -> None:
    assert typed.copy(paper="HT-AAAAAAAAAAAAAAAA")[0] == cli.WRONG_USE
    typed.out.write_bytes(b"mine")
    assert typed.copy()[0] == cli.WRONG_USE
    assert typed.out.read_bytes() == b"mine"
