"""What is sent to a worker for one source file, and what comes back. No pixels travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.domain.errors import HotichError
from pipeline.domain.model import CivilRecord, Finding
from pipeline.page_ledger import PageElsewhere

# A page that hit a limit is passed over and told of in the record; a file of such pages is set aside.
PAGE_FINDINGS = {
    "limit.time": "page.time_limit",
    "limit.memory": "page.memory_limit",
    "worker.crashed": "page.crashed",
}
MOST_SKIPPED = 20  # pages of one file that may be passed over before the file is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """Read the file at `path`, known as `name`; the archival PDF is to be written to `pdf`.

    `skip`: pages that hit a limit before and are not to be tried again, with the finding to report. `follows`: the
    file's name goes on from another's; whoever gave the job answers `WhatPrecedes` with what that one left open.
    """

    path: str
    name: str
    sha256: str
    size: int
    pdf: str
    skip: Mapping[int, Finding] = field(default_factory=dict)
    follows: bool = False

    @property
    def reads(self) -> str | None:
        return self.path

    @property
    def writes(self) -> str | None:
        return self.pdf

    def vouched(self, result: object) -> FileRead:
        """Records say of which file they are, and the copy lies where it was asked for, whatever the worker says."""
        if not isinstance(result, FileRead) or any(r.source.sha256 != self.sha256 for r in result.records):
            raise TypeError("not what was read of this file")
        return replace(result, pdf=self.pdf)


@dataclass(frozen=True, slots=True)
class WhatPrecedes:
    """Asked by a job whose first page may go on with the file before: answered by a `Preceding`, None or `Later`."""


@dataclass(frozen=True, slots=True)
class Later:
    """The file before is not read yet and nobody is reading it: the job is to be given again when it is."""


class ReadLater(HotichError):
    """A file waits for the one before it."""

    code = "work.later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A doubtful field's place on the scan as a small JPEG. `record` counts the file's records from 0."""

    record: int
    field: str
    jpeg: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """`pages`: how many the file has; `elsewhere`: those in no record, and what became of them; `pdf`: where the
    archival PDF lies; `seconds`: of the worker's time; `texts`: what was read on each page, by its number."""

    records: tuple[CivilRecord, ...]
    crops: tuple[Crop, ...]
    pdf: str
    pages: int
    seconds: float
    elsewhere: tuple[PageElsewhere, ...] = ()
    texts: Mapping[int, str] = field(default_factory=dict)

    def discard(self) -> None:
        """Removes the archival copy that waits to be stored; what was stored of it stays."""
        Path(self.pdf).unlink(missing_ok=True)
