"""Specimens read by the real readers, each once for all tests that look at it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from ocr_models.evaluation.truth import TrueRecord, parse_truth
from ocr_models.readers import load_readers
from pipeline.domain.model import CivilRecord, Provenance
from pipeline.read_document import PipelineSettings, process_document

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
SPECIMEN = "giay-khai-sinh-2016-in.jpg"  # 1654 x 2339 pixels, 200 dpi

Read = Callable[[Path], tuple[CivilRecord, ...]]


@pytest.fixture(scope="session")
def truth() -> TrueRecord:
    with (SAMPLES / "truth.jsonl").open(encoding="utf-8") as lines:
        records, _ = parse_truth(line for line in lines if SPECIMEN in line)
    return records[0]


@pytest.fixture(scope="session")
def logged() -> list[str]:
    """Everything that was logged while something was read."""
    return []


@pytest.fixture(scope="session")
def read(logged: list[str]) -> Iterator[Read]:
    """Reads a file that does not change: a second time it gives what it gave before."""
    readers, settings = load_readers(), PipelineSettings()
    provenance = Provenance(
        software="test", models=tuple(r.identity for r in readers.all()), settings_sha256=settings.sha256()
    )

    class Kept(logging.Handler):
        def emit(self, entry: logging.LogRecord) -> None:
            logged.append(entry.getMessage())

    kept = Kept(logging.DEBUG)

    @cache
    def read(path: Path) -> tuple[CivilRecord, ...]:
        logging.getLogger().addHandler(kept)
        try:
            return process_document(
                path, name=path.name, sha256="0" * 64, readers=readers, calibration=None, register=None,
                provenance=provenance, settings=settings,
            )  # fmt: skip
        finally:
            logging.getLogger().removeHandler(kept)

    yield read
