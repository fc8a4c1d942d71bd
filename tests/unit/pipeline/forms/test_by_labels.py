"""Papers of layouts that no definition describes: values by what their labels mean. All people are invented."""

from __future__ import annotations

import pytest

from pipeline.domain.model import DocumentType
from pipeline.forms.by_labels.labels import hits_of, page_labels
from pipeline.forms.by_labels.meaning import meanings_in
from pipeline.forms.by_labels.wording import vocabulary
from pipeline.forms.sheet import Sheet
from tests.making.labelled import BOOK, CERTIFICATE, EXTRACT, LEDGER, labels_in, members, read, rows, told
from tests.making.paper import PITCH, leaf, line


def test_labels_are_found_in_any_order_and_in_short_forms() -> None:
    fields = told(
        read(
            CERTIFICATE,
            rows(
                "Q.tịch: Việt Nam",
                "Nguyên quán: xã Vân Hà, Đông Anh, Hà Nội",
                "Phái: Nữ",
                "Tên họ: Trần Thị Mẫu",
                "Sinh ngày tháng năm: 3-2-1971",
            ),
        ).fields
    )
    assert fields["full_name"] == "Trần Thị Mẫu"
    assert fields["sex"] == "Nữ"
    assert fields["date_of_birth"] == "3-2-1971"
    assert fields["nationality"] == "Việt Nam"
    assert fields["place_of_origin"] == "xã Vân Hà, Đông Anh, Hà Nội"


def test_what_follows_a_persons_name_is_said_of_the_person() -> None:
    fields = told(
        read(
            CERTIFICATE,
            rows(
                "Họ tên: Lê Văn Mẫu",
                "Dân tộc: Kinh",
                "Họ tên người mẹ: Hoàng Thị Thử",
                "Năm sinh: 1950",
                "Dân tộc: Tày",
                "Họ tên bố: Lê Văn Giả",
                "Năm sinh: 1948",
                "Người đứng khai: Lê Văn Giả",
                "Số CMND: 012345678",
            ),
        ).fields
    )
    assert (fields["ethnicity"], fields["mother_ethnicity"]) == ("Kinh", "Tày")
    assert (fields["mother_birth_year"], fields["father_birth_year"]) == ("1950", "1948")
    assert fields["declarant_full_name"] == "Lê Văn Giả"
    assert fields["declarant_document"] == "012345678"


def test_two_persons_side_by_side_keep_their_own_values_whoever_stands_left() -> None:
    fields = told(
        read(
            CERTIFICATE,
            rows(
                "Họ và tên: Lê Văn Mẫu",
                (("NGƯỜI MẸ", 300), ("NGƯỜI CHA", 1300)),
                (("Họ và tên: Hoàng Thị Thử", 150), ("Họ và tên: Lê Văn Giả", 1150)),
                (("Năm sinh: 1950", 150), ("Năm sinh: 1948", 1150)),
                (("Nơi thường trú: thôn Đông,", 150), ("Nơi thường trú: thôn Tây,", 1150)),
                (("xã Vân Hà", 150), ("xã Cổ Loa", 1150)),
                "Họ tên người khai: Lê Văn Giả",
            ),
        ).fields
    )
    assert fields["mother_full_name"] == "Hoàng Thị Thử"
    assert fields["father_full_name"] == "Lê Văn Giả"
    assert (fields["mother_birth_year"], fields["father_birth_year"]) == ("1950", "1948")
    assert fields["mother_residence"] == "thôn Đông, xã Vân Hà"
    assert fields["father_residence"] == "thôn Tây, xã Cổ Loa"


