"""Papers in layouts of nobody's definition: what is written on them is what truth says, in every layout."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from ocr_models.workshop.drawing import people
from ocr_models.workshop.drawing.clerk import Clerk
from ocr_models.workshop.drawing.facts import Content
from ocr_models.workshop.fonts import Split
from ocr_models.workshop.layouts.__main__ import content_of
from ocr_models.workshop.layouts.arranging import table
from ocr_models.workshop.layouts.papers import Paper
from ocr_models.workshop.layouts.style import ARRANGEMENTS, PARTINGS, Arrangement, Parting, Style, css, make_style
from ocr_models.workshop.layouts.writing import Writer, words
from pipeline.gazetteer.separators import gaps

KINDS = sorted(words()["titles"])
SPLIT: Split = "dev"
LAYOUTS = [(arrangement, parting) for arrangement in ARRANGEMENTS for parting in PARTINGS]
_VALUE = re.compile(r'<span class="[vp]" data-n="(\d+)">(.*?)</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def style(seed: str, writing: str = "print") -> Style:
    return make_style(Random(seed), kind=writing, split=SPLIT, old=False)


def paper(kind: str, seed: str = "1", *, arrangement: Arrangement = "lines", parting: Parting = "worded") -> Paper:
    rng = Random(f"{seed}/{kind}")
    content: Content = content_of(rng, kind)
    look = replace(style(f"{seed}/{kind}"), arrangement=arrangement, parting=parting)
    return Paper(rng, kind, content, look)


def body(of: Paper) -> str:
    return "".join(sheet.body for sheet in of.pages())


def numbered(page: str) -> dict[int, str]:
    """What stands under each number on a page."""
    return {int(n): _text(inside) for n, inside in _VALUE.findall(page)}


def _text(inside: str) -> str:
    return html.unescape(_TAG.sub("", inside.replace("<br>", " ")))


def wanted(of: Paper) -> dict[int, str]:
    """What truth says stands there."""
    return {n: value.entry.verbatim for n, value in enumerate(of.writer.written) if value.entry.verbatim}


@pytest.mark.parametrize("kind", KINDS)
def test_one_seed_gives_one_paper(kind: str) -> None:
    assert body(paper(kind)) == body(paper(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_gives_another_paper(kind: str) -> None:
    assert body(paper(kind)) != body(paper(kind, "2"))


@pytest.mark.parametrize(("arrangement", "parting"), LAYOUTS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_value_stands_under_its_number_in_every_layout(
    kind: str, arrangement: Arrangement, parting: Parting
) -> None:
    made = paper(kind, arrangement=arrangement, parting=parting)
    assert numbered(body(made)) == wanted(made)


@pytest.mark.parametrize("writing", ["typed", "pen"])
def test_every_value_stands_under_its_number_however_it_is_written(writing: str) -> None:
    content = content_of(Random("1"), "birth_certificate")
    made = Paper(Random("1"), "birth_certificate", content, style("1", writing))
    assert numbered(body(made)) == wanted(made)


@pytest.mark.parametrize("name", ["father_date_of_birth", "mother_date_of_birth"])
def test_of_a_parents_date_truth_knows_the_year_alone(name: str) -> None:
    writer = Writer(Random("1"), Clerk(Random("1"), year=2020, kind="print"), style("1"))
    writer.value(name, date(1970, 3, 5))
    (one,) = writer.written
    assert (one.name, one.entry.value) == (name.replace("date_of_birth", "birth_year"), "1970")
    assert one.entry.verbatim == "05/03/1970"


def test_a_childs_date_is_truths_whole_date() -> None:
    writer = Writer(Random("1"), Clerk(Random("1"), year=2020, kind="print"), style("1"))
    writer.value("date_of_birth", date(2019, 3, 5))
    assert (writer.written[0].name, writer.written[0].entry.value) == ("date_of_birth", "2019-03-05")


def test_a_hand_puts_between_the_units_of_an_address_what_it_always_does() -> None:
    hand = replace(style("1"), between=" , ")
    writer = Writer(Random("1"), Clerk(Random("1"), year=2020, kind="print"), hand)
    place = people.person(Random("1"), years=(1980, 1990)).residence
    writer.value("residence", place)
    entry = writer.written[0].entry
    assert entry.value == entry.verbatim
    assert all(address_gap == " , " for address_gap in [entry.verbatim[a:b] for a, b in gaps(entry.verbatim)])


def test_what_has_no_fact_has_no_number() -> None:
    writer = Writer(Random("1"), Clerk(Random("1"), year=2020, kind="print"), style("1"))
    assert "data-n" not in writer.value("religion", None)
    assert writer.written[0].entry.value is None


@pytest.mark.parametrize("seed", ["1", "2", "3", "4"])  # tables and acts below one another
def test_each_entry_of_a_register_has_values_of_its_own(seed: str) -> None:
    made = paper("birth_register_entry", seed)
    made.pages()
    written = [v.record for v in made.writer.written if v.name == "full_name"]
    assert written == list(range(len(written))) and len(written) > 1


def test_a_table_over_a_fold_is_parted_once_after_its_left_pages_columns() -> None:
    heads = [[("Số", 1, 2), ("Tên", 1, 2), ("Mẹ", 2, 1)], [("Tên", 1, 1), ("Tuổi", 1, 1)]]
    made = table(heads, [["1", "An", "Hoa", "30"]], fold=2)
    (parted,) = re.finditer('<td class="fold" rowspan="3"></td>', made)
    assert made.index(">Số<") < parted.start() < made.index(">Mẹ<")
    assert "fold" not in table(heads, [["1", "An", "Hoa", "30"]])


def test_layouts_of_different_seeds_are_of_all_families() -> None:
    families = {style(str(seed)).family for seed in range(400)}
    assert families == {f"{arrangement}-{parting}" for arrangement, parting in LAYOUTS}


def test_a_styles_sheet_names_the_files_of_its_typefaces() -> None:
    look = style("1")
    assert f"font-family:L;src:url({Path(look.label.regular).as_uri()})" in css(look)
    assert f"font-family:V;src:url({Path(look.value.regular).as_uri()})" in css(look)
