"""Household members and ledger entries: blocks, tables, ditto marks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.model import TextLine
from pipeline.forms.extract import _acts, _members, _people, extract, with_owner
from pipeline.forms.fields import UNCOUNTED, ExtractedField, ExtractedRecord, Leaf
from pipeline.forms.leaf import LeafFields
from pipeline.forms.loading import form
from pipeline.forms.sheet import Piece
from tests.making.paper import PITCH, Paper, leaf, line

BOOK = form("household_book", "2014")
LEDGER = form("birth_register_entry", "ledger")
COLUMNS = {
    "Số": 150,
    "Ngày đăng ký": 350,
    "Họ và tên đứa trẻ": 750,
    "Nam, nữ": 1300,
    "Ngày, tháng, năm sinh": 1550,
}


def block(name: str, relation: str, y: float, x: float = 150) -> list[TextLine]:
    texts = (relation, "Họ và tên: " + name, "Quê quán: Ba Vì", "Nghề nghiệp, nơi làm việc: Công nhân")
    return [line(t, x, y + n * PITCH, wide=14) for n, t in enumerate(texts)]


def members(*leaves: Leaf) -> list[str]:
    (record,) = extract(BOOK, leaves)
    names = {f.name: f.text for f in record.fields}
    return [names[f"members[{n}].full_name"] for n in range(12) if f"members[{n}].full_name" in names]


def test_members_are_numbered_across_the_leaves_of_a_book() -> None:
    first = [*block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), *block("Lý Hoa", "Quan hệ với chủ hộ: Vợ", 700)]
    second = block("Lê Bình", "Quan hệ với chủ hộ: Con", 100)
    assert members(leaf(first, "members"), leaf(second, "members", 2)) == ["Lê An", "Lý Hoa", "Lê Bình"]


def test_the_head_comes_first_wherever_the_book_has_him() -> None:
    first = [*block("Lý Hoa", "Quan hệ với chủ hộ: Vợ", 100), *block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 700)]
    assert members(leaf(first, "members")) == ["Lê An", "Lý Hoa"]


def test_the_printed_words_for_the_head_are_his_relationship() -> None:
    (record,) = extract(BOOK, [leaf(block("Lê An", "CHỦ HỘ", 100), "members")])
    field = record.get("members[0].relationship_to_head")
    assert field is not None
    assert field.verbatim == "CHỦ HỘ"


def test_an_unused_block_is_no_member() -> None:
    empty = [line(t, 150, 700 + n * PITCH) for n, t in enumerate(("Quan hệ với chủ hộ:", "Họ và tên:", "Quê quán:"))]
    used = block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100)
    assert members(leaf([*used, *empty], "members")) == ["Lê An"]


def test_two_leaves_of_an_opening_in_one_image_are_read_one_after_the_other() -> None:
    left = [*block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), *block("Lý Hoa", "Quan hệ với chủ hộ: Vợ", 700)]
    right = [
        *block("Lê Bình", "Quan hệ với chủ hộ: Con", 100, 1500),
        *block("Lê Cúc", "Quan hệ với chủ hộ: Con", 700, 1500),
    ]
    assert members(leaf([*left, *right], "members")) == ["Lê An", "Lý Hoa", "Lê Bình", "Lê Cúc"]


def test_a_member_moved_in_on_one_day_and_was_registered_over_the_signatures_on_another() -> None:
    lines = block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100)
    below = ("Chuyển đến ngày: 03/02/2011", "Nơi thường trú trước khi chuyển đến: Ba Vì")
    lines += [line(text, 150, 100 + (4 + n) * PITCH, wide=14) for n, text in enumerate(below)]
    lines += [
        line("Ngày 11 tháng 02 năm 2011", 900, 100 + 6 * PITCH, wide=14),
        line("CÁN BỘ ĐĂNG KÝ", 150, 100 + 7 * PITCH, wide=14),
        line("TRƯỞNG CÔNG AN", 900, 100 + 7 * PITCH, wide=14),
    ]
    (record,) = extract(BOOK, [leaf(lines, "members")])
    found = {f.name.removeprefix("members[0]."): f.text for f in record.fields}
    assert found["moved_in_date"] == "03/02/2011"
    assert found["date_of_registration"] == "Ngày 11 tháng 02 năm 2011"


def doubted(*leaves: Leaf) -> bool:
    """Whether every field of every member carries something that speaks against it."""
    (record,) = extract(BOOK, leaves)
    fields = [f for f in record.fields if f.name.startswith("members[")]
    assert fields
    return all(f.support.witness == -1 for f in fields)


def test_members_whose_first_is_not_the_head_may_lack_one_and_are_doubted() -> None:
    assert doubted(leaf(block("Lê An", "Quan hệ với chủ hộ: Bố", 100), "members"))
    assert not doubted(leaf(block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), "members"))


@pytest.mark.parametrize(("head", "doubt"), [("LÊ AN", False), ("TRẦN VĂN HÙNG", True)])
def test_a_first_member_who_is_not_the_head_of_the_owners_page_is_doubted(head: str, doubt: bool) -> None:
    owner = leaf([line("Họ và tên chủ hộ: " + head, 150, 100, wide=14)], "owner")
    assert doubted(owner, leaf(block("Lê An", "Họ và tên:", 100)[1:], "members", 2)) is doubt


def test_a_leaf_of_members_that_is_written_on_and_gave_none_makes_the_others_doubtful() -> None:
    first = leaf(block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), "members")
    written = [line("chữ viết không thuộc nhãn nào cả", 150, 100 + n * PITCH, wide=14) for n in range(8)]
    assert doubted(first, leaf(written, "members", 2))
    assert not doubted(first, leaf(written[:1], "members", 2))


def header(y: float = 100) -> list[TextLine]:
    return [line(t, x, y, wide=14) for t, x in COLUMNS.items()]


def entry(y: float, *cells: str) -> list[TextLine]:
    return [line(t, x, y, wide=14) for t, x in zip(cells, COLUMNS.values(), strict=True) if t]


def ledger(*lines: TextLine) -> tuple[ExtractedRecord, ...]:
    return extract(LEDGER, [leaf(list(lines), "page")])


def texts(records: tuple[ExtractedRecord, ...], name: str) -> list[str]:
    return [f.text if (f := r.get(name)) else "<missing>" for r in records]


def test_each_row_of_a_ledger_is_a_record_in_reading_order() -> None:
    records = ledger(
        *header(),
        *entry(200, "1", "05/02/1960", "Lê Văn An", "Nam", "01/02/1960"),
        *entry(300, "2", "06/02/1960", "Lý Thị Hoa", "Nữ", "03/02/1960"),
    )
    assert texts(records, "full_name") == ["Lê Văn An", "Lý Thị Hoa"]
    assert texts(records, "document_number") == ["1", "2"]


def test_an_entry_whose_number_was_misread_is_one_of_its_own() -> None:
    records = ledger(
        *header(),
        *entry(200, "", "04/02/1960", "Lê Thị Bình", "Nữ", "31/01/1960"),
        *entry(300, "2", "05/02/1960", "Lê Văn An", "Nam", "01/02/1960"),
        *entry(400, "B", "06/02/1960", "Lý Thị Hoa", "Nữ", "03/02/1960"),
        *entry(500, "4", "07/02/1960", "Lý Văn Tư", "Nam", "04/02/1960"),
        *entry(600, "5", "08/02/1960", "Lý Văn Năm", "Nam", "05/02/1960"),
    )
    assert texts(records, "full_name") == ["Lê Thị Bình", "Lê Văn An", "Lý Thị Hoa", "Lý Văn Tư", "Lý Văn Năm"]


def test_cells_of_several_lines_stay_with_their_entry() -> None:
    records = ledger(
        *header(),
        *entry(200, "1", "05/02/1960", "Nguyễn Trần", "Nam", "01/02/1960"),
        *entry(250, "", "", "Hoàng Minh Tâm", "", ""),
        *entry(350, "2", "06/02/1960", "Lý Thị Hoa", "Nữ", "03/02/1960"),
    )
    assert texts(records, "full_name") == ["Nguyễn Trần Hoàng Minh Tâm", "Lý Thị Hoa"]


def test_two_pieces_of_one_line_in_a_cell_are_read_from_the_left_though_one_is_higher() -> None:
    records = ledger(
        *header(),
        *entry(200, "1", "05/02/1960", "Lê", "Nam", "01/02/1960"),
        line("Văn An", COLUMNS["Họ và tên đứa trẻ"] + 60, 195, wide=14),
        *entry(300, "2", "06/02/1960", "Lý Thị Hoa", "Nữ", "03/02/1960"),
    )
    assert texts(records, "full_name") == ["Lê Văn An", "Lý Thị Hoa"]


def test_a_ditto_mark_takes_the_value_above_and_says_so() -> None:
    records = ledger(
        *header(),
        *entry(200, "1", "05/02/1960", "Lê Văn An", "Nam", "01/02/1960"),
        *entry(300, "2", "-nt-", "Lý Thị Hoa", "Nữ", "03/02/1960"),
        *entry(400, "3", '"', "Lê Văn Ba", "Nam", "04/02/1960"),
    )
    assert texts(records, "date_of_registration") == ["05/02/1960"] * 3
    field = records[1].get("date_of_registration")
    assert field is not None
    assert (field.verbatim, field.notes) == ("-nt-", ("ditto",))


def test_an_empty_cell_is_an_empty_field_of_its_entry() -> None:
    records = ledger(
        *header(),
        *entry(200, "1", "05/02/1960", "Lê Văn An", "", "01/02/1960"),
        *entry(300, "2", "06/02/1960", "Lý Thị Hoa", "Nữ", "03/02/1960"),
    )
    field = records[0].get("sex")
    assert field is not None
    assert field.empty


def test_a_row_of_column_numbers_is_no_entry() -> None:
    records = ledger(
        *header(),
        *entry(150, "(1)", "(2)", "(3)", "(4)", "(5)"),
        *entry(230, "1", "05/02/1960", "Lê Văn An", "Nam", "01/02/1960"),
    )
    assert texts(records, "full_name") == ["Lê Văn An"]


def test_grid_cells_decide_where_a_ledger_is_ruled() -> None:
    def cell(text: str, x: float, y: float, row: int, column: int) -> TextLine:
        return line(text, x, y, wide=14, row=row, cell=(0, row, column))

    head = [cell(t, x, 100, 0, n) for n, (t, x) in enumerate(COLUMNS.items())]
    first = [
        cell(t, x, 200, 1, n)
        for n, (t, x) in enumerate(zip(("1", "5/2/60", "Lê An", "Nam", "1/2/60"), COLUMNS.values(), strict=True))
    ]
    second = [
        cell(t, x, 240, 2, n)
        for n, (t, x) in enumerate(zip(("?", "6/2/60", "Lý Hoa", "Nữ", "3/2/60"), COLUMNS.values(), strict=True))
    ]
    records = ledger(*head, *first, *second)
    assert texts(records, "full_name") == ["Lê An", "Lý Hoa"]


def test_mother_before_father_in_a_ledger_goes_by_the_group_headers() -> None:
    section = next(s for s in LEDGER.page("page").sections if s.kind == "entries")
    paper = Paper(seed=3)
    paper.entries(section)
    swap = {"NGƯỜI CHA": "NGƯỜI MẸ", "NGƯỜI MẸ": "NGƯỜI CHA"}
    lines = [line(swap.get(t.text, t.text), t.box[0][0], t.box[0][1]) for t in paper.lines]
    records = extract(LEDGER, [leaf(lines, "page")])
    assert texts(records, "mother_full_name") == [paper.truth[f"[{n}].father_full_name"] for n in range(4)]


FAMILY = {"Số": 100, "Họ và tên đứa trẻ": 300, "Họ và tên": 900, "Tuổi": 1440, "Nghề nghiệp": 1600}


def ruled(y: float, row: int, *texts: str) -> list[TextLine]:
    """A row of a ruled ledger; grid columns as in `FAMILY`."""
    places = zip(texts, FAMILY.values(), range(len(FAMILY)), strict=True)
    return [line(t, x, y, wide=14, row=row, cell=(0, row, n)) for t, x, n in places if t]


def family(*head: TextLine) -> ExtractedRecord:
    """The first of two entries below this header, each with a father."""
    first = ruled(300, 2, "1", "Lê Văn An", "Lê Văn Cả", "31", "Thợ may")
    second = ruled(400, 3, "2", "Lý Thị Hoa", "Lý Đức Bá", "27", "Lái xe")
    return ledger(*head, *first, *second)[0]


def test_a_header_read_as_one_line_over_several_columns_is_parted_between_them() -> None:
    group = line("NGƯỜI CHA", 1300, 100, wide=14, row=0, cell=(0, 0, 2))
    words = "Số            Họ và tên đứa trẻ                          Họ và tên                             Tuổi"
    names = line(words, 100, 160, wide=14, row=1)
    last = line("Nghề nghiệp", 1600, 160, wide=14, row=1, cell=(0, 1, 4))
    record = family(group, names, last)
    found = {name: field.text for name in FATHER if (field := record.get(name))}
    assert found == FATHER


FATHER = {
    "document_number": "1",
    "full_name": "Lê Văn An",
    "father_full_name": "Lê Văn Cả",
    "father_age": "31",
    "father_occupation": "Thợ may",
}


def test_a_column_whose_header_was_not_read_is_known_by_its_neighbours() -> None:
    texts = ("Số", "Họ và tên đứa trẻ", "Họ và tên", "", "Nghề nghiệp")
    group = line("NGƯỜI CHA", 1300, 100, wide=14, row=0, cell=(0, 0, 2))
    record = family(group, *ruled(160, 1, *texts))
    age = record.get("father_age")
    assert age is not None
    assert age.text == "31"


def test_the_last_words_of_a_header_are_no_value_of_the_first_entry() -> None:
    group = line("NGƯỜI CHA", 1300, 100, wide=14, row=0, cell=(0, 0, 2))
    wrapped = line("đứa trẻ", 300, 210, wide=14, row=2)
    record = family(group, *ruled(160, 1, "Số", "Họ và tên", "Họ và tên", "Tuổi", "Nghề nghiệp"), wrapped)
    name = record.get("full_name")
    assert name is not None
    assert name.text == "Lê Văn An"


def small(mark: str, x: float, y: float, row: int, column: int, *, size: float = 16) -> TextLine:
    """A stroke of this size that was read as something, high in its cell."""
    read = line(mark, x, y, wide=size / max(1, len(mark)), row=row, cell=(0, row, column))
    return replace(read, box=rectangle(x, y, x + size, y + size))


def registered(*second: TextLine) -> ExtractedRecord:
    """The second of two ruled entries, its cells but that of the father's occupation given."""
    head = ruled(160, 1, "Số", "Họ và tên đứa trẻ", "Họ và tên", "Tuổi", "Nghề nghiệp")
    first = ruled(300, 2, "1", "Lê Văn An", "Lê Văn Cả", "31", "Thợ may")
    return ledger(*head, *first, *ruled(400, 3, "2", "Lý Thị Hoa", "Lý Đức Bá", "27", ""), *second)[1]