def test_two_persons_parts_beside_each_other_are_two_though_their_rows_do_not_meet() -> None:
    left = [
        ("NGƯỜI CHA", 350, 0),
        ("Tên họ: Lê Văn Giả", 150, 80),
        ("Năm sinh: 1945", 150, 160),
        ("Dân tộc: Kinh", 150, 240),
    ]
    right = [("NGƯỜI MẸ", 1350, 70), ("Tên họ: Nguyễn Thị", 1150, 190), ("Thử", 1300, 250),
             ("Năm sinh: 1943", 1150, 330), ("Dân tộc: Tày", 1150, 410)]  # fmt: skip
    head = line("Họ và tên: Lê Văn Mẫu          Nơi sinh: Trạm xá xã Vân Hà, huyện Đông Anh", 150, 100)
    foot = line("Họ tên người khai: Lê Văn Giả", 150, 750)
    fields = told(read(CERTIFICATE, [head, *(line(t, x, 250 + y) for t, x, y in left + right), foot]).fields)
    assert (fields["father_full_name"], fields["mother_full_name"]) == ("Lê Văn Giả", "Nguyễn Thị Thử")
    assert (fields["father_birth_year"], fields["mother_birth_year"]) == ("1945", "1943")
    assert (fields["father_ethnicity"], fields["mother_ethnicity"]) == ("Kinh", "Tày")
    assert fields["full_name"] == "Lê Văn Mẫu"


def test_whose_column_it_is_is_known_though_one_of_two_headings_cannot_be_read() -> None:
    fields = told(
        read(
            CERTIFICATE,
            rows(
                "Họ và tên: Lê Văn Mẫu",
                (("NGƯỜI MẸ", 300), ("NGI CHN", 1300)),
                (("Họ và tên", 150), ("Họ và tên", 1150)),
                (("Hoàng Thị Thử", 150), ("Lê Văn Giả", 1150)),
                (("Quốc tịch", 150), ("Quốc tịch", 1150)),
                (("Việt Nam", 150), ("Lào", 1150)),
                (("Nghề nghiệp", 150), ("Nghề nghiệp", 1150)),
                (("Công nhân", 150), ("Thợ may", 1150)),
            ),
        ).fields
    )
    assert (fields["mother_full_name"], fields["father_full_name"]) == ("Hoàng Thị Thử", "Lê Văn Giả")
    assert (fields["mother_nationality"], fields["father_nationality"]) == ("Việt Nam", "Lào")
    assert (fields["mother_occupation"], fields["father_occupation"]) == ("Công nhân", "Thợ may")


def test_values_under_their_labels_are_found_where_nothing_stands_beside_them() -> None:
    fields = told(
        read(
            CERTIFICATE,
            rows(
                "Họ và tên",
                "Trần Thị Mẫu",
                "Nơi sinh",
                "Trạm xá xã Vân Hà",
                (("Dân tộc", 150), ("Quốc tịch", 900)),
                (("Kinh", 150), ("Việt Nam", 900)),
            ),
        ).fields
    )
    assert fields["full_name"] == "Trần Thị Mẫu"
    assert fields["place_of_birth"] == "Trạm xá xã Vân Hà"
    assert (fields["ethnicity"], fields["nationality"]) == ("Kinh", "Việt Nam")


def test_a_ledgers_columns_are_known_by_their_words_and_a_mark_says_the_sex() -> None:
    header = ("Số", "Họ tên trẻ", "Nam", "Nữ", "Sinh ngày", "Họ và tên mẹ, năm sinh", "Họ tên bố")
    body = (
        ("12", "Lê Văn Mẫu", "x", "", "3-2-1971", "Hoàng Thị Thử, 1950", "Lê Văn Giả"),
        ("13", "Trần Thị Mẫu", "", "x", "5-2-1971", "Vũ Thị Giả, 1949", "Trần Văn Thử"),
    )
    xs = (100, 250, 700, 850, 1000, 1400, 2000)
    lines = [
        line(text, x, 100 + 80 * n, wide=14, row=n, cell=(0, n, column))
        for n, row in enumerate((header, *body))
        for column, (text, x) in enumerate(zip(row, xs, strict=True))
        if text
    ]
    first, second = [told(entry) for entry in read(LEDGER, lines).entries]
    assert (first["document_number"], second["document_number"]) == ("12", "13")
    assert (first["sex"], second["sex"]) == ("Nam", "Nữ")
    assert (first["mother_full_name"], first["mother_birth_year"]) == ("Hoàng Thị Thử", "1950")
    assert (second["full_name"], second["father_full_name"]) == ("Trần Thị Mẫu", "Trần Văn Thử")


