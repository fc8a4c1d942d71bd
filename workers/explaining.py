"""What is asked of the process that explains a reading, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.continuing import Preceding
from pipeline.domain.geometry import Quad
from pipeline.domain.model import CivilRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainFile:
    """Read the original at `path` again and explain its record number `ordinal` (from 1).

    `before`: what the file goes on with.
    """

    path: str
    name: str
    sha256: str
    ordinal: int
    before: Preceding | None = None

    @property
    def reads(self) -> str | None:
        return self.path

    @property
    def writes(self) -> str | None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPiece:
    """A piece of ink: its page, its place in scan pixels, what it says, its role; whose value it is, if it is one.

    `other_record`: the value is one of another record on the same page.
    """

    page: int
    box: Quad
    text: str
    role: str
    field: str | None
    other_record: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedField:
    """What speaks for a field's value: see `pipeline.forms.fields.Support`. `way` gave it, "form" or "labels".

    `other_way`: what the other one says, "agree", "nothing" or "other", with its value `rival`.
    """

    name: str
    way: str
    other_way: str
    rival: str | None
    label: float
    gap: float
    printed: float
    shared: float
    unexplained: int
    association: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """`record`: as the software reads it now. `pictures`: of each of its pages, as PNG."""

    record: CivilRecord
    pieces: tuple[ExplainedPiece, ...]
    fields: tuple[ExplainedField, ...]
    counts: Mapping[str, int]
    pictures: Mapping[int, bytes]
