"""The error tree of the pipeline.

    HotichError                 base: a stable `code`, `retryable`, what happened and what to do
    +-- InputError              the file or page is at fault: set it aside, go on
    +-- ResourceError           the machine is at fault (disk, memory, time, a missing part)
    +-- WrongUse                the caller asked for something that makes no sense

Each folder adds its own classes below these three. `code` is stable across versions: it stands in
reports, exports and tests. The message says what happened, to which file and page, and what to do.
Low confidence and register mismatches are findings (data), never errors.
"""

from __future__ import annotations

from pipeline.domain.message import Message


class HotichError(Exception):
    """Base of every error hotich raises on purpose."""

    code = "error"
    retryable = False

    def __init__(self, message: Message, *, code: str | None = None, page: int | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.page = page
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a worker process with code and page intact."""
        return (_rebuild, (type(self), self.message, self.code, self.page))


def _rebuild(kind: type[HotichError], message: Message, code: str, page: int | None) -> HotichError:
    return kind(message, code=code, page=page)


class InputError(HotichError):
    """The input is at fault. It is set aside untouched, and the batch goes on."""

    code = "input.invalid"


class ResourceError(HotichError):
    """The machine lacks something: disk, memory, time, a language file, a model."""

    code = "resource.unavailable"


class WrongUse(HotichError):
    """The caller asked for something that makes no sense (exit code 2)."""

    code = "usage.wrong"