def test_a_ledgers_first_column_that_counts_holds_the_numbers_though_its_word_was_not_read() -> None:
    rows_of = [("5ố", "Họ tên trẻ", "Nơi sinh", "Dân tộc", "Họ tên mẹ", "Họ tên cha")]
    rows_of += [(str(n), "Lê Văn Mẫu", "Hà Nội", "Kinh", "Hoàng Thị Thử", "Lê Văn Giả") for n in (41, 42, 43, 44)]
    lines = [
        line(text, 100 + 500 * column, 100 + 80 * n, wide=14, row=n, cell=(0, n, column))
        for n, row in enumerate(rows_of)
        for column, text in enumerate(row)
    ]
    assert [told(e)["document_number"] for e in read(LEDGER, lines).entries] == ["41", "42", "43", "44"]


def test_a_headers_words_that_wrap_over_three_rows_are_no_entry() -> None:
    header = (("TT",), ("Họ và tên",), ("Ngày,", "tháng", "năm sinh"), ("Quan", "hệ với", "chủ hộ"), ("Dân", "tộc"))
    lines = [
        line(text, 100 + 450 * column, 100 + 70 * n, wide=14, row=n, cell=(0, 0, column))
        for column, words in enumerate(header)
        for n, text in enumerate(words)
    ]
    for n, name in enumerate(("Lê Văn Mẫu", "Lê Thị Thử"), 1):
        values = (str(n), name, "3-2-1971", "Con", "Kinh")
        lines += [
            line(text, 100 + 450 * column, 300 + 100 * n, wide=14, row=9 + n, cell=(0, n, column))
            for column, text in enumerate(values)
        ]
    found = [told(m) for m in read((DocumentType.HOUSEHOLD_BOOK, "1995", "members"), lines).members]
    assert [m["members[].full_name"] for m in found] == ["Lê Văn Mẫu", "Lê Thị Thử"]


def test_a_table_with_a_column_for_each_person_is_no_table_of_entries() -> None:
    rows_of = [
        ("", "Người cha", "Người mẹ"),
        ("Họ và tên", "LÊ VĂN GIẢ", "HOÀNG THỊ THỬ"),
        ("Năm sinh", "1948", "1950"),
        ("Dân tộc", "Kinh", "Tày"),
        ("Quốc tịch", "Việt Nam", "Việt Nam"),
    ]
    lines = [
        line(text, 100 + 600 * column, 100 + 80 * n, wide=14, row=n, cell=(0, n, column))
        for n, row in enumerate(rows_of)
        for column, text in enumerate(row)
        if text
    ]
    fields = told(read(CERTIFICATE, lines).fields)
    assert (fields["father_full_name"], fields["mother_full_name"]) == ("LÊ VĂN GIẢ", "HOÀNG THỊ THỬ")
    assert (fields["father_ethnicity"], fields["mother_ethnicity"]) == ("Kinh", "Tày")


def test_the_number_before_a_label_is_the_labels() -> None:
    fields = told(read(CERTIFICATE, rows("1. Họ tên: Lê Văn Mẫu", "2. Dân tộc:", "3. Quốc tịch: Việt Nam")).fields)
    assert "ethnicity" not in fields
    assert fields["nationality"] == "Việt Nam"


def test_words_that_go_on_with_a_label_are_no_value() -> None:
    fields = told(read(CERTIFICATE, rows("Nơi thường trú / tạm trú: thôn Đông", "Dân tộc (theo giấy): Kinh")).fields)
    assert fields["ethnicity"] == "Kinh"