@pytest.mark.parametrize("read", ["11", "-", "8", ""])
def test_a_mark_as_small_as_a_ditto_mark_is_one_whatever_was_read(read: str) -> None:
    field = registered(small(read, 1640, 400, 3, 4)).get("father_occupation")
    assert field is not None
    assert (field.text, field.verbatim, field.notes) == ("Thợ may", '"', ("ditto",))


@pytest.mark.parametrize("read", ["11", "//", "l1"])
def test_two_strokes_in_a_column_of_words_are_a_ditto_mark_however_large(read: str) -> None:
    field = registered(small(read, 1640, 400, 3, 4, size=44)).get("father_occupation")
    assert field is not None
    assert (field.text, field.notes) == ("Thợ may", ("ditto",))


@pytest.mark.parametrize("read", ['"', "-nt-"])
def test_an_act_number_is_never_the_one_above(read: str) -> None:
    records = ledger(
        *header(),
        *entry(200, "63", "05/02/1960", "Lê Văn An", "Nam", "01/02/1960"),
        *entry(300, read, "06/02/1960", "Lý Thị Hoa", "Nữ", "03/02/1960"),
    )
    field = records[1].get("document_number")
    assert field is not None
    assert (field.text, field.repeated, field.empty, field.notes) == ("", None, False, ("unread",))


