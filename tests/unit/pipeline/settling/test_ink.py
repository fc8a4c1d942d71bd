"""A wording over the cuts that a value was read from, and which one the ink bears."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.geometry import Transform
from pipeline.domain.recognition import LineImage
from pipeline.settling.ink import Written
from tests.making.readings import Voice

CUT = LineImage(pixels=np.full((20, 80), 255, np.uint8), to_upright=Transform.identity())
_WORDS = st.lists(st.sampled_from(("Tổ", "5", "xã", "Cổ", "Loa", "Đông", "Anh")), min_size=1, max_size=5)


def _of(parts: Sequence[Sequence[str]]) -> Written:
    return Written(tuple(" ".join(part) for part in parts), (CUT,) * len(parts))


@given(st.lists(_WORDS, min_size=1, max_size=4), st.sampled_from((", ", " , ", " - ", "-")))
def test_other_signs_between_the_words_leave_each_cut_its_letters(parts: list[list[str]], sign: str) -> None:
    written = _of(parts)
    told = written.by_letters(sign.join(word for part in parts for word in part))
    letters = [["".join(filter(str.isalnum, text)) for text in texts] for texts in (told, written.texts)]
    assert letters[0] == letters[1]


@given(st.lists(_WORDS, min_size=1, max_size=4))
def test_as_many_words_are_divided_as_the_read_ones_are(parts: list[list[str]]) -> None:
    written = _of(parts)
    assert written.by_words(written.text) == written.texts
    assert written.by_words(f"{written.text} nữa") is None


def test_a_cut_of_which_all_wordings_say_the_same_is_not_shown_to_the_reader() -> None:
    class Ink(Voice):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            self.shown.append(line)
            return [-math.inf if "Lo" in text else -1.0 for text in texts]

    ink = Ink(name="first")
    written = Written(("xã Cổ", "Loa"), (CUT, CUT))
    assert written.likelihoods(ink, [("xã Cổ", "Loa"), ("xã Cổ", "Xá")])[1] == -1.0
    assert len(ink.shown) == 1
