"""The record contract: what is written fits the published schema and is the same every time."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import jsonschema
import pytest

from pipeline.domain.geometry import rectangle
from pipeline.domain.message import Message
from pipeline.domain.model import (
    CivilRecord,
    DocumentType,
    FieldValue,
    Finding,
    PageReport,
    Provenance,
    RegisterOutcome,
    SourceFile,
    Status,
    Validation,
)
from pipeline.domain.recognition import ModelIdentity
from pipeline.records.contract import read_record, record_bytes, record_object, record_schema, renamed_record

SHA = "ab" * 32


def a_record(**changes: object) -> CivilRecord:
    name = FieldValue(
        name="full_name",
        value="Nguyễn Văn Mẫu",
        verbatim="NGUYỄN VĂN MẪU",
        page=1,
        box=rectangle(10.04, 20, 110, 60),
        confidence=0.99812345,
        status=Status.ACCEPTED,
        alternatives=(("Nguyễn Văn Mâu", 0.001),),
        findings=("text.seal_over",),
    )
    empty = FieldValue(name="ethnicity", value=None, verbatim="", page=1, box=rectangle(0, 0, 1, 1))
    record = CivilRecord(
        document_id="d-1",
        holding_code="h-1",
        source=SourceFile(file="a/b.pdf", sha256=SHA, media_type="application/pdf", size=123, pages=2),
        document_type=DocumentType.BIRTH_CERTIFICATE,
        form="2016",
        type_confidence=0.998,
        status=Status.REVIEW,
        fields=(name, empty),
        validation=Validation(
            outcome=RegisterOutcome.MATCH, register_id="r", match_probability=0.9, evidence={"full_name": 11.2}
        ),
        pages=(PageReport(number=1, dpi=300.0, rotation=0, skew_deg=-1.31, quality={"sharpness": 0.5}),),
        findings=(Finding(code="page.dark", message=Message("tối", "dark")),),
        provenance=Provenance(software="hotich 0", models=(ModelIdentity(name="m", sha256=SHA),), settings_sha256=SHA),
    )
    return record.evolve(**changes)


def test_a_record_fits_the_published_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(record_schema())
    jsonschema.validate(json.loads(record_bytes(a_record())), record_schema())


def test_a_record_has_the_keys_of_the_contract_in_its_order() -> None:
    assert list(record_object(a_record())) == [
        "schema_version", "document_id", "holding_code", "source", "continues", "document_type", "form",
        "type_confidence", "status", "fields", "validation", "pages", "findings", "provenance",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["document_type", "fields", "provenance"])
def test_a_record_without_a_key_of_the_contract_does_not_fit(key: str) -> None:
    broken = record_object(a_record())
    del broken[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, record_schema())


def test_values_and_what_stands_on_the_paper_are_both_kept() -> None:
    field = json.loads(record_bytes(a_record()))["fields"]["full_name"]
    assert (field["value"], field["verbatim"]) == ("Nguyễn Văn Mẫu", "NGUYỄN VĂN MẪU")
    assert field["confidence"] == 0.998123
    assert field["box"] == [[10.0, 20.0], [110.0, 20.0], [110.0, 60.0], [10.0, 60.0]]


def test_an_unmeasured_confidence_is_null_and_no_number() -> None:
    assert json.loads(record_bytes(a_record()))["fields"]["ethnicity"]["confidence"] is None


def test_text_is_written_in_nfc_and_readable() -> None:
    decomposed = unicodedata.normalize("NFD", "Đặng Thị Hồng.pdf")
    record = a_record(source=a_record().source.evolve(file=decomposed))
    text = record_bytes(record).decode()
    assert "Đặng Thị Hồng.pdf" in text
    assert unicodedata.is_normalized("NFC", text)


def test_a_file_name_that_is_no_utf_8_does_not_make_the_record_unreadable() -> None:
    record = a_record(source=a_record().source.evolve(file="scan\udcff.pdf"))
    assert "scan" in json.loads(record_bytes(record))["source"]["file"]


def test_the_same_record_gives_the_same_bytes() -> None:
    assert record_bytes(a_record()) == record_bytes(a_record())


def test_a_copy_under_another_name_differs_in_that_name_only() -> None:
    copy, record = json.loads(renamed_record(record_bytes(a_record()), "x.pdf")), record_object(a_record())
    assert copy["source"].pop("file") == "x.pdf"
    record["source"].pop("file")
    assert copy == json.loads(json.dumps(record))


def test_the_registers_answer_about_each_person_and_its_candidates_are_kept() -> None:
    unsure = Validation(outcome=RegisterOutcome.UNSURE, candidates=(("r", 0.61), ("s", 0.3)))
    book = a_record(validation=replace(unsure, subjects={"members[0]": unsure, "members[1]": Validation()}))
    data = record_bytes(book)
    jsonschema.validate(json.loads(data), record_schema())
    assert read_record(data).validation == book.validation


def test_a_record_from_before_the_candidates_is_read() -> None:
    record = record_object(a_record())
    del record["validation"]["candidates"], record["validation"]["subjects"]
    assert read_record(json.dumps(record).encode()).validation == a_record().validation
