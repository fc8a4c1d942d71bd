"""How far a reading is from the truth."""

from __future__ import annotations


def edits(wanted: str, read: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(read) + 1))
    for i, a in enumerate(wanted, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(read, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
