"""Forms with files: what never came whole is no form, and files are kept only when the form's token is right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

_MOST_DROPPED = 4 << 20  # a page that expired sends its photos once; more is not taken from whoever has no token


@asynccontextmanager
async def form_with_files(
    request: Request,
    *,
    max_files: int,
    max_fields: int,
    max_part_size: int,
    admits: Callable[[str], bool] | None = None,
) -> AsyncIterator[FormData]:
    """The form, closed in the end. With `admits` its field `csrf` stands before its files, as our pages have it: where
    that is not right, the files' names come, not their bytes, which are written nowhere.

    Raises HTTPException for what is no whole multipart form (400), and for files without a right token that are
    larger than somebody could have meant (403).
    """
    async with aclosing(request.stream()) as stream:
        parser = _Parser(
            request.headers, stream, max_files=max_files, max_fields=max_fields, max_part_size=max_part_size
        )
        parser.admits = admits
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise HTTPException(400, detail=error.message) from error
    try:
        yield form
    finally:
        await form.close()


class _Parser(MultiPartParser):
    admits: Callable[[str], bool] | None = None
    admitted: bool | None = None
    dropped = 0

    async def parse(self) -> FormData:
        try:
            form = await super().parse()
        except BaseException:  # cut off, too slow, not admitted: what came of files goes at once
            self._forget()
            raise
        whole = sum(isinstance(value, UploadFile) for _, value in self.items)
        if whole != len(self._files_to_close_on_error):  # the last one stopped in the middle
            self._forget()
            raise MultiPartException("The form is not whole.")
        return form

    def _forget(self) -> None:
        for file in self._files_to_close_on_error:
            file.close()

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if self._current_part.file is not None and self.admitted is None:
            given = [value for name, value in self.items if name == "csrf" and isinstance(value, str)]
            self.admitted = self.admits is None or (bool(given) and self.admits(given[-1]))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None or self.admitted:
            super().on_part_data(data, start, end)
            return
        self.dropped += end - start
        if self.dropped > _MOST_DROPPED:
            raise HTTPException(403, headers={"Connection": "close"})
