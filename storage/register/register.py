"""The register in a database: candidates by blocking, then comparison of the best few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

import sqlalchemy as sa
from rapidfuzz import fuzz, process

from pipeline.domain.errors import HotichError
from pipeline.domain.model import RegisterOutcome
from pipeline.settling import register
from pipeline.settling.register import REGISTER_FIELDS, Agreement, Claims, RegisterAnswer
from storage.database import Database
from storage.migration import upgrade
from storage.register.blocking import dates_one_digit_away, numbers_one_digit_away
from storage.register.comparison import spelling
from storage.register.matching import Candidate, Frequencies, answer, compare, likely
from storage.register.rows import PartialDate
from storage.register.tables import SCHEMA, name_counts, people, register_state

_COMPARED = 8
_SIMILAR = 50.0
_SAME_NAME = 40
_SAME_HOUSEHOLD = 40
_ENOUGH = 0.99
_LEAST_LIKELY = 0.001
_BORN_ON_A_DAY = 400  # at most so many people of one birth date are compared by their parents
_NAMING = frozenset(("personal_id", "old_national_id", "full_name"))  # without any of them a family may tell, or nobody
_NOBODY = (RegisterOutcome.NOT_FOUND, RegisterOutcome.UNSURE)
_PARENTS = frozenset(("father_name", "mother_name"))

_IN = people.c.date_of_birth.in_(sa.bindparam("dates", expanding=True))
_RANKED = sa.select(people.c.id, people.c.name_key)
_BY_BIRTH = _RANKED.where(_IN, people.c.sex.in_(sa.bindparam("sexes", expanding=True)))
_BY_NAME_YEAR = (
    sa.select(people.c.id)
    .where(
        people.c.name_key == sa.bindparam("key"),
        people.c.birth_year.in_(sa.bindparam("years", expanding=True)),
    )
    .limit(_SAME_NAME)
)
_BY_NAME = sa.select(people.c.id).where(people.c.name_key == sa.bindparam("key")).limit(_SAME_NAME)
_NUMBERS: sa.BindParameter[str] = sa.bindparam("numbers", expanding=True)
_BY_PERSONAL_ID = sa.select(people.c.id).where(people.c.register_id.in_(_NUMBERS)).limit(_SAME_NAME)
_BY_OLD_ID = sa.select(people.c.id).where(people.c.old_national_id.in_(_NUMBERS)).limit(_SAME_NAME)
_BY_HOUSEHOLD = (
    sa.select(people.c.id).where(people.c.household_number == sa.bindparam("household")).limit(_SAME_HOUSEHOLD)
)
_ROWS = sa.select(people).where(people.c.id.in_(sa.bindparam("ids", expanding=True)))
_PERSON = sa.select(people).where(people.c.register_id == sa.bindparam("register_id"))
_COUNTS = sa.select(name_counts).where(name_counts.c.name_key.in_(sa.bindparam("keys", expanding=True)))
_STATE = sa.select(register_state.c.people, register_state.c.origin_shared)


class SqlRegister:
    """A `PopulationRegister` in SQLite or PostgreSQL. A process opens its own.

    An empty register, or claims that tell nobody apart, answer `NOT_CHECKED`: these need a number, a name, or a date of
    birth with a parent's name or a household's number.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, url: str) -> Self:
        """Connects, and creates or upgrades the tables. `url`: see `Database`. Raises HotichError."""
        database = Database(url)
        upgrade(database, SCHEMA)
        return cls(database)

    def close(self) -> None:
        self.database.close()

    def count(self) -> int:
        """How many people the register holds. Raises HotichError."""
        with self.database.read() as connection:
            return connection.scalar(_STATE) or 0

    def look_up(self, claims: Claims) -> RegisterAnswer:
        """Which person the claims concern. Never raises; a database out of reach answers `UNAVAILABLE`."""
        if not _tell_apart(claims):
            return RegisterAnswer(outcome=RegisterOutcome.NOT_CHECKED)
        try:
            with self.database.read() as connection:
                return _Search(connection, claims).run()
        except HotichError:
            return RegisterAnswer(outcome=RegisterOutcome.UNAVAILABLE)

    def candidates(self, claims: Claims, *, most: int = 3) -> list[register.Candidate]:
        """People whom the claims may concern, the likeliest first, for a person to compare field by field.

        Empty for claims that tell nobody apart, and where nobody fits. Raises HotichError.
        """
        if not _tell_apart(claims):
            return []
        with self.database.read() as connection:
            return _Search(connection, claims).likely(most)

    def person(self, register_id: str) -> Mapping[str, str]:
        """What is registered of the person that `look_up` named, by register field, empty ones left out.

        Empty for an unknown person. Raises HotichError.
        """
        with self.database.read() as connection:
            row = connection.execute(_PERSON, {"register_id": register_id}).one_or_none()
        values = {} if row is None else dict(row._mapping)
        return {name: values[name] for name in REGISTER_FIELDS if values.get(name)}


def _tell_apart(claims: Claims) -> bool:
    """Whether the claims can name one person among all."""
    claimed = claims.fields.keys()
    by_family = "date_of_birth" in claimed and bool(claimed & (_PARENTS | {"household_number"}))
    return by_family or bool(claimed & _NAMING)


