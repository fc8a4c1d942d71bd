"""Books as an office describes them, and what is held of each, on both databases."""

from __future__ import annotations

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.domain.model import Status
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
