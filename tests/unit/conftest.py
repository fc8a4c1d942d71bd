"""Which unit tests work long: they draw whole pages, train networks, start processes, or fill and check whole stores.
`make test-unit` leaves them out, and does not even load their files. Single tests are marked where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent

HEAVY = (
    "hotich/test_copies.py",
    "hotich/test_encryption.py",
    "hotich/test_keeping.py",
    "hotich/test_verify.py",
    "ocr_models/adaptation",
    "ocr_models/workshop",
    "pipeline/imaging",
    "pipeline/intake/test_missing.py",
    "pipeline/intake/test_open_document.py",
    "pipeline/layout",
    "pipeline/records/copies",
    "pipeline/records/test_separator_sheets.py",
    "pipeline/test_continuing.py",
    "pipeline/test_page_ledger.py",
    "pipeline/test_read_document.py",
    "workers/batch/test_book_breaks.py",
    "workers/batch/test_reread.py",
    "workers/batch/test_seen_before.py",
    "workers/books",
    "workers/ink",
    "workers/processes",
    "workers/test_copies.py",
)


def _is_heavy(path: Path) -> bool:
    return path.is_relative_to(_HERE) and path.relative_to(_HERE).as_posix().startswith(HEAVY)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if "not heavy" in config.option.markexpr and _is_heavy(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_heavy(item.path):
            item.add_marker(pytest.mark.heavy)


def pytest_configure() -> None:
    """A file that is named here and is gone must not go unnoticed."""
    gone = [name for name in HEAVY if not (_HERE / name).exists()]
    if gone:
        raise pytest.UsageError(f"tests/unit/conftest.py names what is not there: {', '.join(gone)}")