def test_a_small_mark_in_the_column_of_act_numbers_is_a_doubtful_reading() -> None:
    head = ruled(160, 1, "Số", "Họ và tên đứa trẻ", "Họ và tên", "Tuổi", "Nghề nghiệp")
    first = ruled(300, 2, "63", "Lê Văn An", "Lê Văn Cả", "31", "Thợ may")
    second = ruled(400, 3, "", "Lý Thị Hoa", "Lý Đức Bá", "27", "Lái xe")
    records = ledger(*head, *first, small("11", 110, 400, 3, 0), *second)
    field = records[1].get("document_number")
    assert field is not None
    assert (field.text, field.repeated, field.notes) == ("11", None, ("unread",))


def test_a_speck_is_no_ditto_mark() -> None:
    field = registered(small("-", 1640, 400, 3, 4, size=5)).get("father_occupation")
    assert field is not None
    assert field.empty


def test_a_column_beside_the_grid_belongs_to_the_table() -> None:
    def half(y: float, row: int, *texts: str) -> list[TextLine]:
        return [replace(t, cell=None) if n == 0 else t for n, t in enumerate(ruled(y, row, *texts))]

    head = half(160, 1, "Số", "Họ và tên đứa trẻ", "Họ và tên", "Tuổi", "Nghề nghiệp")
    first = half(300, 2, "1", "Lê Văn An", "Lê Văn Cả", "31", "Thợ may")
    second = half(400, 3, "2", "Lý Thị Hoa", "Lý Đức Bá", "27", "Lái xe")
    records = ledger(*head, *first, *second)
    assert texts(records, "document_number") == ["1", "2"]
    assert texts(records, "full_name") == ["Lê Văn An", "Lý Thị Hoa"]


