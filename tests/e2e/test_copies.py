"""docs/copies.md, tried as it is written: copies issued, a proof made and checked without the program."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tests.e2e.test_keeping import ROOT, Shell
from tests.making.desk_home import DeskHome, archival_of
from tests.unit.docs.reading import document

pytestmark = pytest.mark.slow


def block(name: str) -> str:
    found = re.search(rf"<!-- try: {name} -->\n```sh\n(.*?)```", document("docs/copies.md"), re.DOTALL)
    assert found is not None, name
    return found[1]


def test_copies_are_issued_and_a_proof_is_checked_as_the_document_says(tmp_path: Path) -> None:
    shell = Shell(tmp_path, RA=str(tmp_path / "ra"))
    (tmp_path / "ra").mkdir()
    home = DeskHome.open(shell.kho)
    paper = home.add(archival=archival_of())
    home.close()
    shell.env["GIAY"] = paper.holding_code
    said = shell.run(block("copy") if shutil.which("pdfsig") else block("copy").replace("pdfsig", "test -s"))
    assert "Signature is Valid" in said or shutil.which("pdfsig") is None
    assert (tmp_path / "ra" / "light.pdf").stat().st_size < 120_000 < (tmp_path / "ra" / "copy.pdf").stat().st_size
    shell.env["KEY"] = public_key(shell.run(block("proof")))
    _, _, others = pkcs12.load_key_and_certificates((shell.kho / "trial-signing" / "trial.p12").read_bytes(), None)
    roots = b"".join(x509.Certificate.public_bytes(other, Encoding.PEM) for other in others)
    elsewhere = tmp_path / "elsewhere"  # nothing of the program is here
    elsewhere.mkdir()
    (elsewhere / "roots.pem").write_bytes(roots)
    shutil.copy(ROOT / "scripts" / "verify_proof.py", elsewhere)
    check = block("check").split("\n", 1)[1]  # the package is here already
    done = subprocess.run(
        ["bash", "-euc", check.replace("python ", "python -I ")], cwd=elsewhere, env=shell.env, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "BROKEN" not in done.stdout
    assert json.dumps("Đàm Mai Hiền", ensure_ascii=False).strip('"') in done.stdout


def public_key(said: str) -> str:
    [key] = re.findall(r"khóa / key: (\S+)", said)
    return str(key)
