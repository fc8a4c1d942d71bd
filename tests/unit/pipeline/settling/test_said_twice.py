"""What an act says twice is read from both places."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.domain.recognition import LineImage
from pipeline.settling.said_twice import TWICE, said_twice
from tests.making.readings import Voice, extracted, read_image, settled


def _read(names: Sequence[str], texts: Sequence[str], ink: Voice, grammar: str = "name") -> list[str | None]:
    images = [read_image(text) for text in texts]
    fields = [extracted(t, grammar, name=name, leaf=n) for n, (name, t) in enumerate(zip(names, texts, strict=True))]
    taken = [settled(text, grammar, name=name) for name, text in zip(names, texts, strict=True)]
    return [one.field.value for one in said_twice(fields, taken, images, ink)]


BOTH = ("father_full_name", "declarant_full_name")
NEARLY = ("Phạm Vân Điệp", "Phạm Văn Điệp")


class Same(Voice):
    """An ink that bears the right name in both places, and what was misread a little better in the first."""

    def __init__(self, wrong: float) -> None:
        super().__init__(name="first")
        self.wrong = wrong

    def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
        return [{"Phạm Vân Điệp": self.wrong, "Phạm Văn Điệp": 0.0}.get(text, -50.0) for text in texts]


def test_a_name_that_stands_twice_is_the_one_that_both_inks_bear() -> None:
    assert _read(BOTH, NEARLY, Same(-1.0)) == [NEARLY[1], NEARLY[1]]


def test_a_misreading_that_its_own_ink_bears_better_gives_way_to_two_that_bear_the_other() -> None:
    class First(Voice):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            first = line.pixels.shape[1] == 10 * len("Phạm Vân Điệp ")
            return [(TWICE - 1 if first else -9.0) if "Vân" in text else 0.0 for text in texts]

    read = _read(BOTH, ("Phạm Vân Điệp ", "Phạm Văn Điệp"), First(name="first"))
    assert read == ["Phạm Văn Điệp", "Phạm Văn Điệp"]


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (("father_full_name", "mother_full_name"), NEARLY),
        (("members[1].full_name", "members[2].full_name"), NEARLY),
        (BOTH, ("Phạm Văn Điệp", "Lê Thị Hoa")),
        (BOTH, ("Phạm Điệp", "Phạm Văn Điệp")),
    ],
)
def test_other_people_and_other_names_stay(names: tuple[str, str], texts: tuple[str, str]) -> None:
    assert _read(names, texts, Same(-1.0)) == list(texts)


def test_addresses_that_differ_in_a_digit_are_two() -> None:
    texts = ("Tổ 5, xã Cổ Loa, huyện Đông Anh", "Tổ 6, xã Cổ Loa, huyện Đông Anh")
    assert _read(("father_residence", "mother_residence"), texts, Same(0.0), "address") == list(texts)


def test_two_inks_that_each_speak_for_their_own_stay_apart() -> None:
    class Apart(Voice):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            own = "Vân" if line.pixels.shape[1] == 10 * len("Phạm Vân Điệp ") else "Văn"
            return [0.0 if own in text else -TWICE for text in texts]

    texts = ("Phạm Vân Điệp ", "Phạm Văn Điệp")
    assert _read(BOTH, texts, Apart(name="first")) == ["Phạm Vân Điệp", "Phạm Văn Điệp"]


def test_capitals_stay_where_they_are() -> None:
    class Loud(Voice):
        def score(self, line: LineImage, texts: Sequence[str]) -> list[float]:
            return [0.0 if text in ("PHẠM VĂN ĐIỆP", "Phạm Văn Điệp") else -9.0 for text in texts]

    images = [read_image("PHẠM VĂN ĐIỆP"), read_image("Phạm Vân Điệp")]
    texts = ("PHẠM VĂN ĐIỆP", "Phạm Vân Điệp")
    fields = [extracted(text, name=name, leaf=n) for n, (name, text) in enumerate(zip(BOTH, texts, strict=True))]
    taken = [settled(text, name=name) for name, text in zip(BOTH, texts, strict=True)]
    told = said_twice(fields, taken, images, Loud(name="first"))
    assert [one.field.verbatim for one in told] == ["PHẠM VĂN ĐIỆP", "Phạm Văn Điệp"]


def test_a_reader_that_cannot_score_changes_nothing() -> None:
    assert _read(BOTH, NEARLY, Voice(name="first")) == list(NEARLY)


def test_what_a_place_said_by_itself_stays_an_alternative_and_it_is_no_surer_than_either() -> None:
    images = [read_image(text) for text in NEARLY]
    fields = [extracted(text, name=name, leaf=n) for n, (name, text) in enumerate(zip(BOTH, NEARLY, strict=True))]
    taken = [settled(NEARLY[0], name=BOTH[0], p=0.99), settled(NEARLY[1], name=BOTH[1], p=0.7)]
    father, declarant = said_twice(fields, taken, images, Same(-1.0))
    assert (father.field.value, father.field.alternatives[0][0]) == (NEARLY[1], NEARLY[0])
    assert "value.said_twice" in father.field.findings
    assert (father.evidence.reader_min, father.evidence.read_again) == (taken[1].evidence.reader_min, True)
    assert declarant == taken[1]
