"""Names: a surname first."""

from __future__ import annotations

import pytest

from pipeline.constraints.lexicons import names
from pipeline.domain.recognition import Wording


def weight(wording: Wording, text: str) -> float:
    state = wording.start
    for character in text:
        state = wording.follow(state, character)
        assert state is not None
    return wording.weight(state, ended=True)


@pytest.mark.parametrize("right, misread", [("Tăng Thị Bích", "Tùng Thị Bích"), ("Bế Danh Điệp", "Bé Danh Điệp")])
def test_a_name_begins_with_a_surname_rather_than_with_a_given_name(right: str, misread: str) -> None:
    assert weight(names(), right) > weight(names(), misread)


def test_a_given_name_is_usual_in_its_own_place() -> None:
    assert weight(names(), "Nguyễn Thanh Tùng") > weight(names(), "Nguyễn Thanh Tăng")


def test_a_rare_surname_costs_little_more_than_a_usual_one() -> None:
    usual, rare = weight(names(), "Lương Văn Tiến"), weight(names(), "Lường Văn Tiến")
    assert usual - 1.0 < rare < usual


def test_what_is_left_of_a_name_that_lost_its_surname_is_likelier_than_what_nobody_is_called() -> None:
    assert weight(names(), "Văn Nam") > weight(names(), "Vẳn Nam")
    assert weight(names(), "Tùng") > weight(names(), "Tủng")


def test_a_name_of_legal_syllables_that_nobody_has_is_allowed() -> None:
    assert weight(names(), "Khuỷu Khoèo") > weight(names(), "Khxu Khxo")


def test_the_first_word_ends_where_it_ends_and_not_at_a_leader_before_it() -> None:
    assert weight(names(), ". Tăng Bích") == weight(names(), "Tăng Bích")
