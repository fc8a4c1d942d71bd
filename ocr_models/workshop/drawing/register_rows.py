"""The population register that goes with a set of documents: it knows most people, and contradicts some papers."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from random import Random

from ocr_models.workshop.drawing import names, people
from ocr_models.workshop.drawing.people import Family, Person

COLUMNS = (
    "personal_id", "old_national_id", "full_name", "date_of_birth", "sex", "ethnicity", "place_of_origin",
    "residence", "father_name", "mother_name", "household_number", "deceased",
)  # fmt: skip
Row = dict[str, str]


class Register:
    """Collects rows while documents are made; `outcome` decides what the register says of each subject."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.rows: list[Row] = []

    def outcome(
        self,
        who: Person,
        family: Family | None = None,
        *,
        household: str = "",
        dead: bool = False,
        by_year: bool = False,
    ) -> str:
        """Enter the person as the paper says (match), changed (conflict), or not at all (not_found).

        `by_year`: the paper may have no more than the year of birth, so that is what a change changes.
        """
        roll = self._rng.random()
        if roll < 0.15:
            return "not_found"
        row = self._row(who, family, household, dead)
        if roll < 0.32:
            self._contradict(row, who, family, 400 if by_year else 0)
            self.rows.append(row)
            return "conflict"
        self.rows.append(row)
        return "match"

    def enter(self, who: Person, *, household: str = "") -> None:
        """Enter the person as the paper says."""
        self.rows.append(self._row(who, None, household, False))

    def add_strangers(self, count: int) -> None:
        """People no document speaks of, a part of them namesakes of those it does."""
        known = list(self.rows)
        for _ in range(count):
            year = self._rng.randint(1940, 2024)
            family = people.family(self._rng, people.day_in_year(self._rng, year))
            row = self._row(family.child, family, str(self._rng.randint(150_000_000, 290_000_000)), False)
            if known and self._rng.random() < 0.15:
                row["full_name"] = self._rng.choice(known)["full_name"]
            self.rows.append(row)

    def write(self, path: Path) -> None:
        """UTF-8 CSV in an order that tells nothing of the documents."""
        rows = sorted(self.rows, key=lambda row: (row["personal_id"], row["full_name"]))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def _row(self, who: Person, family: Family | None, household: str, dead: bool) -> Row:
        father = family.father.full_name if family and family.father else ""
        return {
            "personal_id": who.personal_id,
            "old_national_id": who.old_national_id or "",
            "full_name": who.full_name,
            "date_of_birth": who.birth.isoformat(),
            "sex": who.sex,
            "ethnicity": who.ethnicity,
            "place_of_origin": who.origin.words("full"),
            "residence": who.residence.words("full"),
            "father_name": father,
            "mother_name": family.mother.full_name if family else "",
            "household_number": household,
            "deceased": "true" if dead else "",
        }

    def _contradict(self, row: Row, who: Person, family: Family | None, days: int) -> None:
        """Change what no misreading explains: the birth date by weeks to months, and `days` more, or the mother."""
        if family is not None and self._rng.random() < 0.5:
            year = family.mother.birth.year
            other = row["mother_name"]
            while other.split()[-1] == row["mother_name"].split()[-1]:
                other = names.full_name(self._rng, "female", year)
            row["mother_name"] = other
            return
        moved = who.birth + timedelta(days=self._rng.choice((-1, 1)) * (days + self._rng.randint(40, 320)))
        row["date_of_birth"] = moved.isoformat()
