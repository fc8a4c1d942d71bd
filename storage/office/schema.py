"""The schema of what an office keeps beside the archive: submissions, people, holdings.

A schema of its own beside the catalogue's, in the same database, so that both change in one transaction.
"""

from __future__ import annotations

from pathlib import Path

from storage.holdings import tables as _holdings
from storage.migration import Schema
from storage.office_metadata import metadata
from storage.people import tables as _people
from storage.requests import tables as _requests
from storage.submissions import tables as _submissions

__all__ = ["SCHEMA"]

_TABLES = (_holdings, _people, _requests, _submissions)  # imported so that the metadata knows their tables

SCHEMA = Schema(
    metadata=metadata,
    folder=Path(__file__).parent / "migrations",
    head="0008",
    version_table="service_version",
)
