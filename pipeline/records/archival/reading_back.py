"""The text of an archival copy, read back from it."""

from __future__ import annotations

import threading

import pypdfium2

_PDFIUM = threading.Lock()  # the library is not safe to use from several threads


def page_texts(data: bytes) -> dict[int, str]:
    """What was read on each page of a copy that `ArchivalPdf` wrote, by page number. Nothing is drawn or decoded.

    Empty for bytes that are no PDF.
    """
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError:
            return {}
        try:
            return {number: _text(document[number - 1]) for number in range(1, len(document) + 1)}
        finally:
            document.close()


def _text(page: pypdfium2.PdfPage) -> str:
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_range())
    finally:
        text_page.close()
        page.close()
