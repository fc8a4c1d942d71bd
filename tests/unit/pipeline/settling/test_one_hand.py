"""Addresses of one paper are read as one hand wrote them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from pipeline.domain.recognition import LineImage
from pipeline.read_image import ReadImage
from pipeline.settling.one_hand import FOLLOWS, SEPARATORS, in_one_hand
from tests.making.readings import Voice, extracted, read_image, settled

SPACED = SEPARATORS[1].unseen
WHERE = ("Tổ 5{0}xã Cổ Loa{0}huyện Đông Anh", "Thôn Hạ{0}xã Tàm Xá{0}huyện Đông Anh", "xã Xuân Nộn{0}huyện Đông Anh")


class Ink(Voice):
    """Holds `kept` between the units of every address, each at so many nats; says nothing of words."""

    def __init__(self, kept: str, nats: float = 1.0) -> None:
        super().__init__(name="first")
        self.kept, self.nats = kept, nats

    def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
        return [self.nats * len(re.findall(rf"(?<=\w){re.escape(self.kept)}(?=\w)", text)) for text in texts]


def _read(addresses: Sequence[str], ink: Voice, *, grammar: str = "address") -> list[str | None]:
    images: list[ReadImage] = [read_image(text) for text in addresses]
    fields = [extracted(text, grammar, name="residence", leaf=n) for n, text in enumerate(addresses)]
    taken = [settled(text, grammar, name="residence") for text in addresses]
    return [one.field.value for one in in_one_hand(fields, taken, images, ink)]


def _written(separator: str) -> list[str]:
    return [where.format(separator) for where in WHERE]


def test_a_habit_that_most_addresses_show_is_read_in_all() -> None:
    read = [WHERE[0].format(" , "), WHERE[1].format(", "), "xã Xuân Nộn huyện Đông Anh"]
    assert _read(read, Ink(" , ")) == _written(" , ")


def test_a_gap_whose_ink_speaks_clearly_against_the_habit_stays_as_it_was_read() -> None:
    class Clear(Ink):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            likelihoods = zip(super().score(line, texts), texts, strict=True)
            return [s - (3 * FOLLOWS if "Nộn " in text else 0) for s, text in likelihoods]

    read = [WHERE[0].format(" , "), WHERE[1].format(" , "), WHERE[2].format("-")]
    assert _read(read, Clear(" , ", 3.0)) == read


def test_the_point_behind_a_short_form_is_a_habit_too() -> None:
    class Pointed(Voice):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            return [len(re.findall(r"\b[XH]\. ", text)) - 9.0 * text.count(" ,") for text in texts]

    read = ["X. Cổ Loa, H Đông Anh", "X Tàm Xá, H. Đông Anh"]
    assert _read(read, Pointed()) == ["X. Cổ Loa, H. Đông Anh", "X. Tàm Xá, H. Đông Anh"]


def test_an_office_keeps_its_own_habit() -> None:
    class Printed(Ink):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            likelihoods = zip(super().score(line, texts), texts, strict=True)
            return [-s if text.startswith("UBND") else s for s, text in likelihoods]

    office = "UBND xã Cổ Loa, huyện Đông Anh"
    read = [*_written(", "), office]
    assert _read(read, Printed(" , ", SPACED + 1)) == [*_written(" , "), office]


def test_commas_without_spaces_need_more_than_the_reader_s_readiness_to_see_them() -> None:
    assert _read(_written(", "), Ink(" , ", 0.1 - SPACED)) == _written(" , ")
    assert _read(_written(", "), Ink(" , ", -0.1 - SPACED)) == _written(", ")


def test_other_fields_and_readers_that_cannot_score_change_nothing() -> None:
    read = [WHERE[0].format(" , "), WHERE[1].format(", ")]
    assert _read(read, Ink(" , "), grammar="text") == read
    assert _read(read, Voice(name="first")) == read


def test_how_sure_a_reading_is_never_changes() -> None:
    read = [WHERE[0].format(" , "), WHERE[1].format(", ")]
    images = [read_image(text) for text in read]
    fields = [extracted(text, "address", name="residence", leaf=n) for n, text in enumerate(read)]
    taken = [settled(text, "address", name="residence", p=0.7) for text in read]
    told = in_one_hand(fields, taken, images, Ink(" , "))
    assert [one.evidence for one in told] == [one.evidence for one in taken]
    assert told[1].field.value == WHERE[1].format(" , ")


def test_what_the_reader_cannot_write_is_no_habit() -> None:
    class Without(Voice):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            return [-math.inf if " , " in text else 0.0 for text in texts]

    assert _read(_written(", "), Without()) == _written(", ")
