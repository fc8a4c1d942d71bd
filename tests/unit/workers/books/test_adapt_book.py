"""A book's model is used when it is better, taken back when new lines say so; real weights, learning stood in for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from ocr_models.adaptation.adapt import Adapted, Model
from ocr_models.adaptation.lines import CorrectedLine
from ocr_models.adaptation.weights import write_parameters
from ocr_models.reader import NAME, OwnReader
from ocr_models.reader.reader import WEIGHTS
from storage.books import Correction, adaptation_due, corrections_of, due_books, keep_corrections
from storage.catalogue import BASE, Catalogue, Reason
from storage.objects import LocalStore
from workers.books.adapt_book import Outcome, adapt_book, load_model

BOOK = "1957-03"


@pytest.fixture(scope="module")
def base() -> Model:
    return Model.load()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SimpleNamespace]:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}")
    yield SimpleNamespace(catalogue=catalogue, objects=LocalStore(tmp_path / "objects"))
    catalogue.close()


def line(number: int) -> Correction:
    """A printed number, as the shipped reader reads it well."""
    pixels = np.full((48, 160), 235, np.uint8)
    cv2.putText(pixels, str(number), (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 20, 2, cv2.LINE_AA)
    return Correction(image=cv2.imencode(".png", pixels)[1].tobytes(), text=str(number))


def correct(office: SimpleNamespace, numbers: Sequence[int]) -> int:
    lines = [line(1000 + number) for number in numbers]
    return keep_corrections(office.objects, office.catalogue, BOOK, lines, actor="A")


def changed(base: Model, *, broken: bool) -> tuple[bytes, bytes]:
    """Weights file and manifest of a model that reads as the base does, or one that reads nothing right."""
    parameters = {name: value.copy() for name, value in base.parameters.items()}
    parameters["head.bias"][7] += 1e4 if broken else 1e-6
    weights = write_parameters(base.weights, parameters)
    facts = {"name": f"{NAME}+book", "sha256": hashlib.sha256(weights).hexdigest(), "height": 48, "stride": 6}
    return weights, json.dumps(facts | {"characters": base.manifest.characters}).encode()


def doubting(base: Model) -> Model:
    """A base that reads what the base reads and is sure of nothing: it leaves every line to the book's model."""
    parameters = {name: value * 0.3 if name.startswith("head.") else value for name, value in base.parameters.items()}
    weights = write_parameters(base.weights, parameters)
    return Model.of(weights, replace(base.manifest, sha256=hashlib.sha256(weights).hexdigest()))


class Learn:
    """Stands for learning: gives a model of a known quality with a verdict."""

    def __init__(self, base: Model, verdict: str, *, broken: bool = False, **more: Any) -> None:
        self.weights, self.manifest = changed(base, broken=broken)
        self.verdict: Any = verdict
        self.more = more
        self.compared_with: Model | None = None
        self.lines = 0

    def __call__(
        self, lines: Sequence[CorrectedLine], *, base: Model, in_use: Model | None, progress: object
    ) -> Adapted:
        self.compared_with, self.lines = in_use, len(lines)
        facts: dict[str, Any] = {"held_out_cer": {}, "printed_cer": {}} | self.more
        return Adapted(weights=self.weights, manifest=self.manifest, verdict=self.verdict, facts=facts)


def adapted(office: SimpleNamespace, base: Model, learn: Learn, **options: Any) -> Outcome:
    return adapt_book(
        BOOK, catalogue=office.catalogue, objects=office.objects, actor="A", base=base, learn=learn, **options
    )


def in_use(office: SimpleNamespace) -> int:
    with office.catalogue.books() as books:
        used = books.in_use(BOOK)
    return BASE if used is None else used.version


def test_a_better_model_is_kept_and_used_and_reads_as_the_reader_reads(
    office: SimpleNamespace, base: Model, tmp_path: Path
) -> None:
    correct(office, range(20))
    outcome = adapted(office, base, Learn(base, "better"))
    assert (outcome.version, outcome.reason, outcome.in_use, in_use(office)) == (1, Reason.BETTER, 1, 1)
    with office.catalogue.books() as books:
        model = books.in_use(BOOK)
    (tmp_path / f"{NAME}.onnx").write_bytes(office.objects.get(model.weights))
    (tmp_path / "manifest.json").write_bytes(office.objects.get(model.manifest))
    identity = OwnReader(folder=tmp_path).identity
    assert (identity.name, identity.sha256) == (f"{NAME}+book", model.weights.sha256)
    assert load_model(office.objects, model).manifest.sha256 == model.weights.sha256


@pytest.mark.parametrize("verdict", ["not_better", "forgets", "credulous"])
def test_a_model_that_is_no_better_is_kept_as_evidence_and_not_used(
    office: SimpleNamespace, base: Model, verdict: str
) -> None:
    correct(office, range(20))
    outcome = adapted(office, base, Learn(base, verdict))
    assert (outcome.version, outcome.reason.value, outcome.in_use) == (1, verdict, BASE)
    with office.catalogue.books() as books:
        assert len(books.models(BOOK)) == 1