class _Search:
    """One look-up over one connection."""

    def __init__(self, connection: sa.Connection, claims: Claims) -> None:
        self._connection = connection
        self._claims = claims
        self._values = {name: claim.value for name, claim in claims.fields.items()}
        self._name_key = spelling(self._values.get("full_name", "")).key
        self._born = PartialDate.parse(self._values.get("date_of_birth", ""))
        self._people, self._origin_shared = connection.execute(_STATE).one()
        self._names: dict[str, int] = {}
        self._candidates: dict[int, Candidate] = {}

    def run(self) -> RegisterAnswer:
        if not self._people:
            return RegisterAnswer(outcome=RegisterOutcome.NOT_CHECKED)
        result = self._answer()
        for ids in self._blocks():
            new = sorted(ids - self._candidates.keys())
            if new:
                self._compare(new)
                result = self._answer()
            # A number may have been misread into somebody else's: then the name tells, and we go on.
            other_name = result.agreement.get("full_name") in (Agreement.DIFFERENT, Agreement.UNSURE)
            if (result.match_probability or 0.0) >= _ENOUGH and not other_name:
                break
        if not self._claims.fields.keys() & _NAMING and result.outcome in _NOBODY and result.register_id is None:
            return RegisterAnswer(outcome=RegisterOutcome.NOT_CHECKED)
        return result

    def likely(self, most: int) -> list[register.Candidate]:
        """After `run`: the candidates that were compared and are likely enough."""
        self.run()
        candidates = list(self._candidates.values())
        return likely(self._claims, candidates, self._frequencies(), most=most, least=_LEAST_LIKELY)

    def _answer(self) -> RegisterAnswer:
        return answer(self._claims, list(self._candidates.values()), self._frequencies())

    def _frequencies(self) -> Frequencies:
        return Frequencies(people=self._people, names=self._names, origin_shared=self._origin_shared)

    def _blocks(self) -> Iterator[set[int]]:
        """Ids of people to compare, the surest block first; each next one is asked only when needed."""
        yield self._by_numbers()
        sexes = [self._values["sex"], ""] if self._values.get("sex") else ["male", "female", ""]
        if self._born is not None and self._name_key:
            yield self._by_birth(dates_one_digit_away(self._born), sexes)
        if self._name_key:
            yield self._by_name(far=False)
        if self._born is not None and self._name_key and len(sexes) == 2:
            yield self._by_birth([str(self._born)], ["male", "female"])
        if self._born is not None and self._name_key:
            yield self._by_name(far=True)
        if self._born is not None and self._name_key and not self._claims.fields["date_of_birth"].sure:
            yield set(self._connection.scalars(_BY_NAME, {"key": self._name_key}))
        if self._born is not None and self._born.day is not None and _PARENTS & self._values.keys():
            yield self._by_parents(sexes)
        if household := spelling(self._values.get("household_number", "")).key:
            yield set(self._connection.scalars(_BY_HOUSEHOLD, {"household": household}))

    def _by_numbers(self) -> set[int]:
        ids: set[int] = set()
        for query, name, length in ((_BY_PERSONAL_ID, "personal_id", 12), (_BY_OLD_ID, "old_national_id", 9)):
            number = self._values.get(name, "")
            if len(number) == length and number.isascii() and number.isdigit():
                ids.update(self._connection.scalars(query, {"numbers": numbers_one_digit_away(number)}))
        return ids

    def _by_birth(self, dates: list[str], sexes: list[str]) -> set[int]:
        rows = self._connection.execute(_BY_BIRTH, {"dates": dates, "sexes": sexes}).all()
        names = [name_key for _, name_key in rows]
        best = process.extract(self._name_key, names, scorer=fuzz.ratio, limit=_COMPARED, score_cutoff=_SIMILAR)
        return {rows[place][0] for _, _, place in best}

    def _by_parents(self, sexes: list[str]) -> set[int]:
        """Everybody born on the claimed day, for whom the parents tell: a name may be unread, or another's."""
        rows = self._connection.execute(_BY_BIRTH, {"dates": [str(self._born)], "sexes": sexes}).all()
        return {row[0] for row in rows} if len(rows) <= _BORN_ON_A_DAY else set()

    def _by_name(self, *, far: bool) -> set[int]:
        """People of exactly this name, born in the claimed year (`far`: in a year one digit away)."""
        if self._born is None:
            return set(self._connection.scalars(_BY_NAME, {"key": self._name_key}))
        year = f"{self._born.year:04d}"
        years = [int(other) for other in numbers_one_digit_away(year) if other != year] if far else [int(year)]
        return set(self._connection.scalars(_BY_NAME_YEAR, {"key": self._name_key, "years": years}))

    def _compare(self, ids: list[int]) -> None:
        rows = [dict(row._mapping) for row in self._connection.execute(_ROWS, {"ids": ids})]
        self._learn_names(rows)
        frequencies = self._frequencies()
        for row in rows:
            self._candidates[row["id"]] = compare(self._claims, row, frequencies)

    def _learn_names(self, rows: list[dict[str, Any]]) -> None:
        names = {spelling(row[name]).key for row in rows for name in ("father_name", "mother_name") if row[name]}
        names |= {row["name_key"] for row in rows}
        unknown = sorted(names - self._names.keys())
        if unknown:
            counts = {row.name_key: row.people for row in self._connection.execute(_COUNTS, {"keys": unknown})}
            self._names.update({name: counts.get(name, 1) for name in unknown})
