"""How a claimed value compares with the register's: the levels that match weights are measured for."""

from __future__ import annotations

from pipeline.values.comparison import (
    Level,
    Spelling,
    compare_ethnicities,
    compare_names,
    compare_numbers,
    compare_places,
    compare_words,
    spelling,
)
from pipeline.values.comparison import compare_dates as compare_iso_dates
from storage.register.rows import PartialDate

__all__ = [
    "Level",
    "Spelling",
    "compare_dates",
    "compare_ethnicities",
    "compare_names",
    "compare_numbers",
    "compare_places",
    "compare_words",
    "spelling",
]


def compare_dates(claimed: PartialDate, registered: PartialDate) -> Level:
    """As `pipeline.values.comparison.compare_dates`, of parsed dates."""
    return compare_iso_dates(str(claimed), str(registered))
