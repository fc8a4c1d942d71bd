from __future__ import annotations

from typing import Any

import pytest

from ocr_models.evaluation.truth import TrueField, TrueRecord
from ocr_models.workshop.measuring.causes import Cause, JudgedField, judge_record
from ocr_models.workshop.measuring.foreign import is_kept_apart


def truth(**fields: str) -> TrueRecord:
    made = {n: TrueField(value=v, verbatim=v, writing=None, page=1, box=None) for n, v in fields.items()}
    return TrueRecord(
        file="a.jpg", index=0, document_type="birth_certificate", writing="print", capture="flatbed", fields=made,
        register_outcome=None, pages=1,
    )  # fmt: skip


def judged(true: TrueRecord, **read: str) -> dict[str, JudgedField]:
    fields: dict[str, Any] = {
        n: {"value": v, "verbatim": v, "status": "accepted", "confidence": 0.99} for n, v in read.items()
    }
    labelled = frozenset({"full_name", "residence", "father_full_name"})
    return {field.name: field for field in judge_record(true, {"fields": fields}, labelled)}


@pytest.mark.parametrize(
    ("read", "cause"),
    [
        ("Lê Thị Mẫu", Cause.RIGHT),
        ("LÊ THỊ MẪU", Cause.RIGHT),
        ("Lê Thị Mẩu", Cause.READING),
        ("Trần Văn Thí Dụ", Cause.ASSOCIATION),
        ("Nghề nghiệp", Cause.OTHER),
        ("", Cause.MISSING),
    ],
)
def test_a_wrong_value_has_a_cause(read: str, cause: Cause) -> None:
    true = truth(full_name="Lê Thị Mẫu", father_full_name="Trần Văn Thí Dụ")
    assert judged(true, full_name=read, father_full_name="Trần Văn Thí Dụ")["full_name"].cause is cause


def test_what_was_read_and_given_to_another_field_is_no_reading_that_is_missing() -> None:
    true = truth(full_name="Lê Thị Mẫu")
    fields = judged(true, residence="Lê Thị Mẫu")
    assert fields["full_name"].cause is Cause.ASSOCIATION
    assert fields["residence"].cause is Cause.ASSOCIATION


def test_a_value_that_stands_nowhere_is_invented_unless_the_set_does_not_label_such_fields() -> None:
    fields = judged(truth(full_name="Lê Thị Mẫu"), full_name="Lê Thị Mẫu", residence="Xã Thí Dụ", religion="Không")
    assert fields["residence"].cause is Cause.INVENTED
    assert "religion" not in fields


def test_what_a_code_on_the_paper_states_is_not_invented() -> None:
    given = {"value": "Lê Thị Mẫu", "verbatim": "Lê Thị Mẫu", "status": "accepted", "confidence": 0.99}
    for source, causes in (("mrz", []), ("text", [Cause.INVENTED])):
        fields = {"full_name": given | {"source": source}}
        labelled = frozenset({"full_name"})
        assert [f.cause for f in judge_record(truth(), {"fields": fields}, labelled)] == causes


def test_parts_of_one_paper_are_kept_apart_together() -> None:
    for paper in range(40):
        assert len({is_kept_apart(f"files/{paper:03}_img77_{part}.jpg") for part in range(4)}) == 1