def test_a_mark_in_a_ledgers_number_column_repeats_no_number() -> None:
    rows_of = (("Số TT", "Họ tên trẻ", "Nơi sinh", "Họ tên mẹ", "Họ tên cha"),
               ("12", "Lê Văn Mẫu", "Hà Nội", "Hoàng Thị Thử", "Lê Văn Giả"),
               ('"', "Lê Thị Mẫu", '"', "Hoàng Thị Thử", "Lê Văn Giả"))  # fmt: skip
    lines = [
        line(text, 100 + 500 * column, 100 + 80 * n, wide=14, row=n, cell=(0, n, column))
        for n, row in enumerate(rows_of)
        for column, text in enumerate(row)
    ]
    second = {f.name: f for f in read(LEDGER, lines).entries[1]}
    assert second["document_number"].text == ""
    assert second["place_of_birth"].text == "Hà Nội"


def member(name: str, relation: str, x: int) -> list[tuple[str, int]]:
    return [
        (f"Quan hệ: {relation}", x),
        (f"Họ tên: {name}", x),
        ("Sinh ngày: 3-2-1971", x),
        ("Dân tộc: Kinh", x),
        ("Quê quán: xã Vân Hà", x),
    ]


def test_each_half_of_a_spread_is_a_member_of_its_own() -> None:
    left, right = member("Lê Văn Mẫu", "Chồng", 100), member("Lê Thị Thử", "Con", 1400)
    lines = [line(text, x, 100 + n * PITCH) for side in (left, right) for n, (text, x) in enumerate(side)]
    found = members(lines)
    assert [m["full_name"] for m in found] == ["Lê Văn Mẫu", "Lê Thị Thử"]
    assert [m["relationship_to_head"] for m in found] == ["Chồng", "Con"]


def test_the_right_half_of_a_spread_goes_on_with_the_member_of_the_left_one() -> None:
    left = member("Lê Văn Mẫu", "Chồng", 100)
    right = [("Giấy CMND số: 012345678", 2400), ("Nghề nghiệp: Thợ điện", 2400), ("Chuyển đến ngày: 1/2/1999", 2400)]
    lines = [line(text, x, 100 + n * PITCH) for side in (left, right) for n, (text, x) in enumerate(side)]
    (only,) = [told(m) for m in read(BOOK, lines).members]
    assert only["members[].full_name"] == "Lê Văn Mẫu"
    assert only["members[].old_national_id"] == "012345678"
    assert only["members[].occupation"] == "Thợ điện"
    assert only["members[].moved_in_date"] == "1/2/1999"


def test_a_misread_label_in_its_middle_begins_no_other_member() -> None:
    texts = [text for text, _ in member("Lê Văn Mẫu", "Chồng", 100)]
    more = ["CNIND số: 012345678", "Nghề nghiệp: Thợ điện"]
    again = [text for text, _ in member("Lê Thị Thử", "Con", 100)]
    first, second = [told(m) for m in read(BOOK, rows(*texts, *more, *again)).members]
    assert (first["members[].full_name"], first["members[].occupation"]) == ("Lê Văn Mẫu", "Thợ điện")
    assert second["members[].full_name"] == "Lê Thị Thử"


def test_two_columns_of_labels_on_one_page_are_read_row_by_row() -> None:
    lines = rows(
        (("Họ tên: Lê Văn Mẫu", 150), ("Quan hệ: Chồng", 1150)),
        (("Sinh ngày: 3/2/1971", 150), ("Dân tộc: Kinh", 1150)),
        (("Quê quán: xã Vân Hà", 150), ("Nghề nghiệp: Thợ điện", 1150)),
        (("Họ tên: Lê Thị Thử", 150), ("Quan hệ: Con", 1150)),
        (("Sinh ngày: 7/5/1991", 150), ("Dân tộc: Tày", 1150)),
        (("Quê quán: xã Cổ Loa", 150), ("Nghề nghiệp: Giáo viên", 1150)),
    )
    first, second = members(lines)
    assert (first["full_name"], first["relationship_to_head"], first["ethnicity"]) == ("Lê Văn Mẫu", "Chồng", "Kinh")
    assert (second["full_name"], second["relationship_to_head"], second["ethnicity"]) == ("Lê Thị Thử", "Con", "Tày")