def test_what_taught_a_model_stands_in_the_audit_log_with_the_lines_that_did(
    office: SimpleNamespace, base: Model
) -> None:
    adapted(office, base, Learn(base, "better", learnt_from="register", contradictions_found={"base": 1.0, "new": 1.0}))
    with office.catalogue.books() as books:
        model, choice = books.in_use(BOOK), books.choices(BOOK)[-1]
    logged = {entry.action: entry.digest for entry in office.catalogue.audit_entries(subject=f"book:{BOOK}@1")}
    assert logged["book.model_learnt_from:register"] == model.manifest.name
    assert logged["book.model_made"] == model.weights.name
    assert (choice.facts["learnt_from"], choice.facts["contradictions_found"]["new"]) == ("register", 1.0)


def test_a_model_of_corrected_lines_is_of_no_register(office: SimpleNamespace, base: Model) -> None:
    correct(office, range(20))
    adapted(office, base, Learn(base, "better"))
    actions = {entry.action for entry in office.catalogue.audit_entries(subject=f"book:{BOOK}@1")}
    assert actions == {"book.model_made", "book.model_in_use:better"}


def test_a_later_model_is_compared_with_the_one_in_use(office: SimpleNamespace, base: Model) -> None:
    correct(office, range(20))
    first, second = Learn(base, "better"), Learn(base, "not_better")
    adapted(office, base, first)
    adapted(office, base, second)
    assert first.compared_with is None
    assert second.compared_with is not None
    assert second.compared_with.manifest.sha256 == hashlib.sha256(first.weights).hexdigest()
    assert in_use(office) == 1


def test_a_book_goes_back_to_the_base_when_new_lines_are_read_better_by_it(
    office: SimpleNamespace, base: Model
) -> None:
    correct(office, range(20))
    adapted(office, base, Learn(base, "better", broken=True))
    assert in_use(office) == 1
    correct(office, range(20, 32))
    later = Learn(base, "not_better")
    outcome = adapted(office, doubting(base), later)
    assert outcome.recheck is not None
    assert (outcome.recheck.lines, outcome.recheck.reason) == (12, Reason.BASE_BETTER)
    assert later.compared_with is None
    assert in_use(office) == BASE
    actions = [entry.action for entry in office.catalogue.audit_entries() if entry.action.startswith("book.model")]
    assert actions == [
        "book.model_made",
        "book.model_in_use:better",
        "book.model_in_use:base_better",
        "book.model_made",
        "book.model_in_use:not_better",
    ]


def test_a_model_that_holds_on_new_lines_stays_in_use(office: SimpleNamespace, base: Model) -> None:
    correct(office, range(20))
    adapted(office, base, Learn(base, "better"))
    correct(office, range(20, 32))
    outcome = adapted(office, base, Learn(base, "not_better"))
    assert outcome.recheck is not None
    assert outcome.recheck.reason is Reason.STILL_BETTER
    assert in_use(office) == 1


def test_a_few_new_lines_decide_nothing(office: SimpleNamespace, base: Model) -> None:
    correct(office, range(20))
    adapted(office, base, Learn(base, "better", broken=True))
    correct(office, range(20, 23))
    assert adapted(office, base, Learn(base, "not_better")).recheck is None
    assert in_use(office) == 1


def test_a_dry_run_keeps_nothing(office: SimpleNamespace, base: Model) -> None:
    correct(office, range(20))
    adapted(office, base, Learn(base, "better", broken=True))
    correct(office, range(20, 32))
    entries = len(office.catalogue.audit_entries())
    learn = Learn(base, "better")
    outcome = adapted(office, base, learn, dry_run=True, beside=[line(1), line(2)])
    assert learn.lines == 34
    assert (outcome.version, outcome.reason, in_use(office)) == (None, Reason.BETTER, 1)
    assert len(office.catalogue.audit_entries()) == entries


def test_lines_are_learnt_from_in_their_newest_correction(office: SimpleNamespace) -> None:
    first = line(7)
    assert correct(office, [1]) == 1
    for text in ("8", "7"):
        keep_corrections(office.objects, office.catalogue, BOOK, [replace(first, text=text)], actor="A")
    kept = corrections_of(office.objects, office.catalogue, BOOK)
    assert [(one.number, one.correction.text) for one in kept] == [(1, "1001"), (3, "7")]
    assert kept[1].correction.image == first.image


def test_a_book_is_due_at_so_many_lines_and_then_at_each_doubling(office: SimpleNamespace, base: Model) -> None:
    due = []
    for count in (9, 10, 19, 20, 39, 40):
        correct(office, range(count))
        due.append(adaptation_due(office.catalogue, BOOK, first=10))
        if due[-1]:
            assert due_books(office.catalogue, first=10) == [BOOK]
            adapted(office, base, Learn(base, "not_better"))
    assert due == [False, True, False, True, False, True]


def test_no_text_of_a_line_is_in_the_catalogue(office: SimpleNamespace, tmp_path: Path) -> None:
    secret = replace(line(1), text="Nguyễn Thị Bí Mật")
    keep_corrections(office.objects, office.catalogue, BOOK, [secret], actor="A")
    office.catalogue.close()
    assert all("Bí Mật".encode() not in path.read_bytes() for path in tmp_path.glob("catalogue.db*"))


def test_the_shipped_weights_can_be_adapted() -> None:
    assert (WEIGHTS / f"{NAME}.onnx").is_file()
    assert Model.load().parameters
