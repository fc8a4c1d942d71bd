"""Forms ruled into cells: which cell is a label, and whose the values beside it are. All people are invented."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.domain.model import DocumentType
from tests.making.labelled import BOOK, CERTIFICATE, Cell, members, read, rows, ruled, told
from tests.making.paper import line

FATHER = {"full_name": "Lê Văn Mẫu", "relationship_to_head": "Chủ hộ", "date_of_birth": "3/2/1951",
          "ethnicity": "Kinh", "occupation": "Thợ điện"}  # fmt: skip
DAUGHTER = {"full_name": "Lê Thị Thử", "relationship_to_head": "Con", "date_of_birth": "7/5/1981",
            "ethnicity": "Tày", "occupation": "Giáo viên"}  # fmt: skip
STAY = (DocumentType.TEMPORARY_RESIDENCE_BOOK, "2014", "owner")
LABELS = ("Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Dân tộc", "Nghề nghiệp")


def told_by(*cells: tuple[Cell, ...]) -> dict[str, str]:
    """What a birth certificate ruled into these cells says."""
    return told(read(CERTIFICATE, ruled(*cells)).fields)


def labelled(member: dict[str, str]) -> list[tuple[str, ...]]:
    return list(zip(LABELS, member.values(), strict=True))


def test_values_beside_their_labels_are_theirs_in_a_form_of_two_columns() -> None:
    assert told_by(
        ("Họ và tên", "Lê Văn Mẫu"),
        ("Giới tính", "Nam"),
        ("Ngày sinh", "3/2/1971"),
        ("Dân tộc", "Kinh"),
        ("Nơi sinh", "Trạm xá xã Vân Hà"),
    ) == {
        "full_name": "Lê Văn Mẫu",
        "sex": "Nam",
        "date_of_birth": "3/2/1971",
        "ethnicity": "Kinh",
        "place_of_birth": "Trạm xá xã Vân Hà",
    }


def test_values_beside_their_labels_are_theirs_in_a_form_of_four_columns() -> None:
    assert told_by(
        ("Họ và tên", "Lê Văn Mẫu", "Giới tính", "Nam"),
        ("Ngày sinh", "3/2/1971", "Dân tộc", "Kinh"),
        ("Quốc tịch", "Việt Nam", "Nơi sinh", "Trạm xá xã Vân Hà"),
    ) == {
        "full_name": "Lê Văn Mẫu",
        "sex": "Nam",
        "date_of_birth": "3/2/1971",
        "ethnicity": "Kinh",
        "nationality": "Việt Nam",
        "place_of_birth": "Trạm xá xã Vân Hà",
    }


def test_a_value_of_two_lines_beside_a_label_of_two_lines_is_whole_and_holds_nothing_else() -> None:
    fields = told_by(
        ("Họ và tên", "Lê Văn Mẫu"),
        (("Ngày, tháng,", "năm sinh"), ("ngày 3 tháng 2", "năm 1971")),
        (("Nơi", "sinh"), ("Bệnh viện huyện", "Đông Anh")),
        ("Dân tộc", "Kinh"),
    )
    assert fields["date_of_birth"] == "ngày 3 tháng 2 năm 1971"
    assert fields["place_of_birth"] == "Bệnh viện huyện Đông Anh"


def test_what_a_label_may_hold_on_its_second_line_is_no_value() -> None:
    fields = told_by(
        ("Họ và tên", "Lê Văn Mẫu"),
        (("Nơi sinh", "(xã, huyện, tỉnh)"), ("Bệnh viện huyện", "Đông Anh")),
        ("Dân tộc", "Kinh"),
        ("Quốc tịch", "Việt Nam"),
    )
    assert fields["place_of_birth"] == "Bệnh viện huyện Đông Anh"


def test_english_under_a_label_in_its_cell_is_no_value() -> None:
    assert told_by(
        (("Họ và tên", "/ Full name"), "Lê Văn Mẫu"),
        (("Nơi sinh", "/ Place of birth"), ("Bệnh viện huyện", "Đông Anh")),
        (("Dân tộc", "/ Ethnic group"), "Kinh"),
        (("Quốc tịch", "/ Nationality"), "Việt Nam"),
    ) == {
        "full_name": "Lê Văn Mẫu",
        "place_of_birth": "Bệnh viện huyện Đông Anh",
        "ethnicity": "Kinh",
        "nationality": "Việt Nam",
    }


@pytest.mark.parametrize(
    ("label", "name", "value"),
    [("Nghề nghiệp hiện nay", "occupation", "Thợ điện"), ("Dân tộc gì", "ethnicity", "Kinh")],
)
def test_words_that_go_on_with_a_label_in_its_cell_are_label(label: str, name: str, value: str) -> None:
    (only,) = members(ruled(("Họ và tên", "Lê Văn Mẫu"), ("Quan hệ", "Con"), ("Ngày sinh", "3/2/1971"), (label, value)))
    assert only[name] == value


def test_a_value_under_its_label_in_one_cell_is_its_value() -> None:
    assert told_by(
        (("Họ và tên", "Lê Văn Mẫu"), ("Giới tính", "Nam")),
        (("Ngày sinh", "3/2/1971"), ("Dân tộc", "Kinh")),
        (("Quốc tịch", "Việt Nam"), ("Nơi sinh", "Bệnh viện huyện", "Đông Anh")),
    ) == {
        "full_name": "Lê Văn Mẫu",
        "sex": "Nam",
        "date_of_birth": "3/2/1971",
        "ethnicity": "Kinh",
        "nationality": "Việt Nam",
        "place_of_birth": "Bệnh viện huyện Đông Anh",
    }


@pytest.mark.parametrize("relationship", ["Con", "Chủ hộ", "Mẹ"])
def test_a_label_that_its_narrow_cell_breaks_ends_at_its_colon(relationship: str) -> None:
    (only,) = members(
        ruled(
            (("Họ và tên:", "Lê Văn Mẫu"), ("Ngày, tháng, năm sinh:", "3/2/1971")),
            (("Quan hệ với chủ", "hộ:", relationship), ("Giới tính:", "Nam")),
            (("Dân tộc:", "Kinh"), ("Giấy CMND", "số:", "012345678")),
        )
    )
    assert (only["relationship_to_head"], only["old_national_id"]) == (relationship, "012345678")


def test_a_cell_whose_label_has_no_value_takes_none_from_the_cell_below() -> None:
    fields = told_by(
        (("Họ và tên", "Lê Văn Mẫu"), ("Giới tính", "Nam")),
        (("Dân tộc",), ("Ngày sinh", "3/2/1971")),
        (("Nơi sinh", "Bệnh viện huyện", "Đông Anh"), ("Quốc tịch", "Việt Nam")),
        (("Ghi chú", "Bản sao"), ("Nơi đăng ký", "xã Vân Hà")),
    )
    assert "ethnicity" not in fields
    assert fields["place_of_birth"] == "Bệnh viện huyện Đông Anh"


def test_tables_of_two_members_one_below_the_other_are_two_members() -> None:
    lines = ruled(*labelled(FATHER)) + ruled(*labelled(DAUGHTER), table=1, top=800)
    assert members(lines) == [FATHER, DAUGHTER]


def test_two_members_in_one_ruled_table_are_two_members() -> None:
    assert members(ruled(*labelled(FATHER), *labelled(DAUGHTER))) == [FATHER, DAUGHTER]


def test_a_table_with_a_column_for_each_member_gives_each_member_its_column() -> None:
    heads = ("", "Người thứ 1", "Người thứ 2")
    columns = zip(LABELS, FATHER.values(), DAUGHTER.values(), strict=True)
    assert members(ruled(heads, *columns)) == [FATHER, DAUGHTER]


def test_a_label_inside_a_values_cell_begins_its_own_value() -> None:
    (only,) = members(
        ruled(
            ("Quan hệ", "Con"),
            ("Họ và tên", "Lê Thị Thử"),
            ("Giới tính", ("Nữ", "Sinh ngày", "27/09/2008")),
            ("Dân tộc", "Kinh"),
        )
    )
    assert (only["sex"], only["date_of_birth"], only["ethnicity"]) == ("Nữ", "27/09/2008", "Kinh")


def test_the_head_of_the_household_as_somebodys_relationship_is_no_new_member() -> None:
    assert members(ruled(*labelled(FATHER))) == [FATHER]


@pytest.mark.parametrize("name", ["NGUYỄN TUẤN MẪU", "Nguyễn Quân Thử", "NGUYÊN QUÂN MẪU"])
def test_a_name_in_a_values_cell_is_no_label(name: str) -> None:
    (only,) = members(ruled(("Quan hệ", "Con"), ("Họ và tên", name), ("Sinh ngày", "27/09/2008"), ("Dân tộc", "Kinh")))
    assert only == {
        "relationship_to_head": "Con",
        "full_name": name,
        "date_of_birth": "27/09/2008",
        "ethnicity": "Kinh",
    }


def test_a_frame_around_the_page_changes_nothing() -> None:
    lines = rows(
        "Họ và tên: Lê Văn Mẫu",
        "Giới tính: Nam",
        "Nơi sinh: Trạm xá xã Vân Hà,",
        "huyện Đông Anh",
        "Dân tộc: Kinh",
    )
    framed = [replace(text, cell=(0, 0, 0)) for text in lines]
    assert read(CERTIFICATE, framed) == read(CERTIFICATE, lines)


@pytest.mark.parametrize(
    "cells",
    [labelled(DAUGHTER), [((label, value),) for label, value in labelled(DAUGHTER)]],
    ids=["beside their labels", "under their labels"],
)
def test_values_of_a_ruled_form_say_that_cells_told_them_apart(cells: list[tuple[Cell, ...]]) -> None:
    (member,) = read(BOOK, ruled(*cells)).members
    assert {field.support.ruled for field in member} == {1.0}


def test_values_behind_colons_say_that_no_cells_told_them_apart() -> None:
    fields = read(CERTIFICATE, rows("Họ và tên: Lê Văn Mẫu", "Giới tính: Nam", "Dân tộc: Kinh")).fields
    assert {field.support.ruled for field in fields} == {0.0}


def test_cells_of_two_members_tables_are_each_members_own_also_on_a_wide_leaf() -> None:
    people = [
        ("Lê Thị Mẫu", "Con", "06/11/1953", "Nữ", "148815171"),
        ("Lê Văn Thử", "Cháu", "10/05/1971", "Nam", "138539687"),
    ]
    lines = []
    for table, (name, relation, birth, sex, number) in enumerate(people):
        lines += ruled(
            (("(1) Họ tên:", name),),
            (("(2) Quan hệ với chủ hộ:", relation), ("(3) Ngày sinh:", birth), ("(4) Giới tính:", sex)),
            (("(5) Dân tộc:", "Kinh"), ("(6) Quốc tịch:", "Việt Nam"), ("(7) CMND số:", number)),
            table=table,
            top=100 + 600 * table,
            xs=(100, 900, 1400),
        )
    told_of = members([*lines, line("", 2400, 1300)])  # a stain far to the right
    assert [(m["full_name"], m["sex"], m["old_national_id"]) for m in told_of] == [
        (name, sex, number) for name, _, _, sex, number in people
    ]


def test_forms_of_one_grid_are_told_apart_by_their_rows() -> None:
    fields = told_by(
        (("Họ và tên:", "Lê Văn Mẫu"), ("Ngày sinh:", "3/2/1971")),
        (("Dân tộc:", "Kinh"), ("Giới tính:", "Nam")),
        ("", "Mẹ", "Cha"),
        ("Họ và tên", "Vũ Thị Giả", "Lê An"),
        ("Năm sinh", "1949", "1947"),
        ("Nơi thường trú", "Số 3 phố Hàng Đào", "Số 5 phố Hàng Bạc"),
    )
    assert fields["full_name"] == "Lê Văn Mẫu" and fields["ethnicity"] == "Kinh" and fields["sex"] == "Nam"
    assert (fields["mother_full_name"], fields["father_full_name"]) == ("Vũ Thị Giả", "Lê An")
    assert (fields["mother_residence"], fields["father_residence"]) == ("Số 3 phố Hàng Đào", "Số 5 phố Hàng Bạc")


def test_labels_broken_into_two_lines_beside_another_form_are_labels() -> None:
    above = ruled(("1. TÊN HỌ", "Lê Văn Mẫu", "2. Dân tộc", "Kinh"))
    heads = [line(text, x, 220) for text, x in (("Về người cha", 150), ("Về người mẹ", 1500))]
    below = ruled(
        ("",) * 4,
        (("1. TÊN", "HỌ"), "Lê An", ("1. TÊN", "HỌ"), "Vũ Thị Giả"),
        (("2. QUỐC", "TỊCH"), "Việt Nam", ("2. QUỐC", "TỊCH"), "Lào"),
        (("3. NĂM", "SINH"), "1947", ("3. NĂM", "SINH"), "1949"),
        top=330,
    )
    fields = told(read(CERTIFICATE, [*above, *heads, *below]).fields)
    assert (fields["father_full_name"], fields["mother_full_name"]) == ("Lê An", "Vũ Thị Giả")
    assert (fields["father_nationality"], fields["mother_nationality"]) == ("Việt Nam", "Lào")


def test_members_in_columns_whose_labels_are_numbered_by_letters_are_told_apart() -> None:
    names = [(f"{'ABCDE'[n]}) {label}", one, other) for n, (label, one, other) in enumerate(
        zip(LABELS, FATHER.values(), DAUGHTER.values(), strict=True))]  # fmt: skip
    assert members(ruled(("", "Người thứ 1", "Người thứ 2"), *names)) == [FATHER, DAUGHTER]


def test_a_row_of_labels_over_their_own_values_is_no_header() -> None:
    fields = told_by(
        (("Họ và tên", "Lê Văn Mẫu"), "", ""),
        (("Ngày sinh", "3/2/1971"), ("Dân tộc", "Kinh"), ("Quốc tịch", "Việt Nam")),
        (("Nơi sinh", "Trạm xá xã Vân Hà"), "", ""),
    )
    assert fields == {
        "full_name": "Lê Văn Mẫu",
        "date_of_birth": "3/2/1971",
        "ethnicity": "Kinh",
        "nationality": "Việt Nam",
        "place_of_birth": "Trạm xá xã Vân Hà",
    }


def test_a_heading_over_a_table_is_no_label_of_the_name_in_the_cell_below() -> None:
    cells = ruled(("Họ và tên", "Nguyễn Mai Thử"), ("Năm sinh", "1964"), ("Dân tộc", "Tày"), ("Nghề nghiệp", "Kế toán"))
    fields = told(read(CERTIFICATE, [line("Họ và tên: Lê Văn Mẫu", 100, -100), line("Mẹ", 700, 45), *cells]).fields)
    assert (fields["mother_full_name"], fields["mother_birth_year"]) == ("Nguyễn Mai Thử", "1964")
    assert (fields["full_name"], fields["mother_ethnicity"]) == ("Lê Văn Mẫu", "Tày")


def test_a_fold_through_one_row_and_a_second_label_in_another_make_no_columns_of_persons() -> None:
    fields = told(
        read(
            STAY,
            ruled(
                (("Họ tên chủ", "hộ"), "Phạm Lan Mẫu"),
                (("Chỗ ở hiện", "nay"), ("", "thành phố Hà Nội"), "thôn Đông, xã Kim Quan, huyện Thạch Thất,"),
                (("Tạm trú từ", "ngày"), "05-08-2020", "Đến ngày", "03-08-2022"),
            ),
        ).fields
    )
    assert fields["head_full_name"] == "Phạm Lan Mẫu"
    assert fields["residence"] == "thôn Đông, xã Kim Quan, huyện Thạch Thất, thành phố Hà Nội"
    assert (fields["temporary_from"], fields["temporary_until"]) == ("05-08-2020", "03-08-2022")


def test_columns_of_both_parents_below_a_row_that_asks_two_things_are_each_theirs() -> None:
    fields = told_by(
        ("1. Họ, chữ đệm, tên", "LÊ THỊ MẪU"),
        ("2. Nơi sinh", "Cửa Nam - Hà Nội"),
        ("3. Dân tộc", "Kinh", "4. Quốc tịch", "Việt Nam"),
        ("", "Mẹ", "", "Cha"),
        ("5. Họ, chữ đệm, tên", "VŨ THỊ MẪU", "", "LÊ VĂN MẪU"),
        ("6. Dân tộc", "Tày", "", "Kinh"),
        ("7. Nghề nghiệp", "Sinh viên", "", "Nội trợ"),
    )
    assert (fields["mother_occupation"], fields["father_occupation"]) == ("Sinh viên", "Nội trợ")
