"""Addresses: ink and gazetteer together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage
from pipeline.settling.address_spelling import KNOWN_NAME, spelled_as_known
from pipeline.settling.ink import Written
from tests.making.readings import Voice

CUT = LineImage(pixels=np.full((20, 80), 255, np.uint8), to_upright=Transform.identity())
READ = "xã Phủ Lãng, huyện Quế Võ, tỉnh Bắc Ninh"
KNOWN = "xã Phù Lãng, huyện Quế Võ, tỉnh Bắc Ninh"


class Ink(Voice):
    """Says how likely each wording is; words of a longer text count one by one."""

    def __init__(self, known: float) -> None:
        super().__init__()
        self.known = known

    def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
        return [self.known if "Phù" in text else 0.0 for text in texts]


def test_a_known_name_that_the_ink_bears_nearly_as_well_is_taken() -> None:
    assert spelled_as_known(Written((READ,), (CUT,)), Ink(-KNOWN_NAME + 1)) == (KNOWN,)


def test_a_known_name_that_the_ink_speaks_against_is_not_taken() -> None:
    assert spelled_as_known(Written((READ,), (CUT,)), Ink(-KNOWN_NAME - 1)) == (READ,)
    assert spelled_as_known(Written((READ,), (CUT,)), Ink(-math.inf)) == (READ,)


def test_an_address_over_two_lines_keeps_its_lines() -> None:
    parts = ("xã Phủ Lãng, huyện Quế", "Võ, tỉnh Bắc Ninh")
    assert spelled_as_known(Written(parts, (CUT, CUT)), Ink(0.0)) == ("xã Phù Lãng, huyện Quế", "Võ, tỉnh Bắc Ninh")


def test_an_address_whose_units_are_known_is_left_alone() -> None:
    assert spelled_as_known(Written((KNOWN,), (CUT,)), Ink(0.0)) == (KNOWN,)
