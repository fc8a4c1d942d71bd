"""Books, their lines, models and choices only grow, and everything done to them is in the log; on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import HotichError, WrongUse
from storage.catalogue import BASE, BookLine, BookModel, Catalogue, Reason, checked_book
from storage.catalogue.tables import book_choices, book_lines, book_models
from storage.objects import LocalStore, ObjectKey
from storage.verify import verify

BOOK = "KS 12/1957"


def key(text: str) -> ObjectKey:
    return ObjectKey.of(text.encode())


def add(catalogue: Catalogue, image: str, correction: str, book: str = BOOK) -> BookLine | None:
    with catalogue.unit() as unit:
        line = unit.books.add_line(book, image=key(image), correction=key(correction), actor="A")
        unit.commit()
    return line


def make_model(catalogue: Catalogue, weights: str, lines: int = 1) -> BookModel:
    with catalogue.unit() as unit:
        made = unit.books.add_model(
            BOOK, weights=key(weights), manifest=key(weights + "m"), lines=lines, facts={"cer": 4.5}, actor="A"
        )
        unit.commit()
    return made


def choose(catalogue: Catalogue, version: int, reason: Reason) -> None:
    with catalogue.unit() as unit:
        unit.books.choose(BOOK, version, reason, lines=1, facts={}, actor="A")
        unit.commit()


def test_lines_come_back_in_the_order_they_came(catalogue: Catalogue) -> None:
    for number in range(3):
        add(catalogue, f"image {number}", f"text {number}")
    with catalogue.books() as books:
        assert [line.number for line in books.lines(BOOK)] == [1, 2, 3]
        assert [line.image for line in books.lines(BOOK)] == [key(f"image {number}") for number in range(3)]
        assert books.newest_line(BOOK) == 3


def test_the_same_correction_again_adds_nothing(catalogue: Catalogue) -> None:
    assert add(catalogue, "image", "text") is not None
    assert add(catalogue, "image", "text") is None
    assert len(catalogue.audit_entries()) == 1


def test_a_later_correction_of_a_line_stands_for_the_earlier(catalogue: Catalogue) -> None:
    for text in ("first", "second", "first"):
        assert add(catalogue, "image", text) is not None
    with catalogue.books() as books:
        assert [(line.number, line.correction) for line in books.lines(BOOK)] == [(3, key("first"))]


def test_books_do_not_see_one_anothers_lines(catalogue: Catalogue) -> None:
    add(catalogue, "image", "text")
    add(catalogue, "image", "text", book="other")
    with catalogue.books() as books:
        assert books.names() == [BOOK, "other"]
        assert books.newest_line("other") == 1


def test_a_book_begins_with_the_base_and_then_uses_what_was_chosen(catalogue: Catalogue) -> None:
    first, second = make_model(catalogue, "one"), make_model(catalogue, "two")
    used = []
    for version, reason in (
        (first.version, Reason.BETTER),
        (second.version, Reason.BETTER),
        (BASE, Reason.BASE_BETTER),
    ):
        with catalogue.books() as books:
            used.append(books.in_use(BOOK))
        choose(catalogue, version, reason)
    with catalogue.books() as books:
        used.append(books.in_use(BOOK))
        assert [choice.reason for choice in books.choices(BOOK)] == ["better", "better", "base_better"]
    assert used == [None, first, second, None]


def test_every_step_is_in_the_audit_log_with_its_object(catalogue: Catalogue) -> None:
    add(catalogue, "image", "text")
    make_model(catalogue, "one")
    choose(catalogue, 1, Reason.BETTER)
    told = [(entry.action, entry.subject, entry.digest) for entry in catalogue.audit_entries()]
    assert told == [
        ("book.line_added", f"book:{BOOK}#1", key("text").name),
        ("book.model_made", f"book:{BOOK}@1", key("one").name),
        ("book.model_in_use:better", f"book:{BOOK}@1", key("one").name),
    ]
    assert catalogue.verify_chain().ok


def test_a_model_that_there_is_not_cannot_be_chosen(catalogue: Catalogue) -> None:
    with pytest.raises(WrongUse):
        choose(catalogue, 7, Reason.BETTER)


@pytest.mark.parametrize("table", [book_lines, book_models, book_choices])
@pytest.mark.parametrize("change", [lambda table: sa.update(table).values(actor="B"), sa.delete])
def test_the_database_refuses_to_change_what_was_kept(
    catalogue: Catalogue, table: sa.Table, change: Callable[[sa.Table], sa.Executable]
) -> None:
    add(catalogue, "image", "text")
    make_model(catalogue, "one")
    choose(catalogue, 1, Reason.BETTER)
    with (
        pytest.raises(HotichError),
        catalogue.database.write() as connection,
    ):
        connection.execute(change(table))


def test_what_books_name_is_no_orphan_and_is_missed_when_gone(catalogue: Catalogue, objects: LocalStore) -> None:
    image = objects.put(b"image")
    correction = objects.put(b"text")
    add(catalogue, "image", "text")
    assert (verify(objects, catalogue).orphans, verify(objects, catalogue).ok) == ((), True)
    (objects.folder / correction.name).unlink()
    (gone,) = verify(objects, catalogue).missing
    assert (gone.document_id, gone.revision, gone.kind, gone.key) == (f"book:{BOOK}", 1, "correction", correction)
    assert objects.exists(image)


@pytest.mark.parametrize("name", ["", " x", "x\n", "a\x00", "x" * 81, "a;b", "*"])
def test_a_name_that_could_do_harm_is_refused(name: str) -> None:
    with pytest.raises(WrongUse):
        checked_book(name)


def test_a_books_name_is_kept_in_one_form() -> None:
    assert checked_book("Sô\u0309 1957") == "Sổ 1957"
