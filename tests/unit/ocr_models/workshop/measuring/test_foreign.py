"""Another maker's truth in our record's terms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ocr_models.workshop.measuring.foreign import foreign_truth, is_kept_apart, template


def field(value: str, verbatim: str, **more: object) -> dict[str, object]:
    return {"value": value, "verbatim": verbatim, "page": 1, **more}


def truth(tmp_path: Path, fields: Mapping[str, object]) -> Path:
    path = tmp_path / "truth.jsonl"
    given = {
        "file": "files/001_x.pdf", "document_type": "household_book", "pages": 1, "fields": fields,
        "condition": {"writing": "print", "capture": "flatbed"}, "meta": {"form": "gd"}, "register_outcome": "match",
    }  # fmt: skip
    path.write_text(json.dumps(given, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_sex_and_removal_are_told_as_our_records_tell_them(tmp_path: Path) -> None:
    fields = {"members[0].sex": field("Nữ", "nữ"), "members[0].removed": field("true", "Đã chết")}
    ((only,),) = [file.records for file in foreign_truth(truth(tmp_path, fields))]
    assert {name: f.value for name, f in only.fields.items()} == {
        "members[0].sex": "female",
        "members[0].removed": "Đã chết",
    }


def test_entries_are_records_that_share_what_the_page_says_and_lost_ink_is_left_out(tmp_path: Path) -> None:
    fields = {
        "book_number": field("1/2003", "1/2003"),
        "entries[0].full_name": field("Lê Văn Mẫu", "Lê Văn Mẫu"),
        "entries[1].full_name": field("Lê Thị Thử", "Lê Thị Thử", legible=False),
        "entries[1].sex": field("Nam", "Nam"),
    }
    (file,) = foreign_truth(truth(tmp_path, fields))
    assert [sorted(record.fields) for record in file.records] == [["book_number", "full_name"], ["book_number", "sex"]]


def test_parts_of_one_paper_are_kept_apart_together() -> None:
    assert len({is_kept_apart(f"files/134_kp1699_{part}.jpg") for part in (1, 2, 3)}) == 1


def test_a_fields_template_forgets_which_member_it_is_of() -> None:
    assert template("members[3].sex") == "members[].sex"
