"""Each piece of ink has one role: seen on leaves drawn from the definitions, and on invented lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.model import TextLine
from pipeline.forms.explaining.roles import Role, RolePiece, counts, rivals_of, roles_of
from pipeline.forms.extract import extract
from pipeline.forms.fields import Leaf
from pipeline.forms.loading import form
from tests.making.paper import line

BIRTH = form("birth_certificate", "2016")
LINES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "GIẤY KHAI SINH",
    "Họ, chữ đệm, tên: Lê Thị Mẫu",
    "Ngày, tháng, năm sinh: 05/02/2021",
    "Giới tính: Nữ",
    "Nơi sinh: xã Ví Dụ, huyện Không Có",
    "- - -",
)


def leaf_of(lines: list[TextLine]) -> Leaf:
    return Leaf(page=1, part=1, side="front", lines=tuple(lines))


def written() -> list[TextLine]:
    return [line(text, 100, 100 + 80 * n, row=n) for n, text in enumerate(LINES)]


def roles(leaf: Leaf) -> tuple[RolePiece, ...]:
    return roles_of(BIRTH, leaf, 0, extract(BIRTH, [leaf]))


def role_at(leaf: Leaf, number: int, word: str) -> tuple[Role, str | None]:
    at = leaf.lines[number].text.index(word)
    [piece] = [p for p in roles(leaf) if p.line == number and p.start <= at < p.end]
    return piece.role, piece.field


def test_wording_heading_value_and_ornament_are_told_apart() -> None:
    leaf = leaf_of(written())
    assert role_at(leaf, 0, "CỘNG")[0] is Role.HEADING
    assert role_at(leaf, 1, "KHAI")[0] is Role.HEADING
    assert role_at(leaf, 2, "chữ đệm")[0] is Role.LABEL
    assert role_at(leaf, 2, "Lê")[0] is Role.VALUE
    assert role_at(leaf, 4, "Nữ") == (Role.VALUE, "sex")
    assert role_at(leaf, 6, "-")[0] is Role.ORNAMENT


def test_a_word_that_nothing_explains_says_so() -> None:
    leaf = leaf_of([line("Zuxqe wopfj kmvlt", 1500, 20, row=0), *written()])
    assert role_at(leaf, 0, "wopfj")[0] is Role.UNEXPLAINED
    assert counts(roles(leaf))[Role.UNEXPLAINED] == 1


def test_the_office_at_the_head_is_a_heading() -> None:
    leaf = leaf_of([line("UBND XÃ VÍ DỤ", 100, 20, row=0), line(LINES[0], 900, 20, row=0), *written()[1:]])
    assert role_at(leaf, 0, "XÃ")[0] is Role.HEADING


def test_the_ink_of_a_seal_is_no_unexplained_writing() -> None:
    leaf = leaf_of([*written(), line("ZUXQE WOPFJ", 1500, 1500, row=20, ink="red")])
    assert role_at(leaf, len(LINES), "WOPFJ")[0] is Role.SIGNATURE


def test_a_paper_of_unknown_type_explains_the_state_alone() -> None:
    found = {p.role for p in roles_of(None, leaf_of(written()), 0, ())}
    assert found == {Role.HEADING, Role.UNEXPLAINED, Role.ORNAMENT}


def test_each_field_hears_what_the_other_way_of_reading_says() -> None:
    leaf = leaf_of(written())
    records = extract(BIRTH, [leaf])
    [rivals] = rivals_of(BIRTH, [leaf], records)
    assert [r.field for r in rivals] == [f.name for f in records[0].fields]
    for rival, field in zip(rivals, records[0].fields, strict=True):
        witness = {"agree": 1.0, "nothing": 0.0, "other": -1.0}[rival.says]
        assert witness == field.support.witness
        assert (rival.value is not None) == (rival.says == "other")


WORDS = st.sampled_from([*LINES, "Họ và tên mẹ:", "Số: 15", "12/3/1990", "Zu", ".", "", "Dân tộc: Kinh ...", "  x "])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORDS, st.integers(0, 3), st.integers(0, 12), st.booleans()), max_size=14))
def test_every_character_has_exactly_one_role(given_lines: list[tuple[str, int, int, bool]]) -> None:
    lines = [line(text, 100 + 700 * x, 100 + 80 * y, ink="red" if red else "black") for text, x, y, red in given_lines]
    leaf = leaf_of(lines)
    pieces = roles(leaf)
    for number, one in enumerate(lines):
        own = [p for p in pieces if p.line == number]
        assert [at for p in own for at in range(p.start, p.end)] == list(range(len(one.text)))
        assert len(own) >= 1
        assert all((p.field is not None) == (p.role is Role.VALUE) for p in own)
    assert sum(counts(pieces).values()) == len(pieces)