def test_two_columns_whose_rule_was_not_seen_are_two() -> None:
    def merged(y: float, row: int, *texts: str) -> list[TextLine]:
        return [replace(t, cell=(0, row, max(1, t.cell[2]))) for t in ruled(y, row, *texts) if t.cell]

    head = merged(160, 1, "Số", "Họ và tên đứa trẻ", "Họ và tên", "Tuổi", "Nghề nghiệp")
    first = merged(300, 2, "1", "Lê Văn An", "Lê Văn Cả", "31", "Thợ may")
    second = merged(400, 3, "2", "Lý Thị Hoa", "Lý Đức Bá", "27", "Lái xe")
    records = ledger(*head, *first, *second)
    assert texts(records, "document_number") == ["1", "2"]
    assert texts(records, "full_name") == ["Lê Văn An", "Lý Thị Hoa"]


def numbered(*leaves: Leaf, before: int = 0) -> dict[str, str]:
    (record,) = extract(BOOK, leaves, before)
    return {f.name: f.text for f in record.fields if not f.empty}


def test_a_leaf_that_begins_with_the_other_half_of_a_person_goes_on_with_that_person() -> None:
    first = [line(t, 150, 100 + n * PITCH) for n, t in enumerate(("Quan hệ với chủ hộ: Chủ hộ", "Họ và tên: Lê An"))]
    second = [
        *(line(t, 150, 100 + n * PITCH) for n, t in enumerate(("Số CMND: 012345678", "Nghề nghiệp: Thợ điện"))),
        *block("Lý Hoa", "Quan hệ với chủ hộ: Vợ", 700),
    ]
    whole = numbered(leaf(first, "members"), leaf(second, "members", 2))
    assert (whole["members[0].old_national_id"], whole["members[1].full_name"]) == ("012345678", "Lý Hoa")
    later = numbered(leaf(second, "members"), before=3)
    assert (later["members[2].old_national_id"], later["members[3].full_name"]) == ("012345678", "Lý Hoa")


