"""What goes over the pipe between the pool and a worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.domain.errors import HotichError
from workers.processes.confine import Confinement


@dataclass(frozen=True, slots=True)
class Setup:
    """`factory`: "module:function" that loads what a worker needs and gives its job handler.

    `readable`: files and folders that the worker may open besides code and the system's libraries.
    """

    factory: str
    arguments: dict[str, Any] = field(default_factory=dict)
    memory_mb: int = 1536
    confined: bool = True
    readable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    confined: Confinement


@dataclass(frozen=True, slots=True)
class Broken:
    """The worker cannot work at all: a model is missing, a library does not load."""

    error: HotichError


@dataclass(frozen=True, slots=True)
class Page:
    number: int


@dataclass(frozen=True, slots=True)
class PageDone:
    number: int


@dataclass(frozen=True, slots=True)
class Asked:
    question: Any


@dataclass(frozen=True, slots=True)
class Done:
    result: Any


@dataclass(frozen=True, slots=True)
class Failed:
    error: HotichError | None
    out_of_memory: bool = False
