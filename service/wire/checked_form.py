"""A form whose files are kept only when its token is right: a stranger's bytes are never written anywhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

_MOST_DROPPED = 4 << 20  # a page that expired sends its photos once; more is not taken from whoever has no token


async def checked_form(
    request: Request, *, admits: Callable[[str], bool], max_files: int, max_fields: int, max_part_size: int
) -> FormData:
    """The form, to be closed. Its field `csrf` stands before its files, as our pages have it. `admits`: whether it
    is right; without that the files' names come, not their bytes.

    Raises HTTPException for what is no multipart form (400), and for files without a right token that are larger
    than somebody could have meant (403).
    """
    async with aclosing(request.stream()) as stream:
        parser = _Parser(
            request.headers, stream, max_files=max_files, max_fields=max_fields, max_part_size=max_part_size
        )
        parser.admits = admits
        try:
            return await parser.parse()
        except MultiPartException as error:
            raise HTTPException(400, detail=error.message) from error


class _Parser(MultiPartParser):
    admits: Callable[[str], bool]
    admitted: bool | None = None
    dropped = 0

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if self._current_part.file is not None and self.admitted is None:
            given = [value for name, value in self.items if name == "csrf" and isinstance(value, str)]
            self.admitted = bool(given) and self.admits(given[-1])

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None or self.admitted:
            super().on_part_data(data, start, end)
            return
        self.dropped += end - start
        if self.dropped > _MOST_DROPPED:
            raise HTTPException(403, headers={"Connection": "close"})