def test_two_words_that_name_nobody_are_no_member_and_make_the_others_unsure() -> None:
    stray = [line("Quê quán: BẮC TỪ LIÊM", 150, 900)]
    (record,) = extract(BOOK, [leaf([*block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), *stray], "members")])
    assert {f.name.partition(".")[0] for f in record.fields} == {"members[0]"}
    assert all("uncounted" in f.notes for f in record.fields)


def test_a_cover_that_asks_what_an_owners_page_asks_is_read_as_that_where_the_book_has_no_other() -> None:
    texts_ = ("SỔ HỘ KHẨU", "Số: 120345678", "Họ và tên chủ hộ: Lê An", "Nơi thường trú: Xã Cổ Nhuế, huyện Từ Liêm")
    cover = leaf([line(t, 150, 100 + n * PITCH, wide=14) for n, t in enumerate(texts_)], "cover")
    people = leaf(block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), "members", 2)
    for generation in ("1995", "2014"):
        records = extract(form("household_book", generation), [cover, people])
        assert texts(records, "head_full_name") == ["Lê An"]
    owner = leaf([line("Họ và tên chủ hộ: Lý Hoa", 150, 100, wide=14)], "owner", 2)
    assert [read.side for read in with_owner(BOOK, [cover, owner])] == ["cover", "owner"]


