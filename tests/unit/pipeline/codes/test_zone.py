from collections.abc import Sequence
from datetime import date

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codes import compose_td1, find_mrz, read_mrz, upside_down
from pipeline.domain.geometry import bounds
from pipeline.domain.recognition import Confidence, LineImage, ModelIdentity, Reading
from tests.making.lines_of_text import upright

LINES = compose_td1("001190123456", date(1990, 1, 15), "female", date(2030, 1, 15), "Nguyễn Thị Mẫu")


def card(lines: Sequence[str]) -> NDArray[np.uint8]:
    yy, xx = np.mgrid[0:638, 0:1011]
    ground = 222 + 10 * np.sin(xx / 9 + yy / 17) + 6 * np.sin((xx - yy) / 11)
    image = np.repeat(ground[..., None], 3, axis=2).astype(np.uint8)
    for row, text in enumerate(("Personal identification:", "Date, month, year: 10/05/2021")):
        cv2.putText(image, text, (40, 70 + 40 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (60, 60, 60), 1, cv2.LINE_AA)
    for row, text in enumerate(lines):
        for place, char in enumerate(text):
            at = (40 + 31 * place, 490 + 55 * row)
            cv2.putText(image, char, at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (25, 25, 25), 2, cv2.LINE_AA)
    return image


class Dictated:
    """A recogniser that says what it is told, one list of alternatives per line."""

    def __init__(self, *lines: Sequence[str]) -> None:
        self.lines = lines
        self.seen: list[LineImage] = []

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity(name="dictated", sha256="0" * 64)

    @property
    def charset(self) -> frozenset[str]:
        return frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        self.seen = list(lines)
        sure = Confidence(raw=1.0, scale="test")
        return [
            Reading(
                text=t[0],
                characters=(),
                confidence=sure,
                reader="dictated",
                alternatives=tuple((a, 0.1) for a in t[1:]),
            )
            for t in self.lines
        ]


def test_the_three_lines_are_found_where_they_stand() -> None:
    boxes = find_mrz(upright(card(LINES), kind="card"))
    assert len(boxes) == 3
    for row, box in enumerate(boxes):
        x0, y0, x1, y1 = bounds(box)
        assert y0 < 490 + 55 * row - 24 and y1 > 490 + 55 * row
        assert x0 < 45 and x1 > 965


def test_a_card_without_a_zone_has_none() -> None:
    assert find_mrz(upright(card(()), kind="card")) == ()


def test_the_outline_around_a_copied_card_does_not_join_the_lines() -> None:
    image = card(LINES)
    cv2.rectangle(image, (14, 14), (996, 623), (90, 90, 90), 2)
    image[:, :10] = image[:, 1001:] = 255
    boxes = find_mrz(upright(image, kind="card"))
    assert len(boxes) == 3
    assert all(y1 - y0 < 60 for _, y0, _, y1 in map(bounds, boxes))


def test_a_red_stamp_over_the_last_line_hides_nothing() -> None:
    image = card(LINES)
    for row, text in enumerate(("CHUNG THUC BAN SAO", "DUNG VOI BAN CHINH")):
        cv2.putText(image, text, (60, 600 + 26 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (70, 70, 215), 2, cv2.LINE_AA)
    cv2.rectangle(image, (45, 570), (420, 636), (70, 70, 215), 2)
    reader = Dictated(*([line] for line in LINES))
    assert read_mrz(upright(image, kind="card"), reader) is not None
    third = reader.seen[2].pixels
    heights = [line.pixels.shape[0] for line in reader.seen]
    assert max(heights) <= 1.5 * min(heights)
    assert (third < 90).mean() < 0.25


def test_a_name_line_of_no_syllables_is_read_again_with_everything_paler_made_white() -> None:
    class Stamped(Dictated):
        asked = 0

        def read(self, lines: Sequence[LineImage]) -> list[Reading]:
            Stamped.asked += 1
            third = "NGUYEN<<RHXUONG<ANH".ljust(30, "<") if Stamped.asked == 1 else LINES[2]
            self.lines = ([LINES[0]], [LINES[1]], [third])
            return super().read(lines)

    read = read_mrz(upright(card(LINES), kind="card"), Stamped())
    assert read is not None and read[0].lines == LINES and Stamped.asked == 2


def test_pages_are_not_searched() -> None:
    assert find_mrz(upright(card(LINES))) == ()


def test_the_lines_are_cut_and_read_by_the_recogniser_passed_in() -> None:
    reader = Dictated(*([line] for line in LINES))
    read = read_mrz(upright(card(LINES), kind="card"), reader)
    assert read is not None
    mrz, boxes = read
    assert mrz.valid and mrz.lines == LINES and len(boxes) == 3
    assert all(line.pixels.ndim == 2 and line.pixels.shape[1] > 800 for line in reader.seen)


def test_an_alternative_reading_that_satisfies_the_checks_is_taken() -> None:
    wrong = "9301458F3001156VNM<<<<<<<<<<<8"
    read = read_mrz(upright(card(LINES), kind="card"), Dictated([LINES[0]], [wrong, LINES[1]], [LINES[2]]))
    assert read is not None and read[0].valid


def test_a_card_upside_down_is_read_and_said_to_be_so() -> None:
    image = np.ascontiguousarray(card(LINES)[::-1, ::-1])
    read = read_mrz(upright(image, kind="card"), Dictated(*([line] for line in LINES)))
    assert read is not None
    mrz, boxes = read
    assert mrz.valid and upside_down(boxes)
    assert bounds(boxes[0])[1] > bounds(boxes[2])[1]


def test_a_zone_nobody_can_read_is_no_zone() -> None:
    assert read_mrz(upright(card(LINES), kind="card"), Dictated(["?"], [""], ["~"])) is None
