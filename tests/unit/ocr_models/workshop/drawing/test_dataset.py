"""Labelled sets on disk: readable, complete, in the truth format, the same for the same seed."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr_models.evaluation.truth import parse_truth
from ocr_models.workshop.drawing import people
from ocr_models.workshop.drawing.containers import write_pages
from ocr_models.workshop.drawing.dataset import Job, make_dataset, write_job
from ocr_models.workshop.drawing.register_rows import COLUMNS, Register
from pipeline.forms.loading import form

TYPES = ("citizen_id_chip", "birth_notification", "birth_certificate_old")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    make_dataset(folder, count=4, seed=11, types=TYPES, split="dev", wear="mild")
    return folder


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]


def test_every_file_of_the_truth_is_there_and_nothing_else(dataset: Path) -> None:
    named = {line["file"] for line in lines(dataset)}
    assert {path.name for path in dataset.iterdir()} == named | {"truth.jsonl", "population.csv"}


def test_the_truth_is_what_evaluation_reads(dataset: Path) -> None:
    records, errors = parse_truth((dataset / "truth.jsonl").read_text("utf-8").splitlines())
    assert errors == []
    assert {record.document_type for record in records} == set(TYPES)


OF_A_MARRIAGE = ("husband_full_name", "wife_full_name")
ABOUT_OTHERS = ("birth_notification", "marriage_certificate")


def test_a_birth_notification_is_checked_by_its_mother_and_a_marriage_by_both(dataset: Path) -> None:
    with (dataset / "population.csv").open(encoding="utf-8") as file:
        known = {row["full_name"] for row in csv.DictReader(file)}
    checked = [line for line in lines(dataset) if line["document_type"] in ABOUT_OTHERS]
    assert checked
    for line in checked:
        names = ("mother_full_name",) if line["document_type"] == ABOUT_OTHERS[0] else OF_A_MARRIAGE
        named = [line["fields"][name]["value"] for name in names]
        assert line["register_outcome"] == "not_found" or set(named) <= known


def test_register_outcomes_are_borne_out_by_the_population(dataset: Path) -> None:
    with (dataset / "population.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    known = {(row["full_name"], row["date_of_birth"]) for row in rows}
    for line in lines(dataset):
        fields = line.get("fields", {})
        if line.get("register_outcome") in ("match", "not_found") and line["document_type"] not in ABOUT_OTHERS:
            claimed = (fields["full_name"]["value"], fields["date_of_birth"]["value"])
            assert (claimed in known) == (line["register_outcome"] == "match")


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_dataset(tmp_path / name, count=2, seed=5, types=TYPES, split="test", wear="hard")
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def job(container: str, **changes: Any) -> Job:
    kept: dict[str, Any] = {
        "seed": "t", "form": form("birth_register_entry", "ledger"), "kind": "pen", "capture": "flatbed",
        "container": container, "dpi": 72, "wear": "none", "split": "dev", "turned": 0,
    }  # fmt: skip
    return Job(**{**kept, **changes})


def test_a_ledger_page_gives_one_record_per_entry(tmp_path: Path) -> None:
    line = write_job(tmp_path / "a.jpg", job("jpg"), Register(Random(1)))
    numbers = [int(record["fields"]["document_number"]["value"]) for record in line["records"]]
    assert len(numbers) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all("book_number" in record["fields"] for record in line["records"])


def test_a_ditto_mark_carries_the_value_above(tmp_path: Path) -> None:
    for seed in range(8):
        line = write_job(tmp_path / "a.jpg", job("jpg", seed=str(seed)), Register(Random(1)))
        for above, below in zip(line["records"], line["records"][1:], strict=False):
            for name, entry in below["fields"].items():
                if entry.get("ditto"):
                    assert entry["value"] == above["fields"][name]["value"] != entry["verbatim"]
                    return
    pytest.fail("no ledger used a ditto mark")


def test_two_cards_on_a_sheet_are_two_records(tmp_path: Path) -> None:
    cards = form("citizen_id_2024", "2024")
    two = job("jpg", form=cards, kind="print", capture="sheet", copies=2, dpi=150)
    line = write_job(tmp_path / "a.jpg", two, Register(Random(1)))
    ids = {record["fields"]["personal_id"]["value"] for record in line["records"]}
    assert len(ids) == 2 and line["pages"] == 1


def test_a_born_digital_pdf_holds_its_values_as_text(tmp_path: Path) -> None:
    import pypdfium2

    extract = job("pdf-born", form=form("birth_extract", "2016"), kind="print", capture="born_digital", dpi=300)
    line = write_job(tmp_path / "a.pdf", extract, Register(Random(1)))
    pdf = pypdfium2.PdfDocument(str(tmp_path / "a.pdf"))
    text = " ".join(pdf[0].get_textpage().get_text_range().split())
    assert line["fields"]["full_name"]["verbatim"] in text
    pdf.close()


@pytest.mark.parametrize("container", ["jpg", "png", "webp", "tif-g4", "tif-lzw", "tif-jpeg", "pdf-jpeg", "pdf-g4"])
def test_containers_hold_the_page_at_its_size_and_resolution(tmp_path: Path, container: str) -> None:
    page = np.full((400, 300), 255, np.uint8)
    page[100:110, 50:250] = 0
    path = tmp_path / "page"
    write_pages(path, [page], container=container, dpi=200)
    if container.startswith("pdf"):
        assert path.read_bytes().startswith(b"%PDF")
        return
    with Image.open(path) as image:
        assert image.size == (300, 400)
        if container != "webp":
            assert round(float(image.info["dpi"][0])) == 200


def test_a_single_image_container_refuses_two_pages(tmp_path: Path) -> None:
    page = np.zeros((4, 4), np.uint8)
    with pytest.raises(ValueError, match="one page"):
        write_pages(tmp_path / "x", [page, page], container="jpg", dpi=100)


def test_the_register_knows_most_contradicts_some_and_misses_some() -> None:
    register = Register(Random(2))
    told = [register.outcome(people.person(Random(seed), years=(1980, 1990))) for seed in range(300)]
    assert 0.55 < told.count("match") / 300 < 0.8
    assert told.count("conflict") > 20 and told.count("not_found") > 20
    assert len(register.rows) == 300 - told.count("not_found")