def test_members_one_below_another_over_two_wide_columns_keep_what_stands_on_the_right() -> None:
    people = (("Lê Văn Mẫu", "Chồng", "3/2/1971", "Kinh"), ("Lê Thị Thử", "Con", "7/5/1991", "Tày"))
    lines = rows(
        *(
            row
            for name, relation, born, group in people
            for row in (
                f"Họ tên: {name}",
                ((f"Quan hệ: {relation}", 150), (f"Sinh ngày: {born}", 1900)),
                (("Quê quán: xã Vân Hà", 150), (f"Dân tộc: {group}", 1900)),
            )
        )
    )
    first, second = members(lines)
    assert (first["full_name"], first["date_of_birth"], first["ethnicity"]) == ("Lê Văn Mẫu", "3/2/1971", "Kinh")
    assert (second["full_name"], second["date_of_birth"], second["ethnicity"]) == ("Lê Thị Thử", "7/5/1991", "Tày")


@pytest.mark.parametrize(
    "below", [("15-07-", "1946"), ("ngày 15", "tháng", "07 năm", "1946"), ("ngày 1O", "tháng", "9 năm", "1967")]
)
def test_a_date_that_a_narrow_column_breaks_goes_on_below(below: tuple[str, ...]) -> None:
    more = [((row, 560),) for row in below[1:]]
    paper = rows("Họ và tên: Lê Văn Mẫu", f"Ngày sinh: {below[0]}", *more, "Nơi sinh: Hà Nội")
    fields = told(read(CERTIFICATE, paper).fields)
    assert fields["date_of_birth"].replace(" ", "") == "".join(below).replace(" ", "")
    assert fields["place_of_birth"] == "Hà Nội"


def test_the_end_of_a_label_in_capitals_is_no_value_though_one_letter_was_read_small() -> None:
    assert told(read(CERTIFICATE, rows("Họ tên: Lê Văn Mẫu", "DÂN TộC GÌ: Kinh")).fields)["ethnicity"] == "Kinh"


@pytest.mark.parametrize("heading", ["Người thứ 2", "2.", "Nhân khẩu số 02", "THÀNH VIÊN 2"])
def test_a_heading_that_numbers_the_next_member_is_no_value_of_the_one_above(heading: str) -> None:
    first, second = members(
        rows(
            "Họ tên: Lê Văn Mẫu", "Quan hệ: Chồng", "Nghề nghiệp: Bộ đội", heading,
            "Họ tên: Lê Thị Thử", "Quan hệ: Con", "Nghề nghiệp: Giáo viên",
        )
    )  # fmt: skip
    assert (first["occupation"], second["full_name"]) == ("Bộ đội", "Lê Thị Thử")


def test_a_date_whose_year_stands_in_the_next_row_is_one_date() -> None:
    lines = rows("Họ tên: Lê Văn Mẫu", "Sinh ngày: ngày 30 tháng 01 năm", "1985", "Dân tộc: Kinh")
    fields = told(read(EXTRACT, lines).fields)
    assert (fields["date_of_birth"], fields["ethnicity"]) == ("ngày 30 tháng 01 năm 1985", "Kinh")


@pytest.mark.parametrize(
    "text",
    ["Nguyễn Văn An", "Đăng ký lại", "họ tên và đóng dấu)", "SỔ ĐĂNG KÝ HỘ KHẨU GIA ĐÌNH", "Số 47, ngõ 196 Khâm Thiên"],
)
def test_names_titles_and_lines_of_addresses_are_no_labels(text: str) -> None:
    sheet, words = Sheet(leaf(rows(text)).lines), vocabulary(DocumentType.BIRTH_CERTIFICATE_OLD)
    assert page_labels(sheet, words, hits_of(sheet, words)) == []


def test_a_header_cell_may_ask_several_things_of_one_person() -> None:
    found = meanings_in("Họ và tên cha, năm sinh, dân tộc", vocabulary(DocumentType.BIRTH_REGISTER_ENTRY))
    assert [(m.what.name, who) for m, who in found] == [
        ("full_name", "father"),
        ("birth_year", "father"),
        ("ethnicity", "father"),
    ]


