"""English print that belongs to a label is no part of the value that follows."""

import pytest

from pipeline.forms.english import english_head


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
