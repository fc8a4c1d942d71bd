"""Ruled tables of people: headings of persons over columns, columns' numbers, what is written under Nam/Nữ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.by_labels.illegible import _first_words
from pipeline.forms.by_labels.wording import vocabulary
from tests.making.labelled import LEDGER, Cell, members, read, ruled, told

COLUMNS = [100 + 420 * n for n in range(9)]
MOTHERS = (("Hoàng Thị Thử", "1950"), ("Vũ Thị Giả", "1949"))
FATHERS = (("Lê Văn Giả", "1948"), ("Trần Văn Thử", "1947"))
CHILDREN = (("Lê Văn Mẫu", "Nam", "3-2-1971"), ("Trần Thị Mẫu", "Nữ", "5-2-1971"))
HEADER = ("Số TT", "Họ tên trẻ", "Nam/Nữ", "Ngày sinh", "Họ và tên mẹ", "Họ và tên cha")
ENTRIES = [
    (str(12 + n), *child, mother[0], father[0])
    for n, (child, mother, father) in enumerate(zip(CHILDREN, MOTHERS, FATHERS, strict=True))
]


def entries(*cells: tuple[Cell, ...]) -> list[dict[str, str]]:
    return [told(entry) for entry in read(LEDGER, ruled(*cells, xs=COLUMNS)).entries]


@pytest.mark.parametrize(
    ("first", "second", "mother_first"),
    [
        ("PHẦN KHAI VỀ MẸ", "Cha", True),
        ("Cha", "PHẦN KHAI VỀ MẸ", False),
        ("Mẹ", "PHẦN KHAI VỀ CHA", True),
        ("PHẦN KHAI VỀ CHA", "PHẦN KHAI VỀ MẸ", False),
    ],
)
def test_values_under_a_persons_heading_are_the_persons_whoever_stands_first(
    first: str, second: str, mother_first: bool
) -> None:
    left, right = (MOTHERS, FATHERS) if mother_first else (FATHERS, MOTHERS)
    found = entries(
        ("Số", "Họ tên trẻ", "Nam/Nữ", "Ngày sinh", first, "", second, ""),
        ("", "", "", "", "Họ và tên", "Năm sinh", "Họ và tên", "Năm sinh"),
        *((str(12 + n), *CHILDREN[n], *left[n], *right[n]) for n in range(2)),
    )
    assert [(e["mother_full_name"], e["mother_birth_year"]) for e in found] == list(MOTHERS)
    assert [(e["father_full_name"], e["father_birth_year"]) for e in found] == list(FATHERS)


def test_a_persons_heading_beyond_the_fold_that_stands_a_row_lower_ends_the_other_persons_columns() -> None:
    over = (("", "", "", "", "Thông tin về cha", "", "", ""), ("", "", "", "", "", "", "PHẦN KHAI VỀ MẸ", ""))
    header = ("Số", "Tên họ", "Giới", "Ngày sinh", "Tên họ", "Năm sinh", "Tên họ", "Năm sinh")
    acts = [(str(12 + n), *CHILDREN[n % 2], *FATHERS[n % 2], *MOTHERS[n % 2]) for n in range(3)]
    xs = [100 + 400 * n for n in range(8)]
    found = [told(entry) for entry in read(LEDGER, ruled(*over, header, *acts, xs=xs)).entries]
    assert [(e["father_full_name"], e["mother_full_name"]) for e in found] == [
        (FATHERS[n % 2][0], MOTHERS[n % 2][0]) for n in range(3)
    ]


def test_a_persons_heading_whose_other_line_was_misread_still_says_whose_the_columns_are() -> None:
    found = entries(
        ("Số", "Họ tên đây đủ", "Nam/Nữ", "Ngày sinh", ("Thông tn", "về người mẹ"), "", "Phần ghi về cha", ""),
        ("", "", "", "", "Họ tên đây đủ", "Số tuổi", "Họ tên đây đủ", "Số tuổi"),
        *((str(12 + n), *CHILDREN[n], MOTHERS[n][0], "24", FATHERS[n][0], "25") for n in range(2)),
    )
    assert [(e.get("mother_full_name"), e.get("mother_age")) for e in found] == [(name, "24") for name, _ in MOTHERS]


def test_one_column_for_both_sexes_says_the_sex_that_is_written_in_it() -> None:
    assert [entry["sex"] for entry in entries(HEADER, *ENTRIES)] == ["Nam", "Nữ"]


@pytest.mark.parametrize("number", ["({})", "{}", "[{}]"])
def test_the_numbers_of_the_columns_are_no_entry(number: str) -> None:
    numbers = tuple(number.format(n + 1) for n in range(len(HEADER)))
    found = entries(HEADER, numbers, *ENTRIES)
    assert [entry["full_name"] for entry in found] == ["Lê Văn Mẫu", "Trần Thị Mẫu"]


def test_the_numbers_of_the_columns_are_no_member() -> None:
    book = (DocumentType.HOUSEHOLD_BOOK, "1995", "members")
    lines = ruled(
        ("TT", "Họ và tên", "Nam, nữ", "Ngày sinh", "Quan hệ với chủ hộ", "Dân tộc"),
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
        ("1", "Lê Văn Mẫu", "Nam", "3-2-1971", "Chủ hộ", "Kinh"),
        ("2", "Lê Thị Thử", "Nữ", "5-2-1991", "Con", "Tày"),
        xs=COLUMNS,
    )
    assert [told(m)["members[].full_name"] for m in read(book, lines).members] == ["Lê Văn Mẫu", "Lê Thị Thử"]


def test_a_second_parents_column_whose_person_was_not_read_is_not_the_first_ones() -> None:
    found = entries(
        ("Số", "Họ tên trẻ", "Nam/Nữ", "Ngày sinh", "Họ tên cha, năm sinh", "Họ tên, tuổi, nghề nghiệp"),
        *(
            (str(12 + n), *CHILDREN[n], f"{FATHERS[n][0]}, 1948", f"{MOTHERS[n][0]}, 24 tuổi, Làm ruộng")
            for n in range(2)
        ),
    )
    assert [e["father_full_name"] for e in found] == [name for name, _ in FATHERS]
    assert [(e["mother_full_name"], e["mother_occupation"]) for e in found] == [(n, "Làm ruộng") for n, _ in MOTHERS]
    assert all("father_occupation" not in e for e in found)


MISREAD = ("Số", "Họ tên trẻ", "Nam", "Nữữ", "Ngày sinh", "Họ và tên cha", "Nêmể", "Họ tên maư", "GI")
MARKED = [
    (str(12 + n), name, *(("X", "") if sex == "Nam" else ("", "X")), born, *FATHERS[n % 2], *MOTHERS[n % 2])
    for n, (name, sex, born) in enumerate([*CHILDREN, ("Lý Thị Mẫu", "Nữ", "8-2-1971")])
]


def test_the_column_beside_nam_whose_header_was_misread_is_nu() -> None:
    assert [entry["sex"] for entry in entries(MISREAD, *MARKED)] == ["Nam", "Nữ", "Nữ"]


def test_years_beside_a_parents_name_are_birth_years_though_no_header_says_so() -> None:
    found = entries(MISREAD, *MARKED)
    assert [(e["father_birth_year"], e["mother_birth_year"]) for e in found] == [
        (FATHERS[n % 2][1], MOTHERS[n % 2][1]) for n in range(3)
    ]


def test_what_no_header_said_is_left_to_a_person() -> None:
    lines = ruled(MISREAD, *MARKED, xs=COLUMNS)
    guessed = {f.name for entry in read(LEDGER, lines).entries for f in entry if "unlabelled" in f.notes}
    assert guessed >= {"father_birth_year", "mother_birth_year"}


def test_a_blurred_header_that_is_nearly_one_wording_is_that() -> None:
    blurred = ("Số", "Ho rà tên người dược khu sini", "Nam/Nữ", "Srnh ngày thíng", "Ho mà tên cha", "Họ và tên mẹ")
    found = entries(blurred, *[(*row[:4], row[5], row[4]) for row in ENTRIES])
    assert [(e["full_name"], e["father_full_name"]) for e in found] == [
        (child[0], father[0]) for child, father in zip(CHILDREN, FATHERS, strict=True)
    ]


@pytest.mark.parametrize(
    ("lines", "asks"),
    [(["Chỗ ở 12 ni"], "residence"), (["f:", "Chỗ ở và Đro", "3"], "residence"), (["Chỗ", "ni 12"], None),
     (["Chỗ ở", "Quê quán"], None)],
)  # fmt: skip
def test_a_header_behind_whose_words_show_through_was_read_asks_what_they_ask(lines: list[str], asks: str) -> None:
    found = _first_words(lines, vocabulary(LEDGER[0]))
    assert (found[0].what.name if found else None) == asks


def test_a_blurred_header_that_may_be_the_fathers_or_the_mothers_is_neither() -> None:
    blurred = ("Số", "Họ tên trẻ", "Nam/Nữ", "Ngày sinh", "Nghề nghiệp nhe", "Họ và tên cha", "Nơi sinh")
    found = entries(blurred, *((*row[:4], "Mẫu", row[5], "Thử") for row in ENTRIES))
    assert not any("occupation" in name for entry in found for name in entry)


def test_names_beside_a_parents_name_are_no_birth_years() -> None:
    header = ("Số", "Họ tên trẻ", "Nam/Nữ", "Ngày sinh", "Họ và tên cha", "Nêmể", "Họ và tên mẹ")
    rows = [(str(12 + n), *CHILDREN[n % 2], FATHERS[n % 2][0], "Làm ruộng", MOTHERS[n % 2][0]) for n in range(3)]
    assert all("father_birth_year" not in entry for entry in entries(header, *rows))


HOME = ("Số", "Họ tên trẻ", "Ngày sinh", "Họ và tên cha", "Họ và tên mẹ", "Nơi thường trú")


def homes(*rows: tuple[Cell, ...]) -> list[tuple[str | None, str | None]]:
    return [(e.get("father_residence"), e.get("mother_residence")) for e in entries(HOME, *rows)]


def test_one_column_for_the_home_of_both_parents_is_told_of_the_first() -> None:
    rows = [(str(12 + n), CHILDREN[n][0], CHILDREN[n][2], FATHERS[n][0], MOTHERS[n][0], "Mẫu") for n in range(2)]
    assert homes(*rows) == [("Mẫu", None)] * 2


def test_a_column_that_says_both_parents_home_is_told_of_the_first_too() -> None:
    header = (*HOME[:-1], "Nơi ở cha mẹ")
    rows = [(str(12 + n), CHILDREN[n][0], CHILDREN[n][2], FATHERS[n][0], MOTHERS[n][0], "Mẫu") for n in range(2)]
    found = [(e.get("father_residence"), e.get("mother_residence")) for e in entries(header, *rows)]
    assert found == [("Mẫu", None)] * 2


def test_where_no_father_is_named_the_home_is_the_mothers() -> None:
    rows = [(str(12 + n), CHILDREN[n][0], CHILDREN[n][2], ("", "Lê Giả")[n], MOTHERS[n][0], "Mẫu") for n in range(2)]
    assert homes(*rows) == [(None, "Mẫu"), ("Mẫu", None)]


def test_entries_without_rules_and_numbers_are_told_by_columns_that_agree() -> None:
    cells = [(c[0], c[1], c[2], f[0], m[0]) for c, f, m in zip(CHILDREN * 2, FATHERS * 2, MOTHERS * 2, strict=True)]
    lines = ruled(("Họ tên trẻ", "Nam/Nữ", "Ngày sinh", "Họ và tên cha", "Họ và tên mẹ"), xs=COLUMNS)
    for n, row in enumerate(cells):
        lines += [
            replace(line, cell=(0, 1, line.cell[2])) for line in ruled(row, xs=COLUMNS, top=260 + 150 * n) if line.cell
        ]
    found = [told(entry) for entry in read(LEDGER, lines).entries]
    assert [entry["full_name"] for entry in found] == [row[0] for row in cells]
    assert [entry["mother_full_name"] for entry in found] == [row[4] for row in cells]


def test_a_line_whose_box_a_rule_made_higher_stands_in_the_row_of_its_foot() -> None:
    lines = ruled(HEADER, xs=COLUMNS)
    for n, row in enumerate([*ENTRIES, ("14", *CHILDREN[0], MOTHERS[0], FATHERS[0])]):
        for line in ruled(tuple(c if isinstance(c, str) else c[0] for c in row), xs=COLUMNS, top=300 + 160 * n):
            assert line.cell is not None
            (left, top), right, (_, bottom), _ = line.box[0], line.box[1], line.box[2], line.box[3]
            high = top - 36 if line.cell[2] == 1 else top
            box = ((left, high), (right[0], high), (right[0], bottom), (left, bottom))
            lines.append(replace(line, cell=(0, 1, line.cell[2]), box=box))
    found = [told(entry) for entry in read(LEDGER, lines).entries]
    assert [entry["full_name"] for entry in found] == ["Lê Văn Mẫu", "Trần Thị Mẫu", "Lê Văn Mẫu"]


def test_a_header_whose_words_are_broken_over_names_that_begin_as_labels_is_a_header() -> None:
    header = ("TT", "Họ và tên", ("Quan", "hệ"), ("Nam,", "nữ"), ("Dân", "tộc"), ("Ngày", "sinh"))
    rows = [(str(n), f"Nguyễn Văn {name}", said, "Nam", "Kinh", "3-2-1971")
            for n, (name, said) in enumerate((("Mẫu", "Chủ hộ"), ("Thử", "Con"), ("Giả", "Con")), start=1)]  # fmt: skip
    found = members(ruled(header, *rows, xs=COLUMNS))
    assert [(m["full_name"], m["relationship_to_head"]) for m in found] == [(row[1], row[2]) for row in rows]


@pytest.mark.parametrize("mark", ["X", "+", "7", "-7", "k", "v"])
def test_a_mark_in_a_sexs_column_is_read_as_whatever_sign(mark: str) -> None:
    header = ("Số", "Họ tên trẻ", "Nam", "Nữ", "Ngày sinh", "Họ và tên cha", "Họ và tên mẹ")
    rows = [("12", "Lê Văn Mẫu", mark, "", "3-2-1971", FATHERS[0][0], MOTHERS[0][0])]
    rows += [("13", "Trần Thị Mẫu", "", "X", "5-2-1971", FATHERS[1][0], MOTHERS[1][0])]
    assert [entry["sex"] for entry in entries(header, *rows)] == ["Nam", "Nữ"]


def test_an_entry_above_which_the_rule_was_seen_in_some_columns_only_is_one() -> None:
    lines = ruled(HEADER, *ENTRIES, xs=COLUMNS)
    unseen = {(0, 2, column) for column in (0, 2, 4)}  # of the second entry; they seem to stand in the first one's row
    halved = [one.evolve(cell=(0, 1, one.cell[2])) if one.cell in unseen and one.cell else one for one in lines]
    found = [told(entry) for entry in read(LEDGER, halved).entries]
    assert [(e["full_name"], e["mother_full_name"], e["father_full_name"]) for e in found] == [
        (CHILDREN[n][0], MOTHERS[n][0], FATHERS[n][0]) for n in range(2)
    ]


@pytest.mark.parametrize(("high", "sexes"), [(14, ["Nam", "Nữ"]), (4, ["", "Nữ"])])
def test_a_dash_as_high_as_wide_is_a_cross(high: int, sexes: list[str]) -> None:
    header = ("Số", "Họ tên trẻ", "Nam", "Nữ", "Ngày sinh", "Họ và tên cha", "Họ và tên mẹ")
    rows = [("12", "Lê Văn Mẫu", "-", "", "3-2-1971", FATHERS[0][0], MOTHERS[0][0])]
    rows += [("13", "Trần Thị Mẫu", "", "X", "5-2-1971", FATHERS[1][0], MOTHERS[1][0])]
    lines = [one if one.text != "-" else _sized(one, 14, high) for one in ruled(header, *rows, xs=COLUMNS)]
    assert [told(entry).get("sex", "") for entry in read(LEDGER, lines).entries] == sexes


def _sized(one: TextLine, wide: int, high: int) -> TextLine:
    (x, y), *_ = one.box
    return one.evolve(box=rectangle(x, y, x + wide, y + high))
