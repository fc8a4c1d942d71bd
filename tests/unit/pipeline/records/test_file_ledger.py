"""A file's page ledger as JSON: the same ledger again, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.message import Message
from pipeline.page_ledger import PageElsewhere, Place, close_ledger
from pipeline.records.file_ledger import NotALedger, ledger_bytes, read_ledger

PLACES = st.tuples(st.sampled_from(Place), st.none() | st.just("HK-0123 / 2"))


@given(st.integers(1, 8), st.sets(st.integers(1, 8)), st.dictionaries(st.integers(1, 8), PLACES))
def test_a_ledger_that_was_written_is_read_again(
    pages: int, own: set[int], others: dict[int, tuple[Place, str | None]]
) -> None:
    told = [
        PageElsewhere(number=n, place=place, code="page.x", message=Message("trắng", "blank"), beside="d1", book=book)
        for n, (place, book) in others.items()
    ]
    ledger = close_ledger(pages, [("d1", own), ("d2", own)], told)
    assert read_ledger(ledger_bytes(ledger, source_sha256="ab" * 32)) == ledger


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"ledger_version": "0", "pages": 1, "ledger": []}'])
def test_what_is_no_ledger_is_refused(data: bytes) -> None:
    with pytest.raises(NotALedger):
        read_ledger(data)
