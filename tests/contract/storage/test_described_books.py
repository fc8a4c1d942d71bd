"""Books as an office describes them, and what is held of each, on both databases."""

from __future__ import annotations

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.domain.model import Status
from storage.book_findings import Doubled, find_in_book, sign_off, sign_offs
from storage.catalogue import Catalogue
from storage.described_books import BookFacts, books_held, describe_books
from storage.objects import LocalStore
from tests.contract.storage.test_search import MAI, Archive

KS = BookFacts(book="KS 1990/2", folder="quet/hop-3", number="02", first_year=1990, last_year=1991, expected_pages=5)


@pytest.fixture
def archive(catalogue: Catalogue, objects: LocalStore) -> Archive:
    return Archive(catalogue, objects)


def test_papers_in_a_book_s_folder_are_of_the_book_before_and_after_it_is_described(
    archive: Archive, catalogue: Catalogue
) -> None:
    archive.add("a", MAI, name="quet/hop-3/a.jpg")
    assert archive.found(book="quet/hop-3") == ["a"]
    assert describe_books(catalogue, [KS], actor="lan") == 1
    archive.add("b", MAI, name="quet/hop-3/b.jpg")
    archive.add("c", MAI, name="quet/hop-4/c.jpg")
    assert archive.found(book="ks 1990/2") == ["b", "a"]
    assert archive.found(book="quet/hop-3") == []
    assert [entry.actor for entry in catalogue.audit_entries(subject="book:KS 1990/2")] == ["lan"]


def test_a_book_tells_what_is_held_and_what_is_missing(archive: Archive, catalogue: Catalogue) -> None:
    describe_books(catalogue, [KS, BookFacts(book="trống", office="hn-01")], actor="lan")
    for number, status in ((3, Status.ACCEPTED), (4, Status.REVIEW), (7, Status.ACCEPTED)):
        values = {**MAI, "document_number": f"0{number}/1990"}
        archive.add(f"d{number}", values, name=f"quet/hop-3/{number}.jpg", status=status)
    held, empty = books_held(catalogue)
    assert (held.papers, held.accepted, held.pages, held.missing_pages, held.gaps) == (3, 2, 3, 2, (5, 6))
    assert held.facts == KS
    assert (empty.papers, empty.missing_pages, empty.gaps) == (0, None, ())


def test_each_year_of_a_register_tells_its_gaps_and_doubles(archive: Archive, catalogue: Catalogue) -> None:
    describe_books(catalogue, [KS], actor="lan")
    for code, number in (("a", "01/1990"), ("b", "3/1990"), ("c", "03/1990"), ("d", "2/1991"), ("e", "x"), ("f", "9")):
        archive.add(code, {**MAI, "document_number": number}, name=f"quet/hop-3/{code}.jpg")
    found = find_in_book(catalogue, KS.book)
    assert found is not None
    told = [(year.year, year.acts, year.first, year.last, year.missing, year.doubled) for year in found.years]
    assert told == [
        (1990, 3, 1, 3, (2,), (Doubled(number=3, papers=("HT-b", "HT-c")),)), (1991, 1, 2, 2, (), ()),
        (None, 1, 9, 9, (), ()),
    ]  # fmt: skip
    assert (found.papers, found.pages, found.expected_pages, found.without_number) == (6, 6, 5, ("HT-e",))
    assert found.count == 4
    assert find_in_book(catalogue, "none") is None


def test_findings_are_signed_as_they_were_seen_and_the_log_says_so(archive: Archive, catalogue: Catalogue) -> None:
    archive.add("a", {**MAI, "document_number": "1/1990"}, name="so-1/a.jpg")
    archive.add("c", {**MAI, "document_number": "3/1990"}, name="so-1/c.jpg")
    seen = find_in_book(catalogue, "so-1")
    assert seen is not None
    with pytest.raises(WrongUse, match="note what was done"):
        sign_off(catalogue, "so-1", seen.digest, note=" ", actor="luu")
    signed = sign_off(catalogue, "so-1", seen.digest, note="số 2 bị bỏ trắng", actor="luu")
    assert sign_offs(catalogue, "so-1") == [signed]
    [entry] = catalogue.audit_entries(subject="book:so-1")
    assert (entry.action, entry.digest, entry.actor) == ("book.signed_off:1", seen.digest, "luu")
    archive.add("b", {**MAI, "document_number": "2/1990"}, name="so-1/b.jpg")
    now = find_in_book(catalogue, "so-1")
    assert now is not None and (now.digest != seen.digest, now.count) == (True, 0)
    with pytest.raises(WrongUse, match="look again"):
        sign_off(catalogue, "so-1", seen.digest, note="", actor="luu")
    assert sign_off(catalogue, "so-1", now.digest, note="", actor="luu").number == 2


def test_an_office_sees_its_own_books(archive: Archive, catalogue: Catalogue) -> None:
    describe_books(catalogue, [BookFacts(book="của Hà Nội", office="hn-01")], actor="lan")
    archive.add("a", MAI, name="so-1/a.jpg")
    assert [one.facts.book for one in books_held(catalogue, ["hn-01"])] == ["của Hà Nội"]
    assert [one.facts.book for one in books_held(catalogue, [""])] == ["so-1"]
    assert books_held(catalogue, []) == []


def test_a_book_that_is_described_again_is_as_it_is_told_last(catalogue: Catalogue) -> None:
    describe_books(catalogue, [KS], actor="lan")
    describe_books(catalogue, [BookFacts(book="KS 1990/3", folder=KS.folder)], actor="lan")
    assert [one.facts.book for one in books_held(catalogue)] == ["KS 1990/3"]


def test_a_name_that_can_be_no_book_s_leaves_all_as_it_was(catalogue: Catalogue) -> None:
    with pytest.raises(WrongUse):
        describe_books(catalogue, [KS, BookFacts(book="<script>")], actor="lan")
    assert books_held(catalogue) == []
