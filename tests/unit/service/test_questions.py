"""What the citizen's form says of a value that cannot stand: what is missing, and what is wanted."""

from __future__ import annotations

import pytest

from pipeline.judging.verdict import procedure
from service.pages.questions import check, missing_files

RIGHT = {"full_name": "Nguyễn Thị Mẫu", "personal_id": "001190123456", "date_of_birth": "15/01/1990", "sex": "Nữ"}


@pytest.mark.parametrize(
    ("name", "typed", "vi"),
    [
        ("full_name", "", "Chưa điền họ, chữ đệm, tên"),
        ("full_name", "Nguyễn 3 Mẫu", "Họ tên không có chữ số"),
        ("date_of_birth", "", "Chưa điền ngày sinh"),
        ("date_of_birth", "31/02/1990", "Không có ngày này: tháng 2 năm 1990 có 28 ngày"),
        ("date_of_birth", "30-2-2000", "Không có ngày này: tháng 2 năm 2000 có 29 ngày"),
        ("date_of_birth", "31.4.1990", "Không có ngày này: tháng 4 năm 1990 có 30 ngày"),
        ("date_of_birth", "1/13/1990", "Không có ngày này: không có tháng 13, tháng từ 1 đến 12"),
        ("date_of_birth", "hôm qua", "Cần dạng ngày/tháng/năm, ví dụ 20/11/1985"),
        ("personal_id", "00119012345", "Cần đúng 12 hoặc 9 chữ số; ở đây có 11"),
        ("personal_id", "OO1190123456", "Số này chỉ gồm chữ số"),
        ("sex", "", "Chưa điền giới tính"),
    ],
)
def test_a_value_that_cannot_stand_is_answered_by_what_is_wrong_with_it(name: str, typed: str, vi: str) -> None:
    _, wrong = check(procedure("1.004222"), RIGHT | {name: typed})
    assert {entry: message.vi for entry, message in wrong.items()} == {name: vi}


def test_what_can_stand_is_answered_by_nothing() -> None:
    assert check(procedure("1.004222"), RIGHT) == (RIGHT, {})


def test_missing_photos_are_named_by_their_papers() -> None:
    assert missing_files(procedure("1.004884")).vi == (
        "Chưa có ảnh hoặc tệp nào. Cần có: Bản sao giấy tờ khai sinh cũ; Thẻ căn cước của người yêu cầu"
    )
