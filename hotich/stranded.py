"""What waits for nobody, told to whoever administers, with the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.review.stranded import Stranded

WAY_OUT = "hotich desk move --to OFFICE; hotich user add LOGIN --office OFFICE --role reviewer"


def lines(found: Sequence[Stranded]) -> list[str]:
    """One line for each office and lack, in both languages. Counts only."""
    return [_line(one) for one in found]


def warning(found: Sequence[Stranded]) -> str:
    """Everything that waits for nobody, and what to do; empty where nothing does."""
    if not found:
        return ""
    heading = "Có việc đang mở mà không ai thấy được / something open is in nobody's queue:"
    return "\n".join([heading, *(f"  {line}" for line in lines(found)), f"  → {WAY_OUT}"])


def facts(found: Sequence[Stranded]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "office": one.office,
            "lack": one.lack.value,
            "items": len(one.items),
            "submissions": len(one.submissions),
            "oldest": one.oldest,
        }
        for one in found
    ]


def _line(one: Stranded) -> str:
    office = one.office or "(không thuộc cơ quan nào / no office)"
    counts = [
        f"{len(ids)} {words}"
        for ids, words in ((one.items, "mục / items"), (one.submissions, "hồ sơ / submissions"))
        if ids
    ]
    return f"{office}: {', '.join(counts)}: {one.lack.words}"