def test_a_caption_under_a_signature_that_a_stamp_tore_apart_names_nobody() -> None:
    found = members(
        rows(
            "Họ và tên: Lê Văn Mẫu",
            "Quan hệ với chủ hộ: Con",
            (("ten)", 150), ("(Ký, ghi", 400), ("họ tên", 640), ("óng dấu)", 800)),
            "Họ và tên: Lê Thị Thử",
            "Quan hệ với chủ hộ: Cháu",
        )
    )
    assert [m["full_name"] for m in found] == ["Lê Văn Mẫu", "Lê Thị Thử"]


def test_a_short_family_name_is_none_of_the_words_for_the_person() -> None:
    fields = told(read(CERTIFICATE, rows("Họ, chữ đệm, tên người đi khai sinh Lê Thị Mẫu")).fields)
    assert fields["declarant_full_name"] == "Lê Thị Mẫu"


def test_a_label_printed_with_capitals_is_the_label() -> None:
    lines = [line("Họ và tên: Trần Thị Mẫu", 100, 100), line("Giới Tính Nữ", 1200, 100)]
    fields = told(read(CERTIFICATE, lines).fields)
    assert (fields["full_name"], fields["sex"]) == ("Trần Thị Mẫu", "Nữ")


def test_another_wording_behind_a_stroke_is_of_the_label_and_not_of_the_address() -> None:
    notification = (DocumentType.BIRTH_NOTIFICATION, "2012", "front")
    lines = rows(
        "HỌ VÀ TÊN MẸ/NGƯỜI NUÔI DƯỠNG PHẠM THỊ MẪU",
        "NĂM SINH 1988",
        "NƠI ĐĂNG KÝ THƯỜNG TRÚ/TẠM TRÚ Số 57 phố Vân Hà, Hà Nội",
        "HỌ TÊN CHA LÊ VĂN MẪU",
    )
    fields = told(read(notification, lines).fields)
    assert fields["mother_full_name"] == "PHẠM THỊ MẪU"
    assert fields["mother_residence"] == "Số 57 phố Vân Hà, Hà Nội"
    assert fields["father_full_name"] == "LÊ VĂN MẪU"  # a short label, sure as it names the person to the letter


@pytest.mark.parametrize("asked", ["Nơi đăng ký tạm trú", "Địa chỉ tạm trú", "Nơi tạm trú", "Tạm trú tại"])
def test_a_book_of_temporary_residence_tells_where_people_stay_from_where_they_are_registered(asked: str) -> None:
    paper = (DocumentType.TEMPORARY_RESIDENCE_BOOK, "2014", "owner")
    owner = rows("Họ và tên chủ hộ: Lê Văn Mẫu", f"{asked}: số 4 phố Mẫu", "Nơi thường trú: thôn Thử, xã Giả")
    fields = told(read(paper, owner).fields)
    assert fields["residence"] == "số 4 phố Mẫu"
    assert fields["permanent_residence"] == "thôn Thử, xã Giả"


@pytest.mark.parametrize("sheet", ["Tờ số: 12", "TỜ SỐ: 12"])
def test_a_label_that_goes_on_below_does_not_take_its_neighbours_value(sheet: str) -> None:
    head = "Sổ đăng ký thường" if sheet.startswith("Tờ") else "SỔ ĐĂNG KÝ THƯỜNG"
    owner = rows("Họ và tên chủ hộ: Lê Văn Mẫu", f"{head} {sheet}", "trú số: 60", "Hồ sơ hộ khẩu số: 5/1990")
    fields = told(read((DocumentType.HOUSEHOLD_BOOK, "2014", "owner"), owner).fields)
    assert fields["sheet_number"] == "12"
    assert fields.get("register_number") != "12"


def test_a_family_name_is_no_short_label_that_it_ends_like() -> None:
    bare = ("Họ và tên", "Năm sinh", "Nơi sinh", "Giới tính")  # a paper that prints no colons
    assert "book_number" not in {name for name, _ in labels_in(LEDGER, *bare, "Nguyễn")}
