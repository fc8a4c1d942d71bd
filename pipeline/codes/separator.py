"""The text on a separator sheet: `HT-SEP`, alone or followed by `|key=value` parts.

    HT-SEP                              a new document begins after this sheet
    HT-SEP|v=1|book=HK-0123|office=...  and what follows, up to the next sheet, is of this book

Keys of version 1: `book`, `type` (a document type of the record contract) and `office`; unknown keys mean nothing. `v`
may be left out. Of a sheet of a later version only that it separates is understood. Values are percent-encoded
(RFC 3986, UTF-8) where they hold "|", "%" or what is not printable ASCII, so that a Code 128 can carry them.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from pipeline.codes.model import Separator
from pipeline.values import nfc, squeeze

MARK = "HT-SEP"
VERSION = "1"
_KEYS = ("book", "type", "office")
_LONGEST = 200  # characters of a value: more is no name
_PLAIN = "".join(chr(c) for c in range(0x20, 0x7F) if chr(c) not in "%|")


def parse_separator(*texts: str) -> Separator | None:
    """What the codes of one sheet say together; None without codes, or where one is no separator's.

    Of a key that they give different values nothing is said: one of them is wrong.
    """
    parsed = [_pairs(text) for text in texts]
    if not parsed or None in parsed:
        return None
    said: dict[str, set[str]] = {}
    for key, value in (pair for pairs in parsed if pairs is not None for pair in pairs):
        said.setdefault(key, set()).add(value)
    if said.get("v", {VERSION}) != {VERSION}:
        return Separator()
    book, kind, office = (next(iter(said[key])) if len(said.get(key, ())) == 1 else "" for key in _KEYS)
    return Separator(book=book, document_type=kind, office=office)


def separator_text(separator: Separator) -> str:
    """The text that `parse_separator` reads as this; printable ASCII."""
    values = zip(_KEYS, (separator.book, separator.document_type, separator.office), strict=True)
    given = [f"{key}={quote(value, safe=_PLAIN)}" for key, value in values if value]
    return "|".join([MARK, f"v={VERSION}", *given]) if given else MARK


def _pairs(text: str) -> list[tuple[str, str]] | None:
    head, *parts = text.strip("\r\n\t \x00").split("|")
    if head.strip() != MARK:
        return None
    pairs = []
    for part in parts:
        key, _, value = part.partition("=")
        clean = squeeze(nfc(unquote(value)))
        if 0 < len(clean) <= _LONGEST and clean.isprintable():
            pairs.append((key.strip().lower(), clean))
    return pairs
