"""What was written as a record is read as the same record."""

from __future__ import annotations

import json

import pytest

from pipeline.records.contract import NotARecord, read_record, record_bytes
from tests.making.submitted import BACK, CARD, a_field, a_record


def test_a_record_survives_writing_and_reading() -> None:
    record = a_record(fields=tuple(a_field(name, value) for name, value in {**CARD, **BACK}.items()))
    written = record_bytes(record)
    assert record_bytes(read_record(written)) == written


def test_a_record_from_before_pages_stated_their_size_is_read() -> None:
    record = a_record(fields=tuple(a_field(name, value) for name, value in CARD.items()))
    given = json.loads(record_bytes(record))
    for page in given["pages"]:
        del page["width"], page["height"]
    read = read_record(json.dumps(given).encode())
    assert [(page.width, page.height) for page in read.pages] == [(None, None)] * len(record.pages)
    assert read.pages


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"schema_version": "0"}'])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(NotARecord):
        read_record(data)
