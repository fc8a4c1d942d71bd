"""How long a store that locks objects locks the papers of a class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.objects.paper_class import Classes, PaperClass
from storage.objects.store import Lock

MODES = ("governance", "compliance")
_YEAR_DAYS = 365.2425
_LONGEST_YEARS = 100  # as Amazon S3 bounds it


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRules:
    """`mode`: governance | compliance. `years`: how long papers of a class are locked from the day they are stored;
    of several classes the longest counts, and one that is not named is not locked."""

    mode: str
    years: Mapping[PaperClass, int]

    def wanted(self, of: Classes, since: datetime) -> Lock | None:
        """The lock of an object that was stored at this time."""
        years = max((self.years.get(one, 0) for one in of), default=0)
        if not years:
            return None
        return Lock(until=since + timedelta(days=math.ceil(years * _YEAR_DAYS)), mode=self.mode)


def read_years(text: str) -> dict[PaperClass, int]:
    """Years by class from `identity=20, registers=70`. Raises WrongUse."""
    found: dict[PaperClass, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, years = part.partition("=")
        try:
            one, count = PaperClass(name.strip()), int(years)
        except ValueError:
            count = 0
        if not 1 <= count <= _LONGEST_YEARS:
            wanted = ", ".join(f"{known}=N" for known in PaperClass)
            raise WrongUse(
                Message(
                    f"Thiết lập s3_lock_years: “{part}” không hợp lệ; cần {wanted}, N từ 1 đến {_LONGEST_YEARS} năm",
                    f"setting s3_lock_years: “{part}” is not valid; wanted: {wanted}, N from 1 to"
                    f" {_LONGEST_YEARS} years",
                )
            )
        found[one] = count
    return found
