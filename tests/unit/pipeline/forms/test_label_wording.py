"""What printed words are: labels with what goes on with them, headings, names that only look like labels."""

from __future__ import annotations

import pytest

from pipeline.domain.model import DocumentType
from pipeline.forms.by_labels.labels import headings_of, hits_of, page_labels
from pipeline.forms.by_labels.meaning import heading, is_label
from pipeline.forms.by_labels.wording import vocabulary
from pipeline.forms.sheet import Sheet
from tests.making.labelled import BOOK, CERTIFICATE, EXTRACT, MARRIAGE, Row, labels_in, members, read, rows, told
from tests.making.paper import leaf

WORDS = vocabulary(DocumentType.BIRTH_CERTIFICATE_OLD)


def headings(*texts: Row) -> list[str]:
    """Whose parts the rows of a birth certificate head."""
    sheet = Sheet(leaf(rows(*texts)).lines)
    return [who for _, who in headings_of(sheet, WORDS, page_labels(sheet, WORDS, hits_of(sheet, WORDS)))]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Phần ghi về trẻ", "child"),
        ("Mục ghi về con", "child"),
        ("II. Về người mẹ", "mother"),
        ("B. Thông tin về mẹ", "mother"),
        ("Thông tin về người cha", "father"),
        ("Thông tin về cha", "father"),
        ("Thông tn về người cha", "father"),
        ("Thỏng ti về mẹ", "mother"),
        ("Phần khai về người đi khai sinh", "declarant"),
    ],
)
def test_a_heading_is_of_the_person_that_it_names(text: str, who: str) -> None:
    assert heading(text, WORDS) == who


@pytest.mark.parametrize(
    "text", ["Trong con", "Tình Mẹ", "NGƯỜI ĐI KHAI SINH", "Người đi khai", "TM. ỦY BAN NHÂN DÂN", "Phần thứ nhất"]
)
def test_captions_and_other_words_head_nobodys_part(text: str) -> None:
    assert heading(text, WORDS) is None


def test_a_person_alone_in_a_row_heads_the_persons_part() -> None:
    assert headings("Họ tên: Lê Văn Mẫu", "Mẹ") == ["mother"]


@pytest.mark.parametrize(
    "texts",
    [((("Quan hệ với trẻ", 150), ("Mẹ", 900)),), ("Quan hệ với trẻ", "Mẹ")],
    ids=["beside it", "under it"],
)
def test_a_person_that_answers_a_label_of_relationship_is_no_heading(texts: tuple[Row, ...]) -> None:
    assert headings("Họ tên: Lê Văn Mẫu", *texts) == []


def test_what_follows_a_mother_as_relationship_is_not_said_of_her() -> None:
    fields = told(
        read(
            CERTIFICATE,
            rows(
                "Người đứng khai: Hoàng Thị Thử",
                (("Quan hệ với trẻ", 150), ("Mẹ", 900)),
                "Nơi đăng ký: xã Vân Hà",
                "Số CMND: 012345678",
            ),
        ).fields
    )
    assert fields["declarant_relationship"] == "Mẹ"
    assert fields["declarant_document"] == "012345678"


def test_the_head_of_the_household_beside_a_label_of_relationship_begins_no_member() -> None:
    found = members(
        rows("Họ tên: Lê Văn Mẫu", (("Quan hệ với chủ hộ", 150), ("CHỦ HỘ", 900)), "Dân tộc: Kinh", "Tôn giáo: Không")
    )
    assert found == [
        {"full_name": "Lê Văn Mẫu", "relationship_to_head": "CHỦ HỘ", "ethnicity": "Kinh", "religion": "Không"}
    ]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Họ tên đầy đủ: Ngô Thế Mẫu", "full_name", "Ngô Thế Mẫu"),
        ("Nghề nghiệp hiện nay: Thợ điện", "occupation", "Thợ điện"),
        ("Dân tộc gì: Kinh", "ethnicity", "Kinh"),
    ],
)
def test_a_tail_that_says_nothing_more_is_the_labels(text: str, name: str, value: str) -> None:
    (only,) = members(rows("Quan hệ: Con", text))
    assert only[name] == value


def test_a_tail_is_the_labels_also_on_a_paper_without_colons() -> None:
    fields = told(
        read(CERTIFICATE, rows("(1) Họ tên đầy đủ Ngô Thế Trường", "(2) Dân tộc Kinh", "(3) Nơi sinh xã Vân Hà")).fields
    )
    assert fields["full_name"] == "Ngô Thế Trường"


def test_english_after_a_stroke_is_the_labels_though_no_colon_follows() -> None:
    found = labels_in(CERTIFICATE, "Ngày sinh / Date of birth 1/2/1990")
    assert found == [("date_of_birth", "Ngày sinh / Date of birth")]


