"""A paper that nobody foresaw: its form proposed from one specimen, corrected as a clerk would, another one read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.forms.loading import parse_form
from pipeline.values import exact_key
from tests.e2e.conftest import hotich
from tests.making.added_papers import ADOPTION, CORRECTION, FIRST, MARRIAGE_STATUS, SECOND, draw

PAPERS = {
    # text of the paper, what the clerk corrects, which field then holds which value
    "tinh-trang-hon-nhan": (
        MARRIAGE_STATUS,
        [("tinh_trang_hon_nhan", "marital_status"), ("giay_nay_duoc_cap_de", "purpose")],
        {"full_name": "full_name", "residence": "residence", "marital_status": "status", "purpose": "purpose"},
    ),
    "nuoi-con-nuoi": (
        ADOPTION,
        [
            ("ho_chu_dem_ten_con_nuoi", "full_name"),
            ("ho_chu_dem_ten_cha_nuoi", "adoptive_father_full_name"),
            ("ho_chu_dem_ten_me_nuoi", "adoptive_mother_full_name"),
            ("nguoi_giao_con_nuoi", "giver_full_name"),
        ],
        {
            "full_name": "full_name", "adoptive_father_full_name": "adoptive_father",
            "adoptive_mother_full_name": "adoptive_mother", "giver_full_name": "giver",
        },
    ),
    "cai-chinh": (
        CORRECTION,
        [("noi_dung_cai_chinh", "correction"), ("can_cu_cai_chinh", "ground")],
        {"full_name": "full_name", "correction": "correction", "ground": "ground"},
    ),
}  # fmt: skip


FIRST_PAPER, *OTHERS = PAPERS


@pytest.mark.parametrize("name", [FIRST_PAPER, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_a_form_that_nobody_foresaw_is_added_from_one_specimen(name: str, tmp_path: Path) -> None:
    text, corrections, wanted = PAPERS[name]
    home, proposal = tmp_path / "home", tmp_path / f"{name}.toml"
    specimen = draw(text, FIRST, tmp_path / "specimen.jpg")
    ended = hotich("form", "new", specimen, "--home", home, "--out", proposal)
    assert ended.code == 0, ended.err
    proposed = proposal.read_text(encoding="utf-8")
    parse_form(proposed)
    assert not any(value in proposed for value in FIRST.values() if len(value) > 8)
    for wrong, right in corrections:
        assert f'"{wrong}"' in proposed, proposed
        proposed = proposed.replace(f'"{wrong}"', f'"{right}"')
    (home / "forms").mkdir(parents=True)
    (home / "forms" / f"{name}.toml").write_text(proposed, encoding="utf-8")
    other = draw(text, SECOND, tmp_path / "other.jpg")
    assert hotich("digitize", other, "--home", home, "--out", tmp_path / "out").code == 0
    record = json.loads((tmp_path / "out" / "other.jpg.json").read_text(encoding="utf-8"))
    assert (record["document_type"], record["form"]) == ("other", name)
    assert {field["status"] for field in record["fields"].values()} == {"review"}
    wanted = wanted | {key: key for key in ("document_number", "date_of_birth", "sex", "ethnicity")}
    read = {field: record["fields"].get(field, {}).get("verbatim") for field in wanted}
    assert {k: exact_key(v or "") for k, v in read.items()} == {k: exact_key(SECOND[v]) for k, v in wanted.items()}
