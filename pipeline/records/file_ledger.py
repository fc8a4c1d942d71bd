"""A file's `PageLedger` as JSON, kept beside its records so that the store alone can prove it."""

from __future__ import annotations

import json
from typing import Any

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from pipeline.page_ledger import PageElsewhere, PageLedger, Place

LEDGER_VERSION = "1"


class NotALedger(InputError):
    """The bytes are no ledger of this version."""

    code = "record.invalid"


def ledger_bytes(ledger: PageLedger, *, source_sha256: str) -> bytes:
    """The ledger as a JSON file, a page a line; the same ledger is always the same bytes."""
    elsewhere = {page.number: page for page in ledger.elsewhere}
    pages = [_page(number, ledger.records.get(number), elsewhere.get(number)) for number in range(1, ledger.pages + 1)]
    head = json.dumps({"ledger_version": LEDGER_VERSION, "sha256": source_sha256, "pages": ledger.pages})
    lines = ",\n".join(json.dumps(page, ensure_ascii=False) for page in pages)
    return f'{head[:-1]}, "ledger": [\n{lines}\n]}}\n'.encode()


def read_ledger(data: bytes) -> PageLedger:
    """The ledger that `ledger_bytes` wrote. Raises NotALedger for anything else."""
    try:
        given = json.loads(data)
        if given["ledger_version"] != LEDGER_VERSION:
            raise NotALedger(Message("Sổ trang của phiên bản khác", "The page ledger is of another version"))
        pages = given["ledger"]
        return PageLedger(
            pages=given["pages"],
            records={page["page"]: tuple(page["records"]) for page in pages if page["place"] == "record"},
            elsewhere=tuple(
                PageElsewhere(
                    number=page["page"],
                    place=Place(page["place"]),
                    code=page["code"],
                    message=Message.parse(page["message"]),
                    beside=page["beside"],
                    book=page.get("book"),
                )
                for page in pages
                if page["place"] != "record"
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotALedger(Message("Không phải sổ trang đúng dạng", "Not a page ledger of the right form")) from error


def _page(number: int, records: tuple[str, ...] | None, elsewhere: PageElsewhere | None) -> dict[str, Any]:
    if elsewhere is None:
        return {"page": number, "place": "record", "records": list(records or ())}
    told = {
        "page": number,
        "place": elsewhere.place.value,
        "code": elsewhere.code,
        "message": str(elsewhere.message),
        "beside": elsewhere.beside,
    }
    return told if elsewhere.book is None else told | {"book": elsewhere.book}
