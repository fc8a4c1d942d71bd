"""From pages to records: every page accounted for, names that last, the register asked and never obeyed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline import file_pages
from pipeline import read_document as process
from pipeline.domain.errors import InputError
from pipeline.domain.geometry import bounds, rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldSource,
    Finding,
    PageImage,
    PageReport,
    Provenance,
    RegisterOutcome,
    Status,
    TextLine,
)
from pipeline.domain.recognition import BY_REGISTER, ModelIdentity
from pipeline.draft import Draft
from pipeline.forms.loading import form
from pipeline.intake import open_document
from pipeline.intake.limits import IntakeLimits
from pipeline.read_document import PipelineSettings, conclude, process_document, read_document
from pipeline.read_page import Readers, ReadPage
from pipeline.settling.register import Agreement, Claims, RegisterAnswer
from pipeline.settling.triage import Evidence, TriageSettings, needs_a_person
from tests.making.paper import Paper, line
from tests.making.readings import Voice, read_image

READERS = Readers(primary=Voice(name="first"))
NOBODY = Provenance(software="test", models=(), settings_sha256="")
SHA = "ab" * 32
MISSING = Finding(code="page.time_limit", message=Message("quá giờ", "out of time"), field=None)

Pages = dict[int, tuple[TextLine, ...]]


class Register:
    """A register that answers what it was told, and remembers what it was asked."""

    def __init__(self, answer: RegisterAnswer) -> None:
        self.answer = answer
        self.asked: list[Claims] = []

    def look_up(self, claims: Claims) -> RegisterAnswer:
        self.asked.append(claims)
        return self.answer


class Sure:
    def reading(self, evidence: Evidence) -> float | None:
        return 0.9 if evidence.register_agrees is None else 0.999

    def association(self, evidence: Evidence) -> float | None:
        return 1.0


@pytest.fixture
def scan(tmp_path: Path) -> Callable[[int], Path]:
    def make(pages: int) -> Path:
        images = [Image.new("L", (300, 420), 250 - n) for n in range(pages)]
        images[0].save(tmp_path / "a.tif", save_all=True, append_images=images[1:], dpi=(300, 300))
        return tmp_path / "a.tif"

    return make


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    """What stands on each page by its number; the pixels are never looked at."""
    written: Pages = {}

    def read_page(page: PageImage, readers: Readers) -> ReadPage:
        lines = written.get(page.number, ())
        image = read_image(page=page.number)
        image = replace(image, image=image.image.evolve(blank=not lines), lines=lines)
        report = PageReport(number=page.number, dpi=300, rotation=0, skew_deg=0.0, quality={}, blank=not lines)
        return ReadPage(report=report, images=(image,))

    monkeypatch.setattr(file_pages, "read_page", read_page)
    return written


def certificate(page: int = 1, seed: int = 1) -> tuple[TextLine, ...]:
    return tuple(Paper(page=page, seed=seed).write(form("birth_certificate", "2016").pages[0]).lines)


def read(path: Path, **more: Any) -> tuple[Draft, ...]:
    return read_document(
        path, name="hồ sơ/a.tif", sha256=SHA, readers=READERS, provenance=NOBODY, settings=PipelineSettings(), **more
    )


def test_a_record_says_the_page_numbers_printed_on_its_pages(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = (*certificate(), line("Trang 12", 1100, 3400))
    (draft,) = read(scan(1))
    assert [report.printed for report in draft.record.pages] == [(12,)]


def test_a_certificate_becomes_one_record_of_its_type(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    (draft,) = read(scan(1))
    assert (draft.record.document_type, draft.record.form) == (DocumentType.BIRTH_CERTIFICATE, "2016")
    assert {"full_name", "date_of_birth", "mother_full_name"} <= {f.name for f in draft.record.fields}
    assert len(draft.evidence) == len(draft.record.fields)


def test_papers_that_could_not_be_parted_ask_for_a_person_and_nothing_of_them_is_accepted(
    scan: Callable[[int], Path], pages: Pages
) -> None:
    lines = certificate()
    right = max(corner[0] for one in lines for corner in one.box)
    pages[1] = (*lines, line("TRÍCH LỤC KHAI TỬ", right + 40, 300))
    (draft,) = read(scan(1))
    assert "page.several_papers" in [finding.code for finding in draft.record.findings]
    assert {e.support.witness for e in draft.evidence if e.source is FieldSource.TEXT} == {-1.0}
    assert _concluded(draft, None).status is Status.REVIEW


def test_the_record_says_which_file_it_came_from(scan: Callable[[int], Path], pages: Pages) -> None:
    source = read(scan(2))[0].record.source
    assert (source.file, source.sha256, source.media_type, source.pages) == ("hồ sơ/a.tif", SHA, "image/tiff", 2)


def test_names_of_records_depend_on_the_files_bytes_and_their_order_only(
    scan: Callable[[int], Path], pages: Pages
) -> None:
    pages[1], pages[2] = certificate(1), certificate(2, seed=2)
    first, second = read(scan(2))
    again = read(scan(2))
    assert first.record.document_id != second.record.document_id
    assert [d.record.document_id for d in again] == [first.record.document_id, second.record.document_id]
    assert first.record.holding_code.startswith("HT-") and len(first.record.document_id) == 32


def test_each_record_has_the_reports_of_its_own_pages(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1], pages[3] = certificate(1), certificate(3, seed=2)
    drafts = read(scan(3))
    assert [d.pages for d in drafts] == [(1,), (3,)]
    assert [[r.number for r in d.record.pages] for d in drafts] == [[1], [3]]


def test_a_file_of_blank_pages_gives_one_unknown_record_with_every_page(
    scan: Callable[[int], Path], pages: Pages
) -> None:
    (draft,) = read(scan(2))
    assert (draft.record.document_type, draft.record.fields, draft.pages) == (DocumentType.UNKNOWN, (), ())
    assert [r.blank for r in draft.record.pages] == [True, True]


def test_many_pages_come_out_in_order_and_none_is_lost(scan: Callable[[int], Path], pages: Pages) -> None:
    pages.update({n: certificate(n, seed=n) for n in range(1, 18)})
    drafts = read(scan(17))
    assert [d.pages for d in drafts] == [(n,) for n in range(1, 18)]
    assert len({d.record.document_id for d in drafts}) == 17


def test_every_page_is_shown_in_order_while_it_is_there(scan: Callable[[int], Path], pages: Pages) -> None:
    seen: list[int] = []
    read(scan(3), on_page=lambda page, _: seen.append(page.number))
    assert seen == [1, 2, 3]


def test_a_page_to_be_skipped_is_not_tried_and_says_why(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[2] = certificate(2)
    seen: list[int] = []
    (draft,) = read(scan(2), skip={1: MISSING}, on_page=lambda page, _: seen.append(page.number))
    assert seen == [2] and MISSING in draft.record.findings


def test_a_page_that_cannot_be_read_is_a_finding_and_the_next_is_read(
    scan: Callable[[int], Path], pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages[2] = certificate(2)
    _damage(monkeypatch, {1})
    (draft,) = read(scan(2))
    assert draft.record.document_type is DocumentType.BIRTH_CERTIFICATE
    assert "page.unreadable" in [f.code for f in draft.record.findings]


def test_nothing_is_accepted_from_where_the_page_is_missing_on(
    scan: Callable[[int], Path], pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages[1] = certificate()
    whole: Callable[[PageImage, Readers], ReadPage] = vars(file_pages)["read_page"]
    tops = [bounds(f.box)[1] for f in read(scan(1))[0].record.fields]
    at = sorted(tops)[len(tops) // 2]

    def half(page: PageImage, readers: Readers) -> ReadPage:
        read = whole(page, readers)
        return replace(read, report=replace(read.report, missing=rectangle(0, at, 2000, 9000)))

    monkeypatch.setattr(file_pages, "read_page", half)
    settings = TriageSettings(accept_at=0.5)
    fields = conclude(read(scan(1))[0], register=None, calibration=Sure(), settings=settings).fields
    assert all(f.status is Status.REVIEW and "page.damaged" in f.findings for f in fields if bounds(f.box)[3] >= at)
    assert any(f.status is Status.ACCEPTED for f in fields)


def test_a_value_whose_writing_reaches_to_the_scans_edge_is_never_accepted_unseen(
    scan: Callable[[int], Path], pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages[1] = certificate()
    whole: Callable[[PageImage, Readers], ReadPage] = vars(file_pages)["read_page"]
    rights = [bounds(f.box)[2] for f in read(scan(1))[0].record.fields]
    farthest = max(rights)

    def cut(page: PageImage, readers: Readers) -> ReadPage:
        read = whole(page, readers)
        return replace(read, report=replace(read.report, width=math.ceil(farthest) + 8, height=9000, dpi=200))

    monkeypatch.setattr(file_pages, "read_page", cut)
    settings = TriageSettings(accept_at=0.5)
    fields = conclude(read(scan(1))[0], register=None, calibration=Sure(), settings=settings).fields
    cut_off = [f for f in fields if "field.at_edge" in f.findings]
    assert {bounds(f.box)[2] for f in cut_off} == {farthest}
    assert all(f.status is Status.REVIEW for f in cut_off)
    assert any(f.status is Status.ACCEPTED for f in fields)


def test_damage_on_a_page_of_no_record_is_said_of_every_record(
    scan: Callable[[int], Path], pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages[1], pages[3] = certificate(1), certificate(3, seed=2)
    whole: Callable[[PageImage, Readers], ReadPage] = vars(file_pages)["read_page"]
    damage = Finding(code="page.damaged", message=Message("hỏng", "damaged"))

    def second_damaged(page: PageImage, readers: Readers) -> ReadPage:
        read = whole(page, readers)
        return replace(read, report=replace(read.report, findings=(damage,))) if page.number == 2 else read

    monkeypatch.setattr(file_pages, "read_page", second_damaged)
    assert [damage in draft.record.findings for draft in read(scan(3))] == [True, True]


def test_a_file_none_of_whose_pages_can_be_read_is_an_input_error(
    scan: Callable[[int], Path], pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    _damage(monkeypatch, {1, 2})
    with pytest.raises(InputError, match="page 1"):
        read(scan(2))


def test_a_file_that_cannot_be_opened_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no scan")
    with pytest.raises(InputError):
        read(tmp_path / "a.pdf")


def test_what_the_register_confirms_is_surer(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    register = Register(
        RegisterAnswer(
            outcome=RegisterOutcome.MATCH,
            register_id="x",
            agreement={"full_name": Agreement.SAME, "sex": Agreement.SAME},
            confirmed=frozenset({"full_name"}),
        )
    )
    record = _concluded(read(scan(1))[0], register)
    fields = {f.name: f for f in record.fields}
    assert (fields["full_name"].confidence, fields["sex"].confidence) == (0.999, 0.9)
    assert fields["full_name"].status is Status.ACCEPTED and fields["sex"].status is Status.REVIEW


def test_what_a_model_read_that_the_register_taught_is_not_surer_by_the_register(
    scan: Callable[[int], Path], pages: Pages
) -> None:
    pages[1] = certificate()
    register = Register(
        RegisterAnswer(
            outcome=RegisterOutcome.MATCH,
            register_id="x",
            agreement={"full_name": Agreement.SAME},
            confirmed=frozenset({"full_name"}),
        )
    )
    (draft,) = read(scan(1))
    taught = replace(NOBODY, models=(ModelIdentity(name=f"hotich-lines+book{BY_REGISTER}", sha256=SHA),))
    record = _concluded(replace(draft, record=draft.record.evolve(provenance=taught)), register)
    (name,) = [f for f in record.fields if f.name == "full_name"]
    assert (name.confidence, name.status) == (0.9, Status.REVIEW)
    assert record.validation.confirmed == ()


def test_a_field_that_a_rule_doubts_is_noted_in_its_evidence(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    (draft,) = read(scan(1))
    doubted = {f.name for f in draft.record.fields if any(needs_a_person(code) for code in f.findings)}
    noted = {f.name for f, e in zip(draft.record.fields, draft.evidence, strict=True) if e.noted}
    assert noted == doubted


def test_a_conflict_with_the_register_changes_no_value_and_asks_for_a_person(
    scan: Callable[[int], Path], pages: Pages
) -> None:
    pages[1] = certificate()
    (draft,) = read(scan(1))
    answer = RegisterAnswer(
        outcome=RegisterOutcome.CONFLICT,
        agreement={"full_name": Agreement.DIFFERENT},
        conflicts=("full_name",),
        register_id="x",
    )
    record = _concluded(draft, Register(answer))
    assert [f.value for f in record.fields] == [f.value for f in draft.record.fields]
    assert ("register.conflict", "full_name") in [(f.code, f.field) for f in record.findings]
    assert (record.status, record.validation.outcome) == (Status.REVIEW, "conflict")
    (name,) = [f for f in record.fields if f.name == "full_name"]
    assert "field.register_differs" in name.findings


def test_an_unsure_difference_is_no_conflict_and_asks_for_a_person(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    answer = RegisterAnswer(
        outcome=RegisterOutcome.UNSURE,
        agreement={"full_name": Agreement.UNSURE, "sex": Agreement.SAME},
        register_id="x",
        candidates=(("x", 0.97), ("y", 0.02)),
        confirmed=frozenset({"sex"}),
    )
    record = _concluded(read(scan(1))[0], Register(answer))
    assert ("register.unsure", "full_name") in [(f.code, f.field) for f in record.findings]
    assert (record.status, record.validation.outcome) == (Status.REVIEW, "unsure")
    assert (record.validation.conflicts, record.validation.candidates) == ((), (("x", 0.97), ("y", 0.02)))
    fields = {f.name: f for f in record.fields}
    assert "field.register_differs" in fields["full_name"].findings
    assert fields["sex"].status is Status.ACCEPTED


def test_a_near_miss_speaks_neither_for_nor_against(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    register = Register(
        RegisterAnswer(outcome=RegisterOutcome.MATCH, register_id="x", agreement={"full_name": Agreement.NEAR})
    )
    (name,) = [f for f in _concluded(read(scan(1))[0], register).fields if f.name == "full_name"]
    assert name.confidence == 0.9 and "field.register_differs" not in name.findings


def test_a_person_the_register_knows_as_dead_is_a_finding(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    record = _concluded(read(scan(1))[0], Register(RegisterAnswer(outcome=RegisterOutcome.MATCH, deceased=True)))
    assert "register.deceased" in [f.code for f in record.findings]


def test_the_register_is_not_asked_about_an_unknown_paper(scan: Callable[[int], Path], pages: Pages) -> None:
    register = Register(RegisterAnswer())
    assert _concluded(read(scan(1))[0], register).status is Status.REVIEW
    assert register.asked == []


def test_one_call_does_both_steps(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    register = Register(RegisterAnswer(outcome=RegisterOutcome.NOT_FOUND))
    (record,) = process_document(
        scan(1), name="a.tif", sha256=SHA, readers=READERS, calibration=Sure(), register=register,
        provenance=NOBODY, settings=PipelineSettings(),
    )  # fmt: skip
    assert record.validation.outcome == "not_found" and len(register.asked) == 1
    assert all(f.source is FieldSource.TEXT for f in record.fields)


def _concluded(draft: Draft, register: Register | None) -> CivilRecord:
    return conclude(draft, register=register, calibration=Sure(), settings=TriageSettings(accept_at=0.98))


def _damage(monkeypatch: pytest.MonkeyPatch, numbers: set[int]) -> None:
    whole = open_document

    def damaged(path: Path, limits: IntakeLimits) -> object:
        document = whole(path, limits)
        page = document.page

        def one(number: int) -> PageImage:
            if number in numbers:
                raise InputError(Message.same(f"page {number} is damaged"), page=number)
            return page(number)

        monkeypatch.setattr(document, "page", one, raising=False)
        return document

    monkeypatch.setattr(process, "open_document", damaged)


def test_what_a_paper_of_unsure_type_says_is_never_accepted_unseen(scan: Callable[[int], Path], pages: Pages) -> None:
    pages[1] = certificate()
    (draft,) = read(scan(1))
    settings = TriageSettings(accept_at=0.5)
    sure = conclude(draft, register=None, calibration=Sure(), settings=settings).fields
    assert any(field.status is Status.ACCEPTED for field in sure)
    doubtful = replace(draft, record=draft.record.evolve(type_confidence=settings.type_at - 0.01))
    unsure = conclude(doubtful, register=None, calibration=Sure(), settings=settings).fields
    assert all(field.status is Status.REVIEW and "field.type_unsure" in field.findings for field in unsure)