def in_doubt(record: ExtractedRecord) -> set[str]:
    return {f.name.partition(".")[0] for f in record.fields if "uncounted" in f.notes}


PERSON = ("Ngày, tháng, năm sinh: 01/02/19{0}", "Giới tính: Nam", "Dân tộc: Kinh", "Nghề nghiệp: Thợ điện")
NAMELESS = [text.format(55) for text in PERSON]


def told_of(name: str, relation: str, born: int, y: float) -> list[TextLine]:
    texts = (f"Quan hệ với chủ hộ: {relation}", f"Họ và tên: {name}", *(text.format(born) for text in PERSON))
    return [line(t, 150, y + n * PITCH, wide=14) for n, t in enumerate(texts)]


def nameless(*texts: str, y: float) -> list[TextLine]:
    return [line(t, 150, y + n * PITCH, wide=14) for n, t in enumerate(("Họ và tên:", *texts))]


def test_who_stands_between_two_others_with_all_values_of_his_own_is_a_person_without_a_name() -> None:
    first, last = told_of("Lê An", "Chủ hộ", 50, 100), told_of("Lê Bình", "Con", 80, 1700)
    (record,) = extract(BOOK, [leaf([*first, *nameless("Quan hệ với chủ hộ: Vợ", *NAMELESS, y=900), *last], "members")])
    assert texts((record,), "members[2].full_name") == ["Lê Bình"]
    assert in_doubt(record) == set()


def test_after_half_a_person_everybody_is_in_doubt_but_nobody_before() -> None:
    first = [*told_of("Lê An", "Chủ hộ", 50, 100), *told_of("Lý Hoa", "Vợ", 55, 900)]
    half = nameless("Quan hệ với chủ hộ: Con", "Nghề nghiệp: Thợ may", y=100)
    last = told_of("Lê Bình", "Con", 80, 900)
    (record,) = extract(BOOK, [leaf(first, "members"), leaf([*half, *last], "members", 2)])
    assert in_doubt(record) == {"members[2]", "members[3]"}


def test_the_owners_name_is_enough_for_the_first_member_to_be_the_head() -> None:
    owner = leaf([line("Họ và tên chủ hộ: Lê An", 150, 100, wide=14)], "owner", 1)
    misread = leaf(told_of("Lê An", "Chú bộ", 50, 100), "members", 2)
    assert in_doubt(extract(BOOK, [owner, misread])[0]) == set()
    assert in_doubt(extract(BOOK, [misread])[0]) == {"members[0]"}


def part(**texts: tuple[str, int]) -> list[ExtractedField]:
    """Fields of a member, each with its text and the line that it stands on."""
    return [
        ExtractedField(
            name=f"members[].{name}", grammar="text", verbatim=text, leaf=0, page=1, part=1, label="",
            box=rectangle(0, 0, 9, 9), pieces=(Piece(line=at, start=0, end=len(text)),),
        )
        for name, (text, at) in texts.items()
    ]  # fmt: skip


OWNER = [replace(part(name=("Lê An", 99))[0], name="head_full_name")]


def test_two_blocks_that_are_named_by_one_ink_are_one_person() -> None:
    first = part(relationship_to_head=("Con", 0), full_name=("Lê An", 2), occupation=("ThỢ", 2))
    second = part(full_name=("Lê An", 2), occupation=("Thợ điện", 3), sex=("Nam", 4), ethnicity=("Kinh", 5))
    (person,), sure = _people([first, second])
    told = {f.name.removeprefix("members[]."): (f.text, f.notes) for f in person}
    assert told["relationship_to_head"] == ("Con", ())
    assert told["occupation"] == ("Thợ điện", ("uncounted",))
    assert sure == 1


def test_the_end_of_what_asks_for_a_signature_names_no_member() -> None:
    whole = part(full_name=("Lê An", 0), sex=("Nam", 1), ethnicity=("Kinh", 2), nationality=("Việt Nam", 3))
    people, _ = _people([whole, part(full_name=("dấu)", 8)), part(full_name=("Lê Bình", 9))])
    assert [block[0].text for block in people] == ["Lê An", "Lê Bình"]


