"""One paper over several files: what a file leaves open, and how the next one goes on with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pipeline import file_pages
from pipeline import read_document as process
from pipeline.codes import Separator
from pipeline.continuing import Preceding, preceding, resumed
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    Continuation,
    DocumentType,
    PageImage,
    PageReport,
    Provenance,
    RegisterOutcome,
    TextLine,
    Validation,
)
from pipeline.forms.classify import Classification
from pipeline.forms.definition import FormPage
from pipeline.forms.group import PageGroup
from pipeline.forms.loading import form
from pipeline.page_ledger import PageElsewhere, Place
from pipeline.read_document import PipelineSettings, conclude, read_document
from pipeline.read_page import Readers, ReadPage
from pipeline.settling.triage import TriageSettings
from tests.making.paper import VALUES, Paper
from tests.making.readings import Voice, read_image

Read = Callable[..., tuple[CivilRecord, ...]]
"""Reads one file with these forms' pages on it: `read(page, page, before=…)`."""


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    written: dict[int, tuple[TextLine, ...]] = {}

    def read_page(page: PageImage, readers: Readers) -> ReadPage:
        image = replace(read_image(page=page.number), lines=written[page.number])
        report = PageReport(number=page.number, dpi=300, rotation=0, skew_deg=0.0, quality={})
        return ReadPage(report=report, images=(image,))

    monkeypatch.setattr(file_pages, "read_page", read_page)
    count = 0

    def file(*pages: FormPage, before: Preceding | None = None) -> tuple[CivilRecord, ...]:
        nonlocal count
        count += 1
        written.clear()
        written.update({n: tuple(Paper(page=n, seed=count).write(p).lines) for n, p in enumerate(pages, start=1)})
        images = [Image.new("L", (300, 420), 250) for _ in pages]
        images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:])
        drafts = read_document(
            tmp_path / "a.tif",
            name=f"so_{count}.tif",
            sha256=f"{count:064x}",
            readers=Readers(primary=Voice(name="first")),
            provenance=Provenance(software="test", models=(), settings_sha256=""),
            settings=PipelineSettings(),
            before=lambda: before,
        )
        return tuple(conclude(d, register=None, calibration=None, settings=TriageSettings()) for d in drafts)

    return file


def members(record: CivilRecord) -> set[str]:
    return {field.name.partition(".")[0] for field in record.fields if field.name.startswith("members[")}


def page(document_type: str, form_id: str, side: str) -> FormPage:
    return form(document_type, form_id).page(side)


LEAF = page("temporary_residence_book", "2014", "members")
OWNER = page("temporary_residence_book", "2014", "owner")


def book(members: int) -> Preceding:
    """A household book of which so many people were seen."""
    kind = Classification(document_type=DocumentType.HOUSEHOLD_BOOK, form="2014", side="members", confidence=1.0)
    group = PageGroup(kind=kind, pages=(), sides=("members",))
    return Preceding(group=group, begun=Continuation(document_id="before", members=members))


def test_the_first_leaf_goes_on_with_the_owners_page_of_the_file_before(read: Read) -> None:
    (owner,) = read(OWNER)
    (leaf,) = read(LEAF, before=preceding([owner]))
    assert leaf.continues == Continuation(document_id=owner.document_id, members=0)
    assert "members[0]" in members(leaf)


def test_members_are_counted_on_from_the_files_before(read: Read) -> None:
    (leaf,) = read(LEAF, before=book(4))
    assert leaf.continues == Continuation(document_id="before", members=4)
    assert min(members(leaf)) == "members[4]"
    again = preceding([leaf])
    assert again is not None and again.begun.members == 4 + len(members(leaf))


def test_a_leaf_that_names_a_head_is_another_books_first(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VALUES, "relationship", ["Chủ hộ"])
    (leaf,) = read(LEAF, before=book(4))
    assert leaf.continues is None
    assert "members[0]" in members(leaf)


def test_a_paper_with_a_title_never_goes_on_with_another(read: Read) -> None:
    for first in (page("birth_certificate", "2016", "front"), page("household_book", "2014", "cover")):
        assert read(first, before=book(4))[0].continues is None


def test_the_back_of_a_card_goes_on_with_the_front_in_the_file_before(read: Read) -> None:
    (front,) = read(page("national_id_9", "1999", "front"))
    (back,) = read(page("national_id_9", "1999", "back"), before=preceding([front]))
    assert back.continues == Continuation(document_id=front.document_id)
    assert back.document_type is DocumentType.NATIONAL_ID_9


def test_a_card_seen_on_both_sides_and_a_certificate_leave_nothing_open(read: Read) -> None:
    both = read(page("national_id_9", "1999", "front"), page("national_id_9", "1999", "back"))
    assert preceding(both) is None
    assert preceding(read(page("birth_certificate", "2016", "front"))) is None
    assert preceding([]) is None


def test_a_file_read_again_goes_on_with_what_it_went_on_with_before(read: Read) -> None:
    (owner,) = read(OWNER)
    (leaf,) = read(LEAF, before=preceding([owner]))
    again = resumed(leaf)
    assert again is not None and again.begun == leaf.continues
    assert resumed(owner) is None


def test_where_the_count_is_not_sure_no_member_is_and_the_next_file_knows(read: Read) -> None:
    before = book(4)
    (leaf,) = read(LEAF, before=replace(before, begun=Continuation(document_id="before", members=4, sure=False)))
    assert all("field.uncounted" in f.findings for f in leaf.fields if f.name.startswith("members["))
    again = preceding([leaf])
    assert again is not None and not again.begun.sure
    assert not preceding([leaf.evolve(continues=before.begun, fields=())]).begun.sure  # type: ignore[union-attr]


def test_a_back_that_names_nobody_has_the_answer_about_its_front(read: Read) -> None:
    (front,) = read(page("national_id_9", "1999", "front"))
    told = Validation(outcome=RegisterOutcome.CONFLICT, register_id="r", conflicts=("date_of_birth",))
    (back,) = read(page("national_id_9", "1999", "back"), before=preceding([front.evolve(validation=told)]))
    assert (back.validation.outcome, back.validation.register_id) == (RegisterOutcome.CONFLICT, "r")
    assert back.validation.conflicts == ()
    again = resumed(back)
    assert again is not None and again.checked == back.validation  # read again by itself, it keeps the answer


def test_nothing_goes_on_beyond_a_separator_at_the_end_of_the_file_before(read: Read) -> None:
    (owner,) = read(page("temporary_residence_book", "2014", "owner"))
    ends_with = separator(number=2)
    assert preceding([owner], [ends_with]) is None
    assert preceding([owner], [replace(ends_with, number=0)]) == preceding([owner])


def test_nothing_goes_on_beyond_a_separator_at_the_beginning_of_a_file(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = preceding(read(page("temporary_residence_book", "2014", "owner")))
    for module in (process, file_pages):
        monkeypatch.setattr(module, "separator_of", lambda page: Separator() if page.report.number == 1 else None)
    (leaf,) = read(LEAF, LEAF, before=before)
    assert [report.number for report in leaf.pages] == [2] and leaf.continues is None


def separator(number: int) -> PageElsewhere:
    message = Message("Tờ ngăn", "Separator sheet")
    return PageElsewhere(number=number, place=Place.SEPARATOR, code="page.separator", message=message, beside="")
