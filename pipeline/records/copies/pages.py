"""The pages of one paper out of the archival copy of the file that it came in."""

from __future__ import annotations

import io
from collections.abc import Collection

import pikepdf


def only_pages(data: bytes, numbers: Collection[int]) -> bytes:
    """The archival copy with these pages of the file alone, in its order: a file may hold other people's papers too,
    and nothing of their pages stays in the bytes. The bytes as they are where all pages are wanted. Raises ValueError
    where none of them is there."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        others = [number for number in range(1, len(pdf.pages) + 1) if number not in numbers]
        if len(others) == len(pdf.pages):
            raise ValueError("none of these pages is in the copy")
        if not others:
            return data
        for number in reversed(others):
            del pdf.pages[number - 1]
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
