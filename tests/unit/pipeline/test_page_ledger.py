"""Every page of a file ends in exactly one place, whatever imaging, grouping and the readers make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import file_pages
from pipeline import read_document as process
from pipeline.codes import Code
from pipeline.domain.errors import InputError
from pipeline.domain.geometry import rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import Finding, PageImage, PageReport, Provenance, TextLine
from pipeline.draft import Draft
from pipeline.forms.loading import form
from pipeline.page_ledger import UNACCOUNTED, PageElsewhere, PageLedger, Place, close_ledger
from pipeline.read_document import PipelineSettings, read_document
from pipeline.read_page import Readers, ReadPage
from tests.making.paper import Paper
from tests.making.readings import Voice, read_image

READERS = Readers(primary=Voice(name="first"))
NOBODY = Provenance(software="test", models=(), settings_sha256="")
TOO_SLOW = Finding(code="page.time_limit", message=Message("quá giờ", "out of time"))
PAPERS = {
    "certificate": form("birth_certificate", "2016").pages[0],
    "front": form("citizen_id_chip", "2021").pages[0],
    "book": form("household_book", "2014").pages[1],
    "leaf": form("household_book", "2014").pages[2],
}
SEPARATORS = ("separator", "bare separator")
KINDS = ("blank", "damaged", "slow", "unknown", *SEPARATORS, *PAPERS)
SEPARATES = Code(kind="qr", symbology="QRCode", text="HT-SEP|book=HK-1", box=rectangle(900, 1200, 1700, 2000))
SOME_WORDS = ("Giấy mời họp tổ dân phố", "Kính mời ông bà đến dự")


@dataclass
class FakeDocument:
    """A file of pages of these kinds; a damaged one cannot be decoded."""

    kinds: Sequence[str]
    media_type: str = "image/tiff"
    size: int = 1
    findings: tuple[Finding, ...] = ()

    @property
    def page_count(self) -> int:
        return len(self.kinds)

    def page(self, number: int) -> PageImage:
        if self.kinds[number - 1] == "damaged":
            raise InputError(Message("hỏng", "damaged"), page=number)
        return PageImage(number=number, pixels=np.zeros((2, 2), np.uint8), dpi=300)

    def __enter__(self) -> FakeDocument:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def lines_of(kind: str, page: int) -> tuple[TextLine, ...]:
    if kind in ("blank", "bare separator"):
        return ()
    paper = Paper(page=page, seed=page)
    if kind == "separator":
        paper.put("TỜ NGĂN / SEPARATOR SHEET", 100, 200)
        return tuple(paper.lines)
    if kind.startswith("numbered "):
        paper.put(SOME_WORDS[0], 100, 200)
        paper.put(f"- {kind.removeprefix('numbered ')} -", 1000, 3000)
        return tuple(paper.lines)
    if kind == "unknown":
        for at, words in enumerate(SOME_WORDS, start=1):
            paper.put(words, 100, 200 * at)
        return tuple(paper.lines)
    return tuple(paper.write(PAPERS[kind]).lines)


def read(kinds: Sequence[str], *, blank_pages: str = "decide") -> tuple[tuple[Draft, ...], PageLedger]:
    """Drafts and ledger of a file of such pages."""

    def read_page(page: PageImage, readers: Readers) -> ReadPage:
        lines = lines_of(kinds[page.number - 1], page.number)
        image = read_image(page=page.number)
        codes = (SEPARATES,) if kinds[page.number - 1] in SEPARATORS else ()
        image = replace(image, image=image.image.evolve(blank=not lines), lines=lines, codes=codes)
        report = PageReport(number=page.number, dpi=300, rotation=0, skew_deg=0.0, quality={}, blank=not lines)
        return ReadPage(report=report, images=(image,))

    heard: list[PageLedger] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_pages, "read_page", read_page)
        patch.setattr(process, "open_document", lambda path, limits: FakeDocument(kinds))
        drafts = read_document(
            Path("a.tif"), name="a.tif", sha256="ab" * 32, readers=READERS, provenance=NOBODY,
            settings=PipelineSettings(blank_pages=blank_pages), on_ledger=heard.append,
            skip={number: TOO_SLOW for number, kind in enumerate(kinds, start=1) if kind == "slow"},
        )  # fmt: skip
    (ledger,) = heard
    return drafts, ledger


def places(ledger: PageLedger) -> dict[int, str]:
    found = {page.number: page.place.value for page in ledger.elsewhere}
    return found | dict.fromkeys(ledger.records, "record")


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=9).filter(lambda kinds: {"unknown", *PAPERS} & set(kinds)),
    st.sampled_from(("decide", "keep", "ask")),
)
def test_the_ledger_of_any_file_closes(kinds: list[str], blank_pages: str) -> None:
    drafts, ledger = read(kinds, blank_pages=blank_pages)
    in_records = {report.number for draft in drafts for report in draft.record.pages}
    decided, open_ = ({page.number for page in pages} for pages in (ledger.decided, ledger.open))
    assert len(kinds) == len(in_records) + len(decided) + len(open_)
    assert in_records | decided | open_ == set(range(1, len(kinds) + 1))
    assert set(ledger.records) == in_records and not ledger.unaccounted
    unread = {number for number, kind in enumerate(kinds, start=1) if kind in ("damaged", "slow")}
    assert {page.number for page in ledger.open if page.place is Place.UNREADABLE} == unread
    written = {number for number, kind in enumerate(kinds, start=1) if kind in ("unknown", *PAPERS)}
    assert written <= in_records
    sheets = {number for number, kind in enumerate(kinds, start=1) if kind in SEPARATORS}
    assert {page.number for page in ledger.elsewhere if page.place is Place.SEPARATOR} == sheets
    for draft in drafts:
        pages = [report.number for report in draft.record.pages]
        assert not sheets & set(range(min(pages), max(pages) + 1)), "a document has pages on both sides of a separator"


@given(
    pages=st.integers(1, 12),
    in_records=st.lists(st.sets(st.integers(1, 12)), max_size=4),
    elsewhere=st.lists(st.tuples(st.integers(1, 12), st.sampled_from(Place)), max_size=6),
)
def test_whatever_is_told_each_page_stands_in_one_place(
    pages: int, in_records: list[set[int]], elsewhere: list[tuple[int, Place]]
) -> None:
    records = [(f"d{at}", sorted(numbers)) for at, numbers in enumerate(in_records)]
    told = [told_of(number, place) for number, place in elsewhere]
    ledger = close_ledger(pages, records, told)
    everywhere = sorted([*ledger.records, *(page.number for page in ledger.elsewhere)])
    assert everywhere == list(range(1, pages + 1))
    sure = {
        number
        for number in everywhere
        if any(number in numbers for numbers in in_records) + [page.number for page in told].count(number) == 1
    }
    assert set(ledger.unaccounted) == set(everywhere) - sure


def told_of(number: int, place: Place) -> PageElsewhere:
    return PageElsewhere(number=number, place=place, code="x", message=Message.same("x"), beside="d0")


def test_a_blank_page_between_two_papers_is_decided_and_named() -> None:
    drafts, ledger = read(["certificate", "blank", "certificate"])
    assert places(ledger) == {1: "record", 2: "blank", 3: "record"}
    assert ledger.elsewhere[0].beside == drafts[0].record.document_id
    assert ledger.elsewhere[0].code == "page.blank"


def test_an_office_may_keep_blank_pages_with_the_paper_before_them() -> None:
    drafts, ledger = read(["blank", "certificate", "blank", "certificate"], blank_pages="keep")
    assert [[report.number for report in draft.record.pages] for draft in drafts] == [[1, 2, 3], [4]]
    assert ledger.elsewhere == ()


def test_an_office_may_have_a_person_look_at_blank_pages() -> None:
    drafts, ledger = read(["certificate", "blank", "certificate"], blank_pages="ask")
    assert places(ledger) == {1: "record", 2: "open", 3: "record"}
    asked = [[finding.code for finding in draft.record.findings] for draft in drafts]
    assert "page.looks_blank" in asked[0] and "page.looks_blank" not in asked[1]


def test_leaves_before_and_after_a_separator_are_two_books() -> None:
    together, _ = read(["book", "leaf", "leaf"])
    drafts, ledger = read(["book", "leaf", "separator", "leaf"])
    assert len(together) == 1
    assert [draft.pages for draft in drafts] == [(1, 2), (4,)]
    assert [(page.number, page.place, page.code) for page in ledger.decided] == [(3, Place.SEPARATOR, "page.separator")]
    assert [ledger.book_of(draft.record.document_id) for draft in drafts] == [None, "HK-1"]


def test_a_blank_page_after_a_separator_is_kept_with_the_paper_after_it() -> None:
    drafts, ledger = read(["certificate", "blank", "separator", "blank", "certificate"], blank_pages="keep")
    assert [[report.number for report in draft.record.pages] for draft in drafts] == [[1, 2], [4, 5]]
    assert places(ledger)[3] == "separator"


@pytest.mark.parametrize("kinds", [["separator"], ["bare separator"], ["separator", "blank"]])
def test_a_file_of_separators_alone_is_set_aside(kinds: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read(kinds)
    assert caught.value.code == "input.only_separators"


def test_a_page_that_could_not_be_read_is_named_where_there_are_only_separators_beside_it() -> None:
    with pytest.raises(InputError) as damaged:
        read(["separator", "damaged"])
    with pytest.raises(InputError) as slow:
        read(["separator", "slow"])
    assert (damaged.value.page, slow.value.page) == (2, 2)


def test_a_blank_page_beside_separators_is_seen_by_a_person_where_the_office_asks_for_it() -> None:
    drafts, ledger = read(["separator", "blank"], blank_pages="ask")
    assert (len(drafts), places(ledger)) == (1, {1: "separator", 2: "record"})


def test_a_page_that_could_not_be_read_is_open_with_its_reason() -> None:
    _, ledger = read(["certificate", "damaged", "slow"])
    assert [(page.number, page.place, page.code) for page in ledger.open] == [
        (2, Place.UNREADABLE, "page.unreadable"),
        (3, Place.UNREADABLE, "page.time_limit"),
    ]


def test_a_page_that_could_not_be_read_is_a_finding_of_the_record_beside_it_alone() -> None:
    drafts, _ = read(["certificate", "damaged", "certificate", "slow", "certificate"])
    said = [[finding.code for finding in draft.record.findings] for draft in drafts]
    assert ["page.unreadable" in codes for codes in said] == [True, False, False]
    assert ["page.time_limit" in codes for codes in said] == [False, True, False]


def test_a_page_that_could_not_be_read_is_open_also_where_nothing_was_read() -> None:
    drafts, ledger = read(["blank", "damaged"])
    assert places(ledger) == {1: "record", 2: "unreadable"}
    assert [report.number for report in drafts[0].record.pages] == [1]


def test_a_page_that_grouping_loses_is_open_and_in_its_neighbours_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = process._groups
    monkeypatch.setattr(process, "_groups", lambda held, before: groups(held, before)[:1])
    drafts, ledger = read(["certificate", "certificate"])
    assert [(page.number, page.code) for page in ledger.open] == [(2, "page.no_record")]
    assert "page.no_record" in [finding.code for finding in drafts[0].record.findings]


def test_a_stack_fed_fronts_first_is_told_and_stays_as_it_came() -> None:
    fed = [f"numbered {number}" for number in (1, 3, 5, 2, 4, 6)]
    drafts, ledger = read(fed)
    assert all("input.page_order" in [finding.code for finding in draft.record.findings] for draft in drafts)
    assert sorted(page for draft in drafts for page in draft.pages) == [1, 2, 3, 4, 5, 6] and not ledger.elsewhere
    in_order, _ = read(sorted(fed))
    assert not any("input.page_order" in [f.code for f in draft.record.findings] for draft in in_order)


def test_pages_that_nobody_speaks_of_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_pages.FilePages, "_miss", lambda self, number, finding: None)
    drafts, ledger = read(["certificate", "damaged"])
    assert ledger.unaccounted == (2,)
    assert UNACCOUNTED in [finding.code for finding in drafts[0].record.findings]
