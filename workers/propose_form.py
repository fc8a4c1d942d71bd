"""Reads a specimen and proposes its form's definition. Runs in a bounded worker process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message
from pipeline.domain.model import Provenance, TextLine
from pipeline.forms.proposing import propose
from pipeline.intake import open_document
from pipeline.read_page import Readers, read_page
from pipeline.settings import PipelineSettings
from workers.processes.process import Channel
from workers.read_file import load_checked_readers

_SIDES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeForm:
    path: str
    form_id: str

    @property
    def reads(self) -> str | None:
        return self.path

    @property
    def writes(self) -> str | None:
        return None


class Proposer:
    """A worker's job handler: `ProposeForm` in, TOML out. Raises `InputError` for a file without writing."""

    def __init__(self, readers: Readers, settings: PipelineSettings) -> None:
        self._readers = readers
        self._settings = settings

    def __call__(self, job: ProposeForm, channel: Channel) -> str:
        images: list[tuple[TextLine, ...]] = []
        with open_document(channel.source(job.path), self._settings.limits) as document:
            for number in range(1, min(document.page_count, _SIDES) + 1):
                channel.page(number)
                read = read_page(document.page(number), self._readers)
                images += [image.lines for image in read.images if image.lines]
        if not images:
            raise InputError(
                Message("Không thấy chữ nào trên bản quét", "No writing was found on the scan"), code="form.no_writing"
            )
        return propose(images[:_SIDES], job.form_id)


def load_proposer(
    *, tessdata: str, provenance: Provenance, settings: PipelineSettings,
    base_model: Path | None = None, book_model: Path | None = None,
) -> Proposer:  # fmt: skip
    """What the worker process loads: named by its `WorkerSpec`. Raises what
    `load_checked_readers` raises."""
    cv2.setNumThreads(1)
    return Proposer(load_checked_readers(tessdata, provenance, base_model, book_model), settings)
