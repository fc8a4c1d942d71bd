"""What became of each input: the line of the summary, the report and `--json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pipeline.domain.message import Message


class Fate(StrEnum):
    DONE = "done"
    UNCHANGED = "unchanged"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """`accepted` and `review` count fields; `register` is the register's outcome; `seconds` of reading."""

    file: str
    status: Fate
    code: str | None = None
    message: Message | None = None
    records: tuple[str, ...] = ()
    document_type: str | None = None
    accepted: int = 0
    review: int = 0
    pages: int = 0
    seconds: float = 0.0
    register: str | None = None

    def named(self, name: str) -> FileResult:
        return replace(self, file=name)

    def noted(self, code: str, message: Message) -> FileResult:
        """With something more to tell; the first code stands."""
        if self.message is None:
            return replace(self, code=code, message=message)
        both = Message(f"{self.message.vi}; {message.vi}", f"{self.message.en}; {message.en}")
        return replace(self, message=both)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "status": self.status.value,
            "code": self.code,
            "message": None if self.message is None else str(self.message),
            "records": list(self.records),
            "document_type": self.document_type,
            "accepted": self.accepted,
            "review": self.review,
            "pages": self.pages,
            "seconds": round(self.seconds, 3),
            "register": self.register,
        }


def totals(results: Iterable[FileResult]) -> dict[str, Any]:
    """Sums over the results, for the report."""
    results = list(results)
    fates = Counter(result.status for result in results)
    return {
        "files": len(results),
        "done": fates[Fate.DONE],
        "unchanged": fates[Fate.UNCHANGED],
        "set_aside": fates[Fate.SET_ASIDE],
        "records": sum(len(result.records) for result in results),
        "pages": sum(result.pages for result in results),
        "accepted": sum(result.accepted for result in results),
        "review": sum(result.review for result in results),
        "seconds": round(sum(result.seconds for result in results), 3),
    }
