"""Classification: every page of every form by its words; what is none of ours stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.classify import classify, titled
from pipeline.forms.loading import card_types, form, load_forms
from tests.making.paper import Noise, Paper, line

PAGES = [(f, p) for f in load_forms() for p in f.pages]
SAME_COVER = "cover"  # the covers of register books of all generations read the same


def lines_of(*texts: str) -> list[TextLine]:
    return [line(t, 200, 100 + 80 * n) for n, t in enumerate(texts)]


@pytest.mark.parametrize(
    "noise",
    [{}, {"marks": 0.6}, {"marks": 0.5, "spaces": 0.3, "letters": 0.08}],
    ids=["clean", "marks lost", "marks, spaces and letters lost"],
)
def test_every_page_of_every_form_is_known(noise: dict[str, Any]) -> None:
    wrong = []
    for definition, page in PAGES:
        kind = classify(Paper(noise=Noise(**noise)).write(page).lines)
        same = (kind.document_type, kind.side) == (definition.type, page.side)
        if not same or (kind.form != definition.form and page.side != SAME_COVER):
            wrong.append((definition.type, definition.form, page.side, kind.document_type, kind.form))
    assert wrong == []


def test_a_well_read_page_is_known_with_confidence() -> None:
    kind = classify(Paper().write(form("birth_certificate", "2016").page("front")).lines)
    assert kind.confidence > 0.99
    assert "GIẤY KHAI SINH" in kind.evidence


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("",),
        ("a",),
        (
            "Kính gửi ông Nguyễn Văn An,",
            "Tôi viết thư này để báo rằng giấy khai sinh của cháu đã làm xong.",
            "Thân mến",
        ),
        (
            "HÓA ĐƠN GIÁ TRỊ GIA TĂNG",
            "Số: 0001234",
            "Ngày 05 tháng 02 năm 2021",
            "Họ và tên: Lê Văn An",
            "Quốc tịch:",
        ),
        (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Số: 12",
            "Hà Nội, ngày 5 tháng 2 năm 2020",
        ),
    ],
    ids=["no lines", "an empty line", "one letter", "a letter", "an invoice", "a State's heading alone"],
)
def test_what_is_no_form_of_ours_is_unknown(texts: tuple[str, ...]) -> None:
    kind = classify(lines_of(*texts))
    assert kind.document_type is DocumentType.UNKNOWN
    assert kind.form is None


def test_a_declaration_form_with_the_labels_of_a_birth_certificate_is_unknown() -> None:
    page = Paper().write(form("birth_certificate", "2016").page("front"))
    lines = [t for t in page.lines if t.text != "GIẤY KHAI SINH"]
    kind = classify([*lines_of("TỜ KHAI ĐĂNG KÝ KHAI SINH"), *lines])
    assert kind.document_type is DocumentType.UNKNOWN
    assert kind.other


def test_a_qr_payload_settles_a_worn_chip_card() -> None:
    lines = lines_of("CAN CUOC CONG DAN", "Ho va ten", "Ngay sinh")
    payload = "001190123456|012345678|Nguyễn Thị Mẫu|15011990|Nữ|Số 1 Phố Mẫu, Hà Nội|10052021"
    assert classify(lines, codes=[payload]).document_type is DocumentType.CITIZEN_ID_CHIP


def test_the_state_of_before_1976_tells_the_generation() -> None:
    kind = classify(Paper().write(form("birth_certificate_old", "1956").page("front")).lines)
    assert kind.form == "1956"


def test_evidence_never_holds_what_was_read() -> None:
    labels = {w for _, p in PAGES for s in p.sections for i in s.items() for w in i.wordings}
    printed = labels | {w for _, p in PAGES for w in (*p.recognise.titles, *p.recognise.phrases)}
    kind = classify(Paper(noise=Noise(marks=0.5)).write(form("birth_extract", "2016").page("front")).lines)
    assert set(kind.evidence) <= printed


def test_a_table_is_known_by_header_cells_whose_words_stand_below_one_another() -> None:
    header: tuple[str, ...] = (
        "Số TT",
        "Họ và tên",
        "Ngày, tháng, năm sinh",
        "Nam, nữ",
        "Quan hệ với chủ hộ",
        "Nguyên quán",
    )
    header += ("Dân tộc", "Tôn giáo", "Số CMND", "Nghề nghiệp, nơi làm việc", "Ngày đăng ký thường trú")
    words = [
        line(word, 150 * n, 100 + 50 * k, wide=10, row=k, cell=(0, 0, n))
        for n, text in enumerate(header)
        for k, word in enumerate(text.split())
    ]
    found = classify(sorted(words, key=lambda w: (w.row or 0, w.box[0][0])))
    assert (found.document_type, found.form, found.side) == (DocumentType.HOUSEHOLD_BOOK, "1995", "members")


def test_the_year_of_issue_tells_cards_whose_backs_have_the_same_words() -> None:
    def back(year: int) -> list[TextLine]:
        date = f"Ngày 15 tháng 12 năm {year}"
        words = ("NGÓN TRỎ TRÁI", "Đặc điểm nhận dạng:", "Tàn nhang: 2 má", date, "CỤC TRƯỞNG CỤC CẢNH SÁT")
        return [line(text, 100, 100 + 80 * n) for n, text in enumerate(words)]

    assert classify(back(2013)).document_type is DocumentType.NATIONAL_ID_12
    assert classify(back(2018)).document_type is DocumentType.CITIZEN_ID_BARCODE


def test_a_back_that_shows_little_but_its_zone_is_one_of_the_two_that_have_one() -> None:
    words = [line("Ngày, tháng, năm cấp", 300, 100), line("BỘ CÔNG AN", 300, 180)]
    codes = ("IDVNM1901234569001190123456<<0",)
    assert classify(words).document_type is DocumentType.UNKNOWN
    assert classify(words, codes=codes).document_type is DocumentType.CITIZEN_ID_2024


@pytest.mark.parametrize(
    ("title", "document_type"),
    [
        ("TRÍCH LỤC KHAI SINH (BẢN SAO)", DocumentType.BIRTH_EXTRACT),
        ("SỔ ĐĂNG KÝ TẠM TRÚ", DocumentType.TEMPORARY_RESIDENCE_BOOK),
    ],
)
def test_a_paper_with_no_official_wording_but_its_title_is_what_the_title_says(
    title: str, document_type: DocumentType
) -> None:
    rest = ("Tên gọi: Lê Văn Mẫu", "Ở nhà số 12 phố Mẫu")
    assert classify(lines_of(*rest)).document_type is DocumentType.UNKNOWN
    assert classify(lines_of(title, *rest)).document_type is document_type


@pytest.mark.parametrize(
    ("day", "document_type"),
    [("1/2/2018", DocumentType.BIRTH_CERTIFICATE), ("1/2/1985", DocumentType.BIRTH_CERTIFICATE_OLD)],
)
def test_the_years_on_a_paper_decide_between_types_of_one_title(day: str, document_type: DocumentType) -> None:
    texts = ("GIẤY KHAI SINH", "Tên gọi: Lê Văn Mẫu", f"Đăng ký ngày {day}")
    assert classify(lines_of(*texts)).document_type is document_type


def test_two_titles_of_different_papers_decide_nothing() -> None:
    texts = ("TRÍCH LỤC KHAI SINH", "SỔ ĐĂNG KÝ TẠM TRÚ", "Tên gọi: Lê Văn Mẫu")
    assert titled(texts) == frozenset()
    assert classify(lines_of(*texts)).document_type is DocumentType.UNKNOWN


def test_one_title_printed_twice_is_one_title() -> None:
    assert titled(("TRÍCH LỤC KHAI SINH", "BẢN SAO TRÍCH LỤC KHAI SINH")) == {DocumentType.BIRTH_EXTRACT}


@pytest.mark.parametrize(
    "text", ["trích lục khai sinh", "Trích lục khai sinh", "Kèm theo TRÍCH LỤC KHAI SINH số 12 của cháu Mẫu"]
)
def test_a_papers_name_in_prose_is_no_title(text: str) -> None:
    texts = ("Kính gửi ông Mẫu,", text, "Thân mến")
    assert titled(texts) == frozenset()
    assert classify(lines_of(*texts)).document_type is DocumentType.UNKNOWN


@pytest.mark.parametrize(
    ("text", "document_type"),
    [
        ("SỔ TẠM TRÚ (CẤP LẠI LẦN HAI)", DocumentType.TEMPORARY_RESIDENCE_BOOK),
        ("GIẤY CHỨNG SINH [MẪU 01]", DocumentType.BIRTH_NOTIFICATION),
    ],
)
def test_what_stands_in_brackets_is_no_part_of_a_title(text: str, document_type: DocumentType) -> None:
    assert titled((text,)) == {document_type}


CARDS = pytest.mark.parametrize(
    "texts",
    [
        ("Sinh ngày: 3-2-1971", "Nguyên quán: xã Vân Hà", "Dân tộc: Kinh", "Tôn giáo: Không", "Số CMND: 012345678"),
        ("Ngày sinh: 3-2-1971", "Giới tính: Nam", "Quốc tịch: Việt Nam", "Quê quán: xã Vân Hà",
         "Có giá trị đến: 1/2/2030"),
    ],
    ids=["old", "new"],
)  # fmt: skip


@CARDS
def test_what_asks_for_the_relationship_to_a_head_is_no_identity_card(texts: tuple[str, ...]) -> None:
    texts = ("Họ và tên: Lê Văn Mẫu", *texts, "Nơi thường trú: thôn Đông")
    assert classify(lines_of(*texts)).document_type in card_types()
    assert classify(lines_of("Quan hệ với chủ hộ: Con", *texts)).document_type not in card_types()


def test_a_relationship_written_after_its_label_is_of_no_card() -> None:
    texts = ("Họ, tên / Full name: Lê Văn Mẫu", "Ngày sinh / Date of birth: 3-2-1971", "Nam (nữ) / Sex: Nam",
             "Quê quán / Place of origin: xã Vân Hà", "Quốc tịch / Nationality: Việt Nam")  # fmt: skip
    assert classify(lines_of(*texts)).document_type in card_types()
    assert classify(lines_of("Quan hệ: Con", *texts)).document_type not in card_types()


def test_who_declares_a_birth_is_no_member_of_a_household() -> None:
    texts = ("Tên họ: Lê Văn Mẫu", "Nam (nữ): Nam", "D/tộc: Kinh", "Nguyên quán: xã Vân Hà", "Nghề nghiệp: Thợ may")
    asked = ("Số TT", "Quan hệ", *texts)
    assert classify(lines_of(*asked)).side == "members"
    assert classify(lines_of("Tên họ bố: Lê An", "Tên họ người đi khai sinh: Lê An", *asked)).side != "members"


def test_what_asks_for_the_relationship_to_a_head_is_a_members_leaf() -> None:
    texts = ("Quan hệ với chủ hộ: Con", "Họ và tên: Lê Văn Mẫu", "Sinh ngày: 3-2-1971", "Nguyên quán: xã Vân Hà",
             "Dân tộc: Kinh", "Tôn giáo: Không", "Số CMND: 012345678")  # fmt: skip
    kind = classify(lines_of(*texts))
    assert (kind.document_type, kind.side) == (DocumentType.HOUSEHOLD_BOOK, "members")


@pytest.mark.parametrize("texts", [("SỔ ĐĂNG K", "Ý KHAI SINH"), ("GIẤY CHỨNG NHẬN", "KẾT HÔN")])
def test_a_title_that_a_fold_or_a_line_break_parts_names_the_paper(texts: tuple[str, str]) -> None:
    assert len(titled(texts)) >= 1


def test_two_lines_are_no_title_where_one_alone_is() -> None:
    assert titled(("GIẤY KHAI SINH", "TRÍCH LỤC")) == titled(("GIẤY KHAI SINH",))


ACT = (
    "Số đăng ký: {n}", "Phần ghi về trẻ", "Họ tên đầy đủ:", "Trần Văn Mẫu", "Giới tính:", "Nam",
    "Sinh ngày:", "3/4/2001",
    "Nơi sinh:", "Trạm xá xã Mẫu", "Dân tộc:", "Kinh", "Cha", "Mẹ", "Họ tên đầy đủ", "Nơi thường trú",
    "Quan hệ với người được khai sinh:", "Cha", "Ngày đăng ký:", "9/4/2001",
)  # fmt: skip


def test_two_births_on_a_leaf_without_a_title_are_a_registers() -> None:
    one, two = ([text.format(n=n) for text in ACT] for n in (1, 2))
    assert classify(lines_of(*one, *two)).document_type is DocumentType.BIRTH_REGISTER_ENTRY
    assert not classify(lines_of(*one)).known


@pytest.mark.parametrize("named", ["Tên họ của mẹ", "Họ tên mẹ", "Họ, chữ đệm, tên người mẹ"])
def test_parents_named_twice_in_other_words_are_two_births(named: str) -> None:
    act = ("(2) Nam (nữ)", "(3) Ngày sinh", "(5) Nơi sinh ra", "(6) Dân tộc", f"(9) {named}", "(12) Tên họ của cha")
    asked = (*act, "(21) Tên họ người đi khai sinh", "(22) Quan hệ", "(23) Ngày đăng ký")
    assert classify(lines_of(*asked, *asked)).document_type is DocumentType.BIRTH_REGISTER_ENTRY


@pytest.mark.parametrize(("year", "kind"), [(2021, "birth_certificate"), (1994, "birth_certificate_old")])
def test_three_dates_tell_whose_forms_a_certificate_in_nobodys_words_is(year: int, kind: str) -> None:
    texts = ("GIẤY KHAI SINH", f"Số: 12/{year}", "Họ tên", "Trần Văn Mẫu", "Nam hay nữ", "Ngày sinh", f"1/2/{year}")
    rest = ("Nơi sinh ra", "Số tuổi của cha", "Số tuổi của mẹ", f"Hà Nội, ngày 3 tháng 4 năm {year}")
    assert classify(lines_of(*texts, *rest)).document_type.value == kind


def test_a_title_of_types_that_no_given_form_has_is_of_no_known_type() -> None:
    assert not classify(lines_of("GIẤY KHAI SINH", "Số: 12/2021"), [form("household_book", "1995")]).known
