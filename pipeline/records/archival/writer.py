"""The few PDF objects an archival copy needs, written as a stream: objects leave memory as they come.

Only what ISO 19005-2 allows is written: no encryption, no scripts, no external references, a classic
cross-reference table, stream lengths exact.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class ObjectWriter:
    """Numbers objects, remembers where each one begins, and ends the file with its table.

    Nothing written is ever touched again, so `stream` need not be seekable.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0
        self._offsets: list[int | None] = [0]
        self._put(HEADER)

    def reserve(self) -> int:
        """The number of an object that is written later."""
        self._offsets.append(None)
        return len(self._offsets) - 1

    def add(self, body: bytes, *, number: int | None = None) -> int:
        """Writes one object and gives its number."""
        number = self.reserve() if number is None else number
        self._offsets[number] = self._at
        self._put(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return number

    def add_stream(self, entries: bytes, data: bytes, *, deflate: bool = False) -> int:
        """Writes a stream object; `entries` are its dictionary's, without length and, if deflated, filter."""
        if deflate:
            data = zlib.compress(data, 6)
            entries += b" /Filter /FlateDecode"
        number = self.reserve()
        self._offsets[number] = self._at
        self._put(b"%d 0 obj\n<<%s /Length %d>>\nstream\n" % (number, entries, len(data)))
        self._put(data)
        self._put(b"\nendstream\nendobj\n")
        return number

    def finish(self, *, root: int, identity: bytes) -> None:
        """Writes the table and the trailer. `identity`: 16 bytes that name this file."""
        start = self._at
        lines = [b"xref\n0 %d\n0000000000 65535 f \n" % len(self._offsets)]
        for offset in self._offsets[1:]:
            if offset is None:
                raise ValueError("an object was reserved and never written")
            lines.append(b"%010d 00000 n \n" % offset)
        self._put(b"".join(lines))
        name = identity.hex().encode()
        self._put(
            b"trailer\n<</Size %d /Root %d 0 R /ID [<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._offsets), root, name, name, start)
        )

    def _put(self, data: bytes) -> None:
        self._stream.write(data)
        self._at += len(data)
