"""English print that belongs to a label is no part of the value that follows."""

import pytest

from pipeline.forms.english import english_head, is_english
from tests.making.labelled import CERTIFICATE, read, rows, ruled, told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ethnic group Kinh", "Kinh"),
        ("Father's full name NGUYỄN VĂN AN", "NGUYỄN VĂN AN"),
        ("Full name / LÊ THỊ BA", "LÊ THỊ BA"),
        ("Nationality: Việt Nam", "Việt Nam"),
        ("Place of birth Hà Nội", "Hà Nội"),
        ("Sex Nam", "Nam"),
        ("Name Trần An", "Trần An"),
        ("Ethnic group", ""),
        ("Ethníc group Kinh", "Kinh"),
    ],
)
def test_the_value_begins_behind_the_english(text: str, value: str) -> None:
    assert text[english_head(text) :] == value


@pytest.mark.parametrize(
    "text", ["Nam", "Kinh", "Hoa", "Nguyen Van Binh", "Na Hang", "Số nhà 6", "Mo Ray", "Sen", "Y Nam"]
)
def test_vietnamese_without_marks_is_no_english(text: str) -> None:
    assert english_head(text) == 0


@pytest.mark.parametrize(
    "text", ["Full name", "Full", "birth", "In vords", "Ethnic groụp", "Personal identification No."]
)
def test_a_line_of_english_print_is_some_also_where_a_narrow_cell_broke_it(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", ["Nữ Date of birth", "Kinh Nationality Việt Nam", "Sinh", "Nam Name"])
def test_a_value_before_english_print_is_none(text: str) -> None:
    assert not is_english(text)


def test_values_beside_the_english_under_their_labels_are_their_labels() -> None:
    fields = told(
        read(
            CERTIFICATE,
            rows(
                "(1) Họ và tên:",
                (("Full name", 150), ("Lê Văn Mẫu", 600)),
                (("(2) Nam hay nữ:", 150), ("(3) Ngày sinh:", 900)),
                (("Sex", 150), ("Nam Date of birth", 800), ("3/2/1971", 1500)),
                (("(4) Dân tộc:", 150), ("(5) Quốc tịch:", 900)),
                (("Ethnic group", 150), ("Kinh Nationality Việt Nam", 780)),
                (("(6) Tờ số: 30", 150), ("(7) Nơi sinh:", 900)),
                (("Page", 150), ("Place of birth", 900), ("Hà Nội", 1500)),
            ),
        ).fields
    )
    assert (fields["full_name"], fields["sex"], fields["date_of_birth"]) == ("Lê Văn Mẫu", "Nam", "3/2/1971")
    assert (fields["ethnicity"], fields["nationality"], fields["place_of_birth"]) == ("Kinh", "Việt Nam", "Hà Nội")


def test_half_of_the_english_behind_a_stroke_is_the_labels_where_the_cell_is_narrow() -> None:
    cells = ruled((("Họ tên / Full", "name", "Lê Văn Mẫu"), ("Sinh ngày / Date of", "birth", "3/2/1971")),
                  (("Dân tộc / Ethnic groụp", "Kinh"), ("Quốc tịch / Nationality", "Việt Nam")))  # fmt: skip
    fields = told(read(CERTIFICATE, cells).fields)
    assert (fields["full_name"], fields["date_of_birth"], fields["ethnicity"]) == ("Lê Văn Mẫu", "3/2/1971", "Kinh")
