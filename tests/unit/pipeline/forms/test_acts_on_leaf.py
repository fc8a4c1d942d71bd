"""Leaves that hold several acts although their heading is lost. All people are invented."""

from __future__ import annotations

from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.acts_on_leaf import tells_of_several
from tests.making.paper import line


def act(top: int, *, parents: bool = True) -> list[TextLine]:
    texts = [
        "Số đăng ký: 69",
        "Họ, tên: HÀ THỊ MẪU",
        "Nam (nữ): Nữ",
        "Ngày, tháng, năm sinh: 28/05/1968",
        "Nơi đẻ: Nhà hộ sinh A",
    ]
    if parents:
        texts += [
            "Họ, tên: CẦM MẪU",
            "Ngày, tháng, năm sinh: 3/4/1934",
            "Họ, tên: HÀ MẪU",
            "Ngày, tháng, năm sinh: 5/6/1930",
        ]
    texts += ["Quan hệ với trẻ: Mẹ", "Ngày đăng ký: 01/VI/1968"]
    return [line(text, 100, top + 60 * n, row=top + n) for n, text in enumerate(texts)]


def test_two_acts_below_each_other_are_told() -> None:
    assert tells_of_several([*act(100), *act(1000)], DocumentType.BIRTH_CERTIFICATE_OLD)


def test_one_act_with_both_parents_is_one() -> None:
    assert not tells_of_several(act(100), DocumentType.BIRTH_CERTIFICATE_OLD)


def test_a_register_is_many_acts_anyway() -> None:
    assert not tells_of_several([*act(100), *act(1000)], DocumentType.BIRTH_REGISTER_ENTRY)
