"""Which unit tests work long: they draw whole pages or train networks. `make test-unit` leaves them out."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent

HEAVY = (
    "ocr_models/adaptation/test_adapt.py",
    "ocr_models/adaptation/test_tuning.py",
    "ocr_models/workshop",
    "pipeline/imaging/test_capture.py",
    "pipeline/imaging/test_prepare_page.py",
    "pipeline/imaging/test_skew.py",
    "pipeline/layout/test_segments.py",
    "workers/books/test_adapt_book.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE) and item.path.relative_to(_HERE).as_posix().startswith(HEAVY):
            item.add_marker(pytest.mark.heavy)


def pytest_configure() -> None:
    """A file that is named here and is gone must not go unnoticed."""
    gone = [name for name in HEAVY if not (_HERE / name).exists()]
    if gone:
        raise pytest.UsageError(f"tests/unit/conftest.py names what is not there: {', '.join(gone)}")