def test_two_people_of_one_name_stay_two() -> None:
    people, _ = _people([part(full_name=("Lê An", 0)), part(full_name=("Lê An", 7))])
    assert len(people) == 2


def test_a_figure_where_a_trade_or_a_reason_stands_is_a_trace_that_was_not_read() -> None:
    lines = [*block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), line("Lý do xóa đăng ký thường trú: 01", 150, 700)]
    (record,) = extract(BOOK, [leaf(lines, "members")])
    removed = record.get("members[0].removed")
    assert removed is not None
    assert "unread" in removed.notes
    occupation = record.get("members[0].occupation")
    assert occupation is not None
    assert occupation.notes == ()


def test_a_number_is_no_place() -> None:
    lines = [
        line("TRÍCH LỤC KHAI SINH", 700, 140, row=1),
        line("Họ, chữ đệm, tên: Trần Văn Mẫu", 150, 300, row=2),
        line("Đăng ký khai sinh tại: 342", 150, 400, row=3),
    ]
    (record,) = extract(form("birth_extract", "2016"), [leaf(lines, "front")])
    place = record.get("place_of_registration")
    assert place is not None and "unread" in place.notes


def test_from_a_member_whose_name_was_not_read_on_nobody_is_surely_counted() -> None:
    """Half a person would count as one, and everybody after it as the next."""
    first = [*block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100), *block("", "Quan hệ với chủ hộ: Vợ", 700)]
    second = block("Lê Ba", "Quan hệ với chủ hộ: Con", 100)
    (record,) = extract(BOOK, [leaf(first, "members"), leaf(second, "members", page=2)])
    doubt = {f.name: f.support.witness < 0 for f in record.fields if f.name.endswith("relationship_to_head")}
    assert doubt == {
        "members[0].relationship_to_head": False,
        "members[1].relationship_to_head": True,
        "members[2].relationship_to_head": True,
    }


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Dân tộc: Ethnic group", "ethnicity"),
        ("Nơi sinh: nếu có", "place_of_birth"),
        ("Họ, chữ đệm, tên người mẹ: Full name", "mother_full_name"),
    ],
)
def test_printed_wording_by_itself_is_no_value(text: str, field: str) -> None:
    head = [line("TRÍCH LỤC KHAI SINH", 700, 140, row=1), line("Họ, chữ đệm, tên: Trần Văn Mẫu", 150, 300, row=2)]
    (record,) = extract(form("birth_extract", "2016"), [leaf([*head, line(text, 150, 400, row=3)], "front")])
    found = record.get(field)
    assert found is not None
    assert (found.text, found.empty, found.notes) == ("", True, ("unread",))


@pytest.mark.parametrize("trade", ["Giám đốc", "Chủ tịch", "Cán bộ tư pháp hộ tịch"])
def test_a_trade_that_is_also_a_caption_over_signatures_stays_a_trade(trade: str) -> None:
    lines = [*block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100)[:3], line(f"Nghề nghiệp: {trade}", 150, 340, wide=14)]
    (record,) = extract(BOOK, [leaf(lines, "members")])
    occupation = record.get("members[0].occupation")
    assert occupation is not None and occupation.text == trade


def test_a_value_that_resembles_its_own_label_begins_no_other_member() -> None:
    lines = block("Lê An", "Quan hệ với chủ hộ: Chủ hộ", 100)
    lines[2] = line("Nguyên quán: Xã Cao Sơn - Huyện Lương Sơn - Tỉnh Hoà Bình", 150, 100 + 2 * PITCH, wide=14)
    (record,) = extract(BOOK, [leaf(lines, "members")])
    found = {f.name: f.text for f in record.fields}
    assert found["members[0].place_of_origin"] == "Xã Cao Sơn - Huyện Lương Sơn - Tỉnh Hoà Bình"
    assert "members[1].place_of_origin" not in found


@pytest.mark.parametrize(
    "second",
    [
        part(full_name=("Lê Anh Mẫu Lê Hoàng", 1)),
        part(full_name=("Lê Anh Mẫu", 1), old_national_id=("018669615 019436058", 2)),
    ],
)
def test_who_comes_after_two_people_read_as_one_is_not_sure_to_be_counted(second: list[ExtractedField]) -> None:
    _, sure = _people([part(full_name=("Lê An", 0)), second, part(full_name=("Lê Bình", 9))])
    assert sure == 1
    _, all_sure = _people([part(full_name=("Lê An", 0)), part(full_name=("Lê Thị Lệ Mẫu", 1))])
    assert all_sure == 2


