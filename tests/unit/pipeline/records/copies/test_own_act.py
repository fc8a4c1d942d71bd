"""One act of a page that it shares with others: its strip and the page's head, or nothing where that is not sure."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pikepdf
import pypdfium2
import pytest

from pipeline.domain.geometry import Quad, bounds, rectangle
from pipeline.domain.model import CivilRecord, DocumentType, PageImage, PageReport
from pipeline.records.archival import TextSpan, make_archival_pdf
from pipeline.records.copies.own_act import only_places, words_on
from pipeline.records.copies.strips import Word, own_places
from tests.contract.storage.samples import field, record
from tests.making.pdf_a import broken_clauses

PAGE = PageReport(number=1, width=1000, height=800, dpi=100.0, rotation=0, skew_deg=0.0, quality={})
NAMES = ("document_number", "full_name", "date_of_birth", "mother_full_name")
HEAD = [
    Word(text, place)
    for text, place in (
        ("SỔ", (400.0, 40.0)), ("KHAI", (440.0, 40.0)), ("SINH", (480.0, 40.0)), ("Họ", (300.0, 90.0))
    )
]  # fmt: skip
BOOK = rectangle(700, 50, 800, 70)


def act(*boxes: tuple[str, Quad]) -> CivilRecord:
    fields = [replace(field(name), page=1, box=box) for name, box in (*boxes, ("book_number", BOOK))]
    return record(b"x", "d", *fields).evolve(document_type=DocumentType.BIRTH_REGISTER_ENTRY, pages=(PAGE,))


def row(top: float, *, names: Sequence[str] = NAMES) -> CivilRecord:
    return act(*((name, rectangle(100 + 200 * n, top, 250 + 200 * n, top + 20)) for n, name in enumerate(names)))


def shown(mine: CivilRecord, *others: CivilRecord, words: Sequence[Word] = HEAD) -> list[tuple[int, int]] | None:
    """From where to where each place is seen, downwards."""
    places = own_places(mine, others, PAGE, words)
    return None if places is None else [(round(bounds(q)[1]), round(bounds(q)[3])) for q in places]


ROWS = [row(top) for top in (200, 300, 400)]


def test_a_row_is_shown_with_the_head_of_its_page_and_nothing_between() -> None:
    assert shown(ROWS[1], ROWS[0], ROWS[2]) == [(260, 360), (0, 192)]


def test_the_first_row_goes_on_from_the_head_and_the_last_ends_where_a_next_one_would_begin() -> None:
    assert shown(ROWS[0], *ROWS[1:]) == [(0, 260)]
    assert shown(ROWS[2], *ROWS[:2]) == [(360, 500), (0, 192)]


@pytest.mark.parametrize(
    "words",
    [
        [*HEAD, Word("12/3/1958", (300.0, 150.0))],
        [*HEAD, *(Word(text, (300.0, 150.0)) for text in ("Trịnh", "Thu", "Trang"))],
        [],
    ],
    ids=["date", "name", "nothing read"],
)
def test_a_head_that_may_hold_an_act_that_nobody_found_is_covered_but_for_what_is_the_pages(words: list[Word]) -> None:
    assert shown(ROWS[1], ROWS[0], ROWS[2], words=words) == [(260, 360), (50, 70)]


@pytest.mark.parametrize(
    "others",
    [
        [row(310)], [row(200), row(600)], [row(200), row(300, names=NAMES[:1])], [row(800)],
        [act(("full_name", rectangle(100, 600, 250, 620)))],
    ],
    ids=["over it", "one missing between", "hardly found", "far away", "one value"],
)  # fmt: skip
def test_where_the_place_is_not_sure_nothing_is_shown(others: list[CivilRecord]) -> None:
    assert shown(row(300), *others) is None


def test_an_entry_that_does_not_begin_as_the_others_do_makes_the_place_unsure() -> None:
    def entry(top: float, names: Sequence[tuple[int, str]]) -> CivilRecord:
        return act(*((name, rectangle(100, top + 40 * n, 250, top + 40 * n + 20)) for n, name in names))

    whole = list(enumerate((*NAMES, "mother_residence", "registrar_full_name")))
    assert shown(entry(100, whole), entry(400, whole)) is not None
    assert shown(entry(100, whole), entry(400, whole[3:])) is None, "who is born may stand above what was found"


ENTRY = ("document_number", "full_name", "date_of_birth", "mother_full_name", "residence", "registrar_full_name")


def entry(left: float, top: float, *, step: float = 60, names: Sequence[str] = ENTRY) -> CivilRecord:
    """An act as high as a leaf, 200 wide."""
    return act(
        *((name, rectangle(left, top + step * n, left + 200, top + step * n + 20)) for n, name in enumerate(names))
    )


def labels(left: float, top: float, *, step: float = 60) -> list[Word]:
    """What is printed before each of its values, 80 wide."""
    return [Word("Họ", (left - 60, top + step * n + 10), (40.0, 0.0)) for n in range(len(ENTRY))]


def seen(mine: CivilRecord, *others: CivilRecord, words: Sequence[Word]) -> tuple[float, ...] | None:
    places = own_places(mine, others, PAGE, words)
    return None if places is None else tuple(map(round, bounds(places[0])))


def test_of_two_acts_side_by_side_each_is_shown_to_the_gutter_between_them_with_its_labels() -> None:
    left, right = entry(180, 120, step=100), entry(700, 120, step=100)
    words = [*labels(180, 120, step=100), *labels(700, 120, step=100)]
    assert seen(left, right, words=words) == (0, 0, 490, 800)
    assert seen(right, left, words=words) == (490, 0, 1000, 800)


def test_where_no_straight_gutter_is_free_of_words_acts_side_by_side_are_not_parted() -> None:
    left, right = entry(180, 250), entry(700, 250)
    across = Word("một dòng chạy suốt qua hai bên", (500.0, 330.0), (300.0, 0.0))
    assert seen(left, right, words=[*labels(700, 250), across]) is None
    assert seen(left, right, words=[Word("TIÊU ĐỀ CHUNG", (500.0, 40.0), (300.0, 0.0))]) is not None, "a common heading"


def test_what_may_be_anothers_value_beside_the_gutter_is_left_to_the_other() -> None:
    left, right = entry(180, 250), entry(700, 250)
    unread = Word("12/3/1958", (460.0, 300.0), (30.0, 0.0))  # of the left act, and wide blanks on both sides of it
    box = seen(right, left, words=[*labels(700, 250), unread])
    assert box is not None and box[0] > 490


def test_an_act_beside_another_is_cut_off_where_one_that_nobody_read_has_room() -> None:
    left, right = entry(180, 60, step=40), entry(700, 60, step=40)
    assert seen(left, right, words=labels(700, 60, step=40)) == (0, 0, 490, 288)
    named = [*labels(180, 60), *(Word(text, (200.0, 30.0)) for text in ("Trịnh", "Thu", "Trang"))]
    box = seen(left, right, words=named)
    assert box is not None and box[1] == 52, "a name above it is not shown"


def test_an_act_beside_another_that_does_not_begin_or_end_as_it_does_is_not_shown() -> None:
    assert seen(entry(180, 250, names=ENTRY[3:]), entry(700, 250), words=labels(700, 250)) is None


def test_papers_of_two_forms_below_one_another_are_parted_by_the_gutter_between_them() -> None:
    upper, lower = (entry(300, top, step=50).evolve(form=form) for top, form in ((60, "2016"), (450, "2020")))
    title = Word("TRÍCH LỤC", (400.0, 420.0), (60.0, 0.0))  # of the lower one
    assert seen(upper, lower, words=[title]) == (0, 0, 1000, 375)
    assert seen(lower, upper, words=[title]) == (0, 375, 1000, 800)
    assert seen(lower, upper.evolve(form="2020"), words=[title]) is not None
    row_of_another = row(600).evolve(form="1999")
    assert seen(upper, row_of_another, words=[title]) is None, "a row of a table is no paper of its own"


def test_two_acts_on_each_of_two_leaves_are_parted_by_the_gutter_and_then_by_their_distance() -> None:
    four = [entry(x, y, step=40) for x in (180, 700) for y in (60, 430)]
    box = seen(four[3], *four[:3], words=[*labels(180, 60), *labels(700, 60)])
    assert box is not None and (box[0], box[2]) == (490, 1000)
    assert 280 < box[1] < 430


def test_two_acts_below_a_wide_one_are_parted_by_both_gutters() -> None:
    wide = act(*((name, rectangle(100, 60 + 40 * n, 900, 80 + 40 * n)) for n, name in enumerate(ENTRY)))
    left, right = entry(180, 430, step=40), entry(700, 430, step=40)
    box = seen(left, wide, right, words=labels(700, 430, step=40))
    assert box is not None and box[1] > 290 and box[2] < 620


def test_a_tilted_page_is_cut_along_its_lines() -> None:
    tilt = math.radians(4)

    def tilted(one: CivilRecord) -> CivilRecord:
        def turned(x: float, y: float) -> tuple[float, float]:
            return x * math.cos(tilt) - y * math.sin(tilt), x * math.sin(tilt) + y * math.cos(tilt)

        boxes = [tuple(turned(*corner) for corner in f.box) for f in one.fields]
        fields = [replace(f, box=cast(Quad, box)) for f, box in zip(one.fields, boxes, strict=True)]
        return one.evolve(fields=tuple(fields))

    first, second, third = (tilted(row(top)) for top in (200, 240, 280))
    places = own_places(second, [first, third], PAGE, HEAD)
    assert places is not None
    (ax, ay), (bx, by) = places[0][:2]
    assert math.atan2(by - ay, bx - ax) == pytest.approx(tilt, abs=0.001)


@pytest.mark.parametrize("bilevel", [False, True], ids=["colour", "black and white"])
def test_what_is_covered_is_in_no_picture_and_in_no_word_of_the_copy(bilevel: bool) -> None:
    ink = np.where(np.random.default_rng(1).integers(0, 2, (400, 300, 1)) > 0, 0, 255).astype(np.uint8)
    pixels = np.repeat(ink, 3, axis=2)
    spans = [TextSpan(text=text, box=rectangle(20, y, 200, y + 20)) for text, y in (("ĐẦU", 10), ("MÌNH", 200))]
    spans.append(TextSpan(text="NGƯỜI KHÁC", box=rectangle(20, 330, 200, 350)))
    stream = io.BytesIO()
    page = PageImage(number=1, pixels=ink[:, :, 0] if bilevel else pixels, dpi=100.0)
    make_archival_pdf(stream, [(page, spans, 90)], identifier="x")
    assert [word.text.strip() for word in words_on(stream.getvalue(), 1, (300, 400))] == ["ĐẦU", "MÌNH", "NGƯỜI KHÁC"]
    made = only_places(stream.getvalue(), {1: ((300, 400), (rectangle(0, 180, 300, 240),))})
    with pikepdf.open(io.BytesIO(made)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        assert len([one for one in streams if one.get("/Subtype") == "/Image"]) == 1
        picture = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im).as_pil_image().convert("L")
        pdf.pages[0].Rotate = 0
    seen = np.asarray(picture)
    assert seen[190:230].std() > 100, "its own ink is there"
    assert seen[:170].std() < 80 and seen[250:].std() < 80
    if not bilevel:
        assert seen[:170].min() > 190
    text = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert "MÌNH" in text and "KHÁC" not in text and "ĐẦU" not in text
    assert broken_clauses(made) == []
