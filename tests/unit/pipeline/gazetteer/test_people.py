import math

from pipeline.gazetteer import given_names, legal_syllables, middle_names, name_cost, surnames
from pipeline.values import nfc


def test_lists_are_nfc_and_legal() -> None:
    for names in (surnames(), *(f(sex) for f in (middle_names, given_names) for sex in ("male", "female"))):
        assert len(names) >= 50
        assert all(
            name == nfc(name) and name.lower() in legal_syllables() and weight > 0 for name, weight in names.items()
        )


def test_the_right_reading_of_a_name_costs_less_than_its_misreadings() -> None:
    right = name_cost("Nguyễn Thị Lan")
    for wrong in ("Nguyên Thị Lan", "Nguyễn Thi Lan", "Nguyễn Thỉ Lan", "Nguyễm Thị Lan"):
        assert right < name_cost(wrong)


def test_tone_placement_does_not_change_a_cost() -> None:
    assert name_cost("Lê Thị Hoà") == name_cost("Lê Thị Hòa")


def test_no_name_costs_infinity() -> None:
    assert math.isinf(name_cost("  "))