def test_what_a_members_block_says_of_the_household_is_in_no_doubt_whose_it_is() -> None:
    two_in_one = part(full_name=("Lê Anh Mẫu Lê Hoàng", 1), sex=("Nam", 2))
    home = replace(part(residence=("Hà Nội", 3))[0], name="residence")
    found = _members([(leaf([], "members"), LeafFields(members=[[*two_in_one, home]]))], [], 0, counted=True)
    assert {f.name for f in found if "uncounted" in f.notes} == {"members[0].full_name", "members[0].sex"}
    assert "residence" in {f.name for f in found}


def beside(name: str, at: int, y: float, x: float = 150, **others: float) -> list[ExtractedField]:
    """A member of a leaf: the name at (x, y), and other fields below one another at the y that is given."""
    fields = part(full_name=(name, at), **{key: (key, at + n) for n, key in enumerate(others, 1)})
    tops = [y, *others.values()]
    return [replace(f, box=rectangle(x, top, x + 200, top + 40)) for f, top in zip(fields, tops, strict=True)]


def test_a_member_whose_values_stand_around_another_members_is_in_doubt_and_the_other_is_not() -> None:
    head = beside("Lê An", 0, 100, sex=200.0)
    second = beside("Lý Hoa", 10, 500, ethnicity=600.0)
    third = beside("Lê Bình", 20, 900, ethnicity=1000.0, religion=200.0)
    found = _members([(leaf([], "members"), LeafFields(members=[head, second, third]))], OWNER, 0, counted=True)
    assert {f.name.partition(".")[0] for f in found if "uncounted" in f.notes} == {"members[2]"}


def test_an_act_whose_values_stand_around_another_acts_name_is_in_doubt() -> None:
    people = beside("Lê An", 0, 100), beside("Lý Hoa", 10, 500, sex=600.0), beside("Lê Bình", 20, 900, sex=200.0)
    acts = [[replace(f, name=f.name.removeprefix("members[].")) for f in person] for person in people]
    doubt = [act[0].support.witness < 0 for act in map(list, _acts(LeafFields(entries=acts)))]
    assert doubt == [False, False, True]


def test_what_a_page_says_of_a_person_is_in_doubt_in_each_of_several_acts_and_not_in_one() -> None:
    people = [[replace(f, name=f.name.removeprefix("members[].")) for f in beside(name, at, y)]
              for name, at, y in (("Lê An", 0, 100), ("Lý Hoa", 10, 500))]  # fmt: skip
    said = [replace(people[0][0], name=name) for name in ("mother_ethnicity", "nationality", "book_number")]

    def doubts(*acts: list[ExtractedField]) -> list[set[str]]:
        read = _acts(LeafFields(entries=list(acts), fields=said))
        return [{f.name for f in act if UNCOUNTED in f.notes} for act in read]

    assert doubts(*people) == [{"mother_ethnicity", "nationality"}] * 2
    assert doubts(people[0]) == [set()]


@pytest.mark.parametrize(("said", "doubt"), [("Lê Văn Tuất", True), ("Lê Văn, thợ may", False), ("Lê Văn", False)])
def test_a_name_behind_which_the_line_of_its_cell_goes_on_is_in_doubt(said: str, doubt: bool) -> None:
    name = replace(part(full_name=("Lê Văn", 0))[0], name="full_name", grammar="name")
    cut = replace(name, pieces=(Piece(line=0, start=0, end=6),))
    (act,) = _acts(LeafFields(entries=[[cut]]), [line(said, 100, 100, cell=(0, 1, 2))])
    assert (UNCOUNTED in act[0].notes) == doubt


def test_members_beside_each_other_are_around_nobody() -> None:
    left, right = beside("Lê An", 0, 100, sex=900.0), beside("Lý Hoa", 10, 400, 1500, ethnicity=600.0)
    found = _members([(leaf([], "members"), LeafFields(members=[left, right]))], OWNER, 0, counted=True)
    assert not any("uncounted" in f.notes for f in found)