def test_a_number_inside_a_strip_begins_a_label_on_a_paper_without_colons() -> None:
    fields = told(
        read(CERTIFICATE, rows("Họ và tên Lê Văn Mẫu", "1. Nam, nữ Nữ 3. Ngày sinh 1/2/1990", "Nơi sinh Hà Nội")).fields
    )
    assert (fields["sex"], fields["date_of_birth"]) == ("Nữ", "1/2/1990")


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("n) Họ tên: Lê Văn Mẫu", "full_name", "n) Họ tên"),
        ("r) Thường trú: thôn Đông", "permanent_residence", "r) Thường trú"),
        ("đ) Dân tộc: Kinh", "ethnicity", "đ) Dân tộc"),
        ("(12) Dân tộc: Kinh", "ethnicity", "(12) Dân tộc"),
    ],
)
def test_any_letter_or_number_before_a_label_is_the_labels(text: str, name: str, label: str) -> None:
    assert labels_in(BOOK, text) == [(name, label)]


@pytest.mark.parametrize("number", ["f", "01", "U77"])
def test_a_misread_number_before_a_label_is_the_labels(number: str) -> None:
    assert labels_in(CERTIFICATE, f"{number} Dân tộc: Kinh") == [("ethnicity", f"{number} Dân tộc")]


def test_a_name_in_capitals_that_is_nearly_a_label_is_none() -> None:
    assert labels_in(CERTIFICATE, "NGUYÊN QUÁN xã Vân Hà") == [("place_of_origin", "NGUYÊN QUÁN")]
    assert labels_in(CERTIFICATE, "NGUYỄN TUẤN CÔNG") == []


@pytest.mark.parametrize("text", ["(Ký, ghi rõ họ tên)", "Họ và tên)", "Người khai (ký, ghi rõ họ tên)"])
def test_words_under_a_signature_are_no_label(text: str) -> None:
    assert labels_in(CERTIFICATE, text) == []


def test_the_day_on_which_an_identity_document_was_issued_is_not_the_papers() -> None:
    texts = ("Họ tên: Lê Mẫu", "Giấy tờ tùy thân: CMND số 012345678 cấp ngày ….. 1/2/1999", "Ngày sinh: 1/1/2000")
    assert "date_of_issue" not in told(read(EXTRACT, rows(*texts)).fields)


def test_a_person_named_after_what_a_label_may_hold_is_whose_the_label_is() -> None:
    fields = told(
        read(
            MARRIAGE,
            rows(
                "Họ tên người chồng: Lê Văn Mẫu",
                "Giấy tờ tùy thân (loại, số) người vợ: CMND 012345678",
                "Giấy tờ tùy thân (loại, số) người chồng: CMND 098765432",
            ),
        ).fields
    )
    assert fields["wife_document"] == "CMND 012345678"
    assert fields["husband_document"] == "CMND 098765432"


@pytest.mark.parametrize("asked", ["Ngày nhập hộ khẩu", "Ngày đăng ký thường trú", "Ngày ĐKTT"])
def test_a_members_day_of_entry_is_asked_in_several_words(asked: str) -> None:
    assert labels_in(BOOK, f"{asked}: 23/07/2013") == [("date_of_registration", asked)]


@pytest.mark.parametrize(
    "text", ["Họ, chữ đệm, tên người", "Họ, chữ đệm, tôn ngườiđi đăng ký khai sinh", "Đăng ký khai sinh tại"]
)
def test_a_piece_that_is_a_label_is_known_though_its_colon_or_its_end_is_lost(text: str) -> None:
    assert is_label(text, WORDS)


@pytest.mark.parametrize("text", ["Giao Thủy, T. Nam Định", "sản Trung ương", "Trọng Quang", "Quốc Tiến Xuân", "Tên"])
def test_writing_that_has_a_labels_letters_is_no_label(text: str) -> None:
    assert not is_label(text, WORDS)


def test_a_short_word_with_a_colon_inside_a_line_is_a_label() -> None:
    paper = rows("Họ, tên mẹ: Lê Thị Mẫu", "Dân tộc gì: Kinh Q/tịch: Việt Nam Nghề: Kinh doanh",
                 "Số đăng ký khai sinh: 194", "Đăng ký tại: UBND xã Vân Hà")  # fmt: skip
    fields = told(read(CERTIFICATE, paper).fields)
    assert (fields["mother_nationality"], fields["mother_ethnicity"]) == ("Việt Nam", "Kinh")
    assert fields["place_of_registration"] == "UBND xã Vân Hà"
