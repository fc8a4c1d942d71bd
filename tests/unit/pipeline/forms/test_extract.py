"""Extraction: values by their labels, wherever on the paper they stand and however they are broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.domain.geometry import bounds, rectangle
from pipeline.domain.model import TextLine
from pipeline.domain.recognition import Character, Confidence, Reading
from pipeline.forms.cleaning import trim
from pipeline.forms.definition import FormDefinition, FormPage
from pipeline.forms.extract import extract
from pipeline.forms.fields import ExtractedRecord, Place, piece_text
from pipeline.forms.loading import form, load_forms
from pipeline.forms.sheet import Piece, Sheet
from tests.making.paper import PITCH, WIDE, Noise, Paper, leaf, line


def read(document_type: str, form_id: str, lines: list[TextLine], side: str = "front") -> dict[str, str]:
    (record,) = extract(form(document_type, form_id), [leaf(lines, side)])
    return {f.name: f.text for f in record.fields}


def rows(*texts: str | tuple[str, ...], x: int = 150) -> list[TextLine]:
    """A line for each text; several in one row for a tuple."""
    made = []
    for n, row in enumerate(texts):
        at = x
        for text in (row,) if isinstance(row, str) else row:
            made.append(line(text, at, 100 + n * PITCH))
            at += (len(text) + 12) * WIDE
    return made


def named(records: tuple[ExtractedRecord, ...], definition: FormDefinition) -> dict[str, str]:
    if definition.several_records:
        return {f"[{n}].{f.name}": f.text for n, r in enumerate(records) for f in r.fields}
    return {f.name: f.text for f in records[0].fields}


def wrong_on(definition: FormDefinition, page: FormPage, paper: Paper) -> list[tuple[str, ...]]:
    got = named(extract(definition, [leaf(paper.lines, page.side)]), definition)
    shared = {k.split("].", 1)[-1]: v for k, v in got.items() if k.startswith("[0].")}
    return [
        (definition.type, definition.form, name, value, got.get(name, shared.get(name, "<missing>")))
        for name, value in paper.truth.items()
        if got.get(name, shared.get(name)) != value
    ]


@pytest.mark.heavy
@pytest.mark.parametrize(
    "style",
    [
        {},
        {"joined": True, "dots": True},
        {"apart": True},
        {"noise": Noise(marks=0.5)},
    ],
    ids=[
        "one segment an item",
        "a row in one segment, on leaders",
        "label and value apart",
        "marks lost in labels",
    ],
)
def test_every_value_of_every_form_is_found(style: dict[str, Any]) -> None:
    wrong = []
    for n, definition in enumerate(load_forms()):
        for page in definition.pages:
            wrong += wrong_on(definition, page, Paper(seed=n, **style).write(page))
    assert wrong == []


@pytest.mark.heavy
def test_most_values_are_found_in_spite_of_wrong_letters_in_the_labels() -> None:
    wrong, total = 0, 0
    for n, definition in enumerate(load_forms()):
        for page in definition.pages:
            paper = Paper(seed=n, noise=Noise(marks=0.5, spaces=0.3, letters=0.08, seed=n)).write(page)
            wrong += len(wrong_on(definition, page, paper))
            total += len(paper.truth)
    assert wrong / total < 0.12


def test_a_found_label_without_writing_gives_an_empty_field() -> None:
    page = form("birth_certificate", "2016").page("front")
    paper = Paper(empty=frozenset({"personal_id", "father_full_name", "father_birth_year"})).write(page)
    (record,) = extract(form("birth_certificate", "2016"), [leaf(paper.lines)])
    for name in paper.empty:
        field = record.get(name)
        assert field is not None
        assert field.empty and field.verbatim == "" and field.pieces == ()


def test_a_field_whose_label_is_not_on_the_page_is_not_reported() -> None:
    got = read("birth_certificate", "2016", rows("Họ, chữ đệm, tên: Lê An", "Giới tính: Nam"))
    assert got == {"full_name": "Lê An", "sex": "Nam"}


def test_no_lines_and_unknown_sides_give_an_empty_record() -> None:
    for leaves in ([], [leaf([])], [leaf(rows("Giới tính: Nam"), "unknown")]):
        (record,) = extract(form("birth_certificate", "2016"), leaves)
        assert record.fields == () and record.label_share == 0.0


def test_three_times_the_same_label_goes_to_child_mother_and_father() -> None:
    got = read(
        "birth_certificate",
        "2016",
        rows(
            "Họ, chữ đệm, tên: Lê An",
            ("Giới tính: Nam", "Dân tộc: Kinh", "Quốc tịch: Việt Nam"),
            "Họ, chữ đệm, tên người mẹ: Lý Hoa",
            ("Năm sinh: 1990", "Dân tộc: Tày", "Quốc tịch: Lào"),
            "Họ, chữ đệm, tên người cha: Lê Bình",
            ("Năm sinh: 1988", "Dân tộc: Mường", "Quốc tịch: Pháp"),
        ),
    )
    assert (got["ethnicity"], got["mother_ethnicity"], got["father_ethnicity"]) == ("Kinh", "Tày", "Mường")
    assert got["father_nationality"] == "Pháp"


def test_father_and_mother_may_stand_in_the_other_order() -> None:
    got = read(
        "birth_certificate",
        "2016",
        rows(
            "Họ, chữ đệm, tên: Lê An",
            "Họ, chữ đệm, tên người cha: Lê Bình",
            ("Năm sinh: 1988", "Dân tộc: Mường"),
            "Nơi cư trú: Hà Đông",
            "Họ, chữ đệm, tên người mẹ: Lý Hoa",
            ("Năm sinh: 1990", "Dân tộc: Tày"),
            "Nơi cư trú: Ba Vì",
        ),
    )
    assert (got["mother_birth_year"], got["father_birth_year"]) == ("1990", "1988")
    assert (got["mother_residence"], got["father_residence"]) == ("Ba Vì", "Hà Đông")


def test_labels_of_one_row_may_stand_in_another_order() -> None:
    got = read(
        "birth_certificate",
        "2016",
        rows("Họ, chữ đệm, tên: Lê An", ("Quốc tịch: Lào", "Dân tộc: Tày", "Giới tính: Nữ"), "Nơi sinh: Hà Nội"),
    )
    assert (got["sex"], got["ethnicity"], got["nationality"]) == ("Nữ", "Tày", "Lào")


def test_a_label_of_another_form_ends_a_value() -> None:
    got = read("birth_certificate", "2016", rows("Họ, chữ đệm, tên: Lê An", "Dân tộc: Kinh   Tôn giáo: Không"))
    assert got["ethnicity"] == "Kinh"


def test_a_value_that_begins_with_what_is_a_label_elsewhere_stays_whole() -> None:
    got = read("birth_certificate", "2016", rows("Giấy tờ tùy thân: CMND số: 012345678, nơi cấp Hà Nội"))
    assert got["declarant_document"] == "CMND số: 012345678, nơi cấp Hà Nội"


def test_a_value_goes_on_in_the_next_row_but_not_in_the_one_after_a_gap() -> None:
    lines = rows("Nơi sinh: Bệnh viện Phụ sản Hà Nội,", "phường Ngọc Khánh, Ba Đình")
    assert read("birth_certificate", "2016", lines)["place_of_birth"].endswith("Hà Nội, phường Ngọc Khánh, Ba Đình")
    far = [lines[0], line("một dòng xa", 150, 900)]
    assert read("birth_certificate", "2016", far)["place_of_birth"] == "Bệnh viện Phụ sản Hà Nội"


def test_on_a_card_the_value_stands_under_its_label() -> None:
    lines = rows("Họ và tên / Full name:", "NGUYỄN THỊ MẪU", "Ngày sinh / Date of birth: 15/01/1990")
    got = read("citizen_id_chip", "2021", lines)
    assert (got["full_name"], got["date_of_birth"]) == ("NGUYỄN THỊ MẪU", "15/01/1990")


def test_what_stands_under_the_photograph_does_not_cut_the_address() -> None:
    lines = [
        line("Nơi thường trú / Place of residence: Số 1", 500, 500, wide=10),
        line("Có giá trị đến / Date of expiry:", 60, 530, wide=10),
        line("Phố Mẫu, Phúc Xá, Ba Đình, Hà Nội", 500, 570, wide=10),
        line("15/01/2030", 60, 574, wide=10),
    ]
    got = read("citizen_id_chip", "2021", lines)
    assert got["place_of_residence"] == "Số 1 Phố Mẫu, Phúc Xá, Ba Đình, Hà Nội"
    assert got["date_of_expiry"] == "15/01/2030"


def test_a_number_whose_label_was_lost_is_known_by_its_digits() -> None:
    (record,) = extract(
        form("citizen_id_chip", "2021"),
        [leaf(rows("CĂN CƯỚC CÔNG DÂN", "s: 001190123456", "Họ và tên / Full name: LÊ AN"))],
    )
    field = record.get("personal_id")
    assert field is not None
    assert (field.verbatim, field.notes, field.label) == ("001190123456", ("unlabelled",), "")


def test_the_number_of_a_house_is_no_label_of_the_cards_number() -> None:
    front = rows("CHỨNG MINH NHÂN DÂN", "s8. 024062684513", "Họ và tên khai sinh: LÊ TÂM")
    front += [line("Nơi thường trú:", 150, 500), line("Số 53, ngách 27/13, Hàng Mã, Tây Hồ", 150, 560)]
    got = read("national_id_12", "2012", front)
    assert (got["personal_id"], got["place_of_residence"]) == ("024062684513", "Số 53, ngách 27/13, Hàng Mã, Tây Hồ")


def test_dates_between_printed_prompts_keep_them() -> None:
    got = read(
        "birth_extract",
        "2016",
        rows("Đăng ký khai sinh tại: UBND xã A", ("Số 12/2019", "ngày 05 tháng 02 năm 2019")),
    )
    assert got["date_of_registration"] == "ngày 05 tháng 02 năm 2019"
    assert got["registration_number"] == "12/2019"


def test_the_label_of_a_date_is_not_taken_for_prompts() -> None:
    got = read("national_id_12", "2012", rows("Ngày, tháng, năm sinh: 01/02/1970"), "back")
    assert "date_of_issue" not in got


def test_a_label_broken_over_two_rows_is_one_label() -> None:
    lines = rows(
        "Giấy tờ tùy thân: CCCD 001",
        "Họ, chữ đệm, tên, chức vụ người ký Giấy khai sinh/Trích lục",
        "ghi vào sổ hộ tịch việc khai sinh: Lê Văn Bình, Chủ tịch",
    )
    assert read("birth_register_entry", "2016", lines, "page")["registrar_full_name"] == "Lê Văn Bình"


def test_the_signer_is_the_name_under_the_caption_not_the_office() -> None:
    lines = [
        line("Nơi đăng ký khai sinh: UBND xã A", 150, 1000),
        line("NGƯỜI KÝ GIẤY KHAI SINH", 1300, 1100),
        line("(Ký, ghi rõ họ, chữ đệm, tên, chức vụ và đóng dấu)", 1200, 1160),
        line("CHỦ TỊCH", 1450, 1230),
        line("Phạm Văn Nghĩa", 1400, 1500),
    ]
    assert read("birth_certificate", "2016", lines)["registrar_full_name"] == "Phạm Văn Nghĩa"


@pytest.mark.parametrize("read_as", ["CHỨNG THỤC BẢN SAO", "ĐÔNG VOI BAN CHƯN", "Đung Với Bản Chính"])
def test_a_stamp_that_certifies_a_copy_is_no_signer(read_as: str) -> None:
    lines = [
        line("Nơi đăng ký khai sinh: UBND xã A", 150, 1000),
        line("NGƯỜI KÝ GIẤY KHAI SINH", 1300, 1100),
        line("CHỦ TỊCH", 1450, 1230),
        line("Phạm Văn Nghĩa", 1400, 1500),
        line(read_as, 1400, 1600),
    ]
    assert read("birth_certificate", "2016", lines)["registrar_full_name"] == "Phạm Văn Nghĩa"


def test_two_persons_blocks_in_one_segment_are_cut_apart() -> None:
    lines = [
        line("Họ, chữ đệm, tên vợ: Lý Hoa", 150, 300),
        line("Họ, chữ đệm, tên chồng: Lê An", 1300, 300),
        line("Nơi cư trú: số 3 ngõ 17 Ngọc Khánh, Hà   Nơi cư trú: tổ 16 Cống Vị, Hà Nội", 150, 376),
        line("Nội", 150, 452),
    ]
    lines[2] = line("Nơi cư trú: số 3 ngõ 17 Ngọc Khánh, Ba Đình, Hà Đông Nơi cư trú: tổ 16 Cống Vị, Hà Nội", 150, 376)
    got = read("marriage_certificate", "2016", lines)
    assert got["wife_residence"] == "số 3 ngõ 17 Ngọc Khánh, Ba Đình, Hà Đông Nội"
    assert got["husband_residence"] == "tổ 16 Cống Vị, Hà Nội"


def test_the_columns_of_a_persons_table_go_by_their_headers() -> None:
    page = form("birth_certificate_old", "1976").page("front")
    section = next(s for s in page.sections if s.kind == "persons")
    swapped = replace(section, columns=tuple(reversed(section.columns)))
    sections = tuple(swapped if s is section else s for s in page.sections)
    paper = Paper(seed=5).write(replace(page, sections=sections))
    assert wrong_on(form("birth_certificate_old", "1976"), page, paper) == []


def test_a_run_through_both_columns_of_a_persons_table_is_parted() -> None:
    lines = [
        line("NGƯỜI MẸ", 800, 100),
        line("NGƯỜI CHA", 1700, 100),
        line("Họ và tên", 150, 176),
        line("Nguyễn Thị Hoa                     Trần Văn Bình", 750, 176),
    ]
    got = read("birth_certificate_old", "1976", lines)
    assert (got["mother_full_name"], got["father_full_name"]) == ("Nguyễn Thị Hoa", "Trần Văn Bình")


def act(name: str, y: float, x: float = 150) -> list[TextLine]:
    texts = [
        "Họ, chữ đệm, tên: " + name,
        "Giới tính: Nam",
        "Quê quán: Ba Vì",
        "Họ, chữ đệm, tên mẹ: Mẹ Của " + name,
        "Họ, chữ đệm, tên người đi khai sinh: Khai Cho " + name,
        "Giấy tờ tùy thân: CMND 1",
    ]
    return [line(t, x, y + n * PITCH, wide=16) for n, t in enumerate(texts)]


@pytest.mark.parametrize("place", [(150, 900), (1500, 100)], ids=["one above the other", "side by side"])
def test_two_acts_on_a_register_page_are_two_records(place: tuple[int, int]) -> None:
    lines = [*act("Lê An", 100), *act("Lý Bình", place[1], place[0])]
    records = extract(form("birth_register_entry", "2016"), [leaf(lines, "page")])
    assert [named((r,), form("birth_certificate", "2016"))["full_name"] for r in records] == ["Lê An", "Lý Bình"]
    assert [named((r,), form("birth_certificate", "2016"))["mother_full_name"] for r in records] == [
        "Mẹ Của Lê An",
        "Mẹ Của Lý Bình",
    ]


def test_each_page_of_a_register_is_a_record_that_knows_its_cover() -> None:
    cover = rows("SỔ ĐĂNG KÝ KHAI SINH", "Cơ quan đăng ký hộ tịch: UBND xã A", "Quyển số: 01/2017")
    leaves = [leaf(cover, "cover"), leaf(act("Lê An", 100), "page", 2), leaf(act("Lý Bình", 100), "page", 3)]
    records = extract(form("birth_register_entry", "2016"), leaves)
    names, places = ([r.get(field) for r in records] for field in ("full_name", "place_of_registration"))
    assert [name and name.page for name in names] == [2, 3]
    assert {place and place.verbatim for place in places} == {"UBND xã A"}


def test_struck_out_writing_gives_way_to_what_stands_below_it() -> None:
    lines = [
        line("Nơi sinh:", 150, 100),
        line("Bệnh viện Bạch Mai", 450, 100, struck=True),
        line("Bệnh viện Phụ sản", 450, 176),
        line("Quê quán: Ba Vì", 150, 252),
    ]
    (record,) = extract(form("birth_certificate", "2016"), [leaf(lines)])
    field = record.get("place_of_birth")
    assert field is not None
    assert field.verbatim == "Bệnh viện Phụ sản"
    assert field.alternatives == ("Bệnh viện Bạch Mai",)
    assert "struck_out" in field.notes


def test_ink_that_was_not_read_is_not_an_empty_field() -> None:
    blank = replace(line("x" * 8, 500, 100), readings=(line("", 500, 100).readings[0],))
    lines = [line("Giới tính:", 150, 100), blank]
    (record,) = extract(form("birth_certificate", "2016"), [leaf(lines)])
    field = record.get("sex")
    assert field is not None
    assert field.verbatim == "" and not field.empty and field.notes == ("unread",)


def test_the_box_of_a_value_is_around_its_characters() -> None:
    lines = rows("Giới tính: Nam")
    (record,) = extract(form("birth_certificate", "2016"), [leaf(lines)])
    field = record.get("sex")
    assert field is not None
    assert bounds(field.box) == pytest.approx((150 + 11 * WIDE, 100, 150 + 14 * WIDE, 144))


def test_pieces_lead_to_what_another_reader_saw_there() -> None:
    one = line("Giới tính: Nữ", 150, 100)
    text = "Giới tính : Nam"
    step = 13 * WIDE / len(text)
    other = Reading(
        text=text,
        characters=tuple(
            Character(text=c, probability=0.5, start=i * step, end=(i + 1) * step) for i, c in enumerate(text)
        ),
        confidence=Confidence(raw=0.5, scale="test"),
        reader="other",
    )
    two = replace(one, readings=(*one.readings, other))
    (record,) = extract(form("birth_certificate", "2016"), [leaf([two])])
    field = record.get("sex")
    assert field is not None
    assert piece_text(two, field.pieces[0], other) == "Nam"
    assert piece_text(two, field.pieces[0], two.readings[0]) == "Nữ"


def test_the_end_of_a_label_that_wraps_is_no_part_of_the_value() -> None:
    lines = rows("Họ và tên / Full name: LÊ AN", "Có giá trị đến / Date of", "expiry: 22/07/2029")
    assert read("citizen_id_chip", "2021", lines)["date_of_expiry"] == "22/07/2029"


def test_a_date_under_the_photograph_is_known_though_its_label_was_lost() -> None:
    lines = [
        line("Họ và tên / Full name: LÊ AN", 500, 300),
        line("Ngày sinh / Date of birth: 22/07/1989", 500, 376),
        line("C. gi", 60, 600),
        line("22/07/2029", 60, 680),
    ]
    assert read("citizen_id_chip", "2021", lines)["date_of_expiry"] == "22/07/2029"


def test_the_first_word_of_a_label_stands_for_it_when_the_rest_is_lost() -> None:
    lines = [
        line("Họ và tên: LÝ HOA", 150, 100),
        line("Ngày, tháng, năm sinh: 23/05/1971", 150, 176),
        line("Giới", 1300, 176),
        line("Nữ", 1500, 176),
        line("Quê quán: Ba Vì", 150, 252),
    ]
    (record,) = extract(form("household_book", "2014"), [leaf(lines, "members")])
    assert {f.name: f.text for f in record.fields}["members[0].sex"] == "Nữ"


def test_a_value_that_had_no_room_stands_right_under_its_label() -> None:
    lines = rows("Số định danh cá nhân/Hộ chiếu:", "030303864599", "Mã số BHXH: 0823353957")
    assert read("birth_notification", "2025", lines)["mother_personal_id"] == "030303864599"


def test_an_unknown_label_below_an_empty_one_is_not_its_value() -> None:
    lines = rows("Giới tính:", "Nhóm máu: O", "Quê quán: Ba Vì")
    assert read("birth_certificate", "2016", lines)["sex"] == ""


def test_twelve_digits_in_the_place_of_the_old_number_are_the_personal_number() -> None:
    lines = rows("Quan hệ với chủ hộ: Con", "Họ và tên: LÊ AN", "CMND số: 001190123456", "Nghề nghiệp, nơi làm việc: A")
    (record,) = extract(form("household_book", "2014"), [leaf(lines, "members")])
    assert record.get("members[0].old_national_id") is None
    assert {f.name: f.text for f in record.fields}["members[0].personal_id"] == "001190123456"


@pytest.mark.parametrize("label", ["36:", "s8:", "S6 :"])
def test_a_worn_number_label_is_known_by_what_follows(label: str) -> None:
    got = read("temporary_residence_book", "2014", rows("SỔ TẠM TRÚ", f"{label} 224780524", "Chỗ ở: Ba Vì"), "owner")
    assert got["household_number"] == "224780524"


@pytest.mark.parametrize("scrap", ["Û", "VY2", "44/", "TvY"])
def test_what_is_left_of_a_stamp_far_from_a_label_is_not_its_value(scrap: str) -> None:
    lines = rows("Quan hệ với chủ hộ: Vợ", "Họ và tên: Lý Thị Hoa", "Lý do xóa đăng ký tạm trú:")
    got = read("temporary_residence_book", "2014", [*lines, line(scrap, 1500, lines[-1].box[0][1] + 10)], "members")
    assert got["members[0].removed"] == ""


def test_a_short_word_far_from_its_label_is_its_value() -> None:
    lines = rows("Quan hệ với chủ hộ:", "Họ và tên: Lý Thị Hoa", "Quê quán: Ba Vì")
    got = read("temporary_residence_book", "2014", [*lines, line("Vợ", 1000, lines[0].box[0][1])], "members")
    assert got["members[0].relationship_to_head"] == "Vợ"


@pytest.mark.parametrize("rest", ["Q tịch:", "tịch:"])
def test_the_last_word_of_a_label_and_its_colon_end_the_value_before_it(rest: str) -> None:
    lines = rows("Quan hệ với chủ hộ: Vợ", "Họ và tên: Lý Thị Hoa", f"Dân tộc: Kinh  Tôn giáo: Không  {rest} Việt Nam")
    got = read("temporary_residence_book", "2014", lines, "members")
    assert (got["members[0].religion"], got["members[0].nationality"]) == ("Không", "Việt Nam")


def test_a_label_of_one_letter_is_found_at_the_head_of_a_later_run_of_its_row() -> None:
    father = (("Con ông Lê Văn An", "tuổi 27"), ("làm nghề Thợ may", "ở thôn 6, Gia Lâm, Hà Nội"))
    mother = (("Và bà Lý Thị Mai", "tuổi 25"), ("làm nghề Bộ đội", "ở phố Huế, Hà Nội"))
    lines = rows("CHỨNG THƯ KHAI SINH", "Đặt tên là Lê Thị Hoa", *father, *mother)
    got = read("birth_register_entry", "1961", lines, "page")
    assert (got["father_occupation"], got["father_residence"]) == ("Thợ may", "thôn 6, Gia Lâm, Hà Nội")
    assert (got["mother_occupation"], got["mother_residence"]) == ("Bộ đội", "phố Huế, Hà Nội")


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        ("Tổ 7 - Quan Hoa -", "Cầu Giấy", "Tổ 7 - Quan Hoa - Cầu Giấy"),
        ("Tổ 7-Quan Hoa-", "Cầu Giấy", "Tổ 7-Quan Hoa-Cầu Giấy"),
        ("Tổ 7 - Quan Hoa", "- Cầu Giấy", "Tổ 7 - Quan Hoa - Cầu Giấy"),
        ("Tổ 7, Quan Hoa,", "Cầu Giấy ---", "Tổ 7, Quan Hoa, Cầu Giấy"),
    ],
)
def test_a_dash_where_a_value_goes_on_in_the_next_line_is_kept(first: str, second: str, value: str) -> None:
    sheet = Sheet(leaf([line(first, 100, 100), line(second, 100, 180)]).lines)
    place = Place(sheet=sheet, leaf=0, page=1, part=1)
    pieces = [trim(sheet, Piece(line=n, start=0, end=len(text))) for n, text in enumerate(sheet.texts)]
    found = place.field("residence", "address", [p for p in pieces if p], label="", where=rectangle(0, 0, 1, 1))
    assert found.verbatim == value


def test_a_label_that_lost_its_end_is_no_part_of_the_value_above_it() -> None:
    lines = rows(
        "Họ, chữ đệm, tên người cha: LÊ VĂN MẪU",
        "Năm sinh: 1980 Dân tộc: Kinh Quốc tịch: Việt Nam",
        "Nơi cư trú: Xóm 1, xã Thụy Dân, huyện Thái Thụy,",
        "tỉnh Thái Bình",
        "Họ, chữ đệm, tên người",
    )
    assert read("birth_certificate", "2016", lines)["father_residence"].endswith("tỉnh Thái Bình")


@pytest.mark.parametrize(("read", "grammar", "value"), [("Ở", "address", "Xóm 1"), ("Y", "name", "Y Xóm 1")])
def test_a_ring_before_the_leaders_is_no_part_of_the_value(read: str, grammar: str, value: str) -> None:
    place = Place(sheet=Sheet((line(f"{read} .... Xóm 1", 100, 100),)), leaf=0, page=1, part=1)
    pieces = [Piece(line=0, start=0, end=1), Piece(line=0, start=7, end=12)]
    field = place.field("residence", grammar, pieces, label="Nơi ở:", where=rectangle(0, 0, 1, 1))
    assert field.verbatim == value


@pytest.mark.parametrize(("read_as", "value"), [("Nỵ", ""), ("3 LVNO", ""), ("Chết", "Chết"), ("Đi học", "Đi học")])
def test_a_trace_where_a_reason_stands_is_none(read_as: str, value: str) -> None:
    lines = rows("Quan hệ với chủ hộ: Vợ", "Họ và tên: Lý Thị Hoa", f"Lý do xóa đăng ký tạm trú: {read_as}")
    assert read("temporary_residence_book", "2014", lines, "members")["members[0].removed"] == value
