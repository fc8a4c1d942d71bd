"""Administrative units of Vietnam with the time they stood for.

Three layers in one table: the two-level state since 1 July 2025, the three-level state before it
(General Statistics Office codes both), and an own dated table of what stood earlier. Loaded once, on
first use, from files beside this module.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pipeline.gazetteer.names import KINDS, bare_name, match_key
from pipeline.values.keys import ascii_key

REFORM = date(2025, 7, 1)  # two levels from this day on


class Level(StrEnum):
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class Certainty(StrEnum):
    """How sure the unit's dates are: of the official list, from a public secondary source, from memory."""

    PUBLISHED = "published"
    SECONDARY = "secondary"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit during one period. `valid_from` counts, `valid_to` does not; None is unknown or open.

    `key` is unique ("2024:c00001", "2025:p01", "old:12"); `code` is the statistics office's, None for
    units that were gone before it. `name` is the full name ("Quận Ba Đình"), `kind` its type word,
    `short` the rest. `successors` are keys of the units it became, every one, in no order of merit.
    """

    key: str
    level: Level
    code: str | None
    name: str
    kind: str
    short: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    certainty: Certainty
    successors: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()

    def stood_at(self, day: date) -> bool:
        """Whether the unit may have stood on that day; an unknown bound excludes nothing."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


_LEVELS = {"p": Level.PROVINCE, "d": Level.DISTRICT, "c": Level.COMMUNE}
_ONE_WORD_KINDS = frozenset(("Xã", "Phường", "Huyện", "Quận", "Tỉnh", "Khu"))
_PARENT_MARK = {"d": "p", "c": "d"}


def _lines(text: str) -> Iterable[list[str]]:
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


def _kind_and_short(name: str) -> tuple[str, str]:
    """Splits a well-formed full name of our own tables."""
    first, _, rest = name.partition(" ")
    if first in _ONE_WORD_KINDS and not (first == "Khu" and rest.startswith(("phố ", "tự trị ", "vực "))):
        return first.lower(), rest
    kind = next(kind for kind in KINDS if name.lower().startswith(kind + " "))
    return kind, name[len(kind) + 1 :]


def _coded(cells: list[str]) -> Unit:
    state, mark, code, parent, name, targets, former = cells
    kind, short = _kind_and_short(name)
    parent_mark = "p" if state == "2025" else _PARENT_MARK.get(mark, "")
    return Unit(
        key=f"{state}:{mark}{code}",
        level=_LEVELS[mark],
        code=code,
        name=name,
        kind=kind,
        short=short,
        parent=f"{state}:{parent_mark}{parent}" if parent else None,
        valid_from=REFORM if state == "2025" else None,
        valid_to=REFORM if state == "2024" else None,
        certainty=Certainty.PUBLISHED,
        successors=tuple(f"2025:c{target}" for target in targets.split()),
        former_names=tuple(former.split()),
    )


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _historic(number: int, cells: list[str], parent: str | None) -> Unit:
    mark, name, _, start, end, certainty, became, _ = cells
    kind, short = _kind_and_short(name)
    return Unit(
        key=f"old:{number}",
        level=_LEVELS[mark],
        code=None,
        name=name,
        kind=kind,
        short=short,
        parent=parent,
        valid_from=_day(start),
        valid_to=_day(end),
        certainty=Certainty(certainty),
        successors=tuple(f"2024:{mark}{code}" for code in became.split()),
    )


def _parent_key(table: Mapping[str, Unit], path: str, start: date | None, end: date | None) -> str | None:
    """The unit a historic row names as parent ("Từ Liêm|Hà Nội"), standing for most of the row's time."""
    if not path:
        return None
    first, _, above = path.partition("|")
    level = Level.DISTRICT if above else Level.PROVINCE
    grand = _parent_key(table, above, start, end) if above else None
    probe = end.replace(year=end.year - 1) if end else start
    for unit in table.values():
        same = unit.level is level and match_key(unit.short) == match_key(first)
        if same and (probe is None or unit.stood_at(probe)) and (grand is None or unit.parent == grand):
            return unit.key
    raise ValueError(f"history.tsv names an unknown parent: {path}")


@cache
def units() -> Mapping[str, Unit]:
    """Every unit by its key. About 14,500; the first call takes some tens of milliseconds."""
    folder = files("pipeline.gazetteer")
    coded = gzip.decompress(folder.joinpath("units.tsv.gz").read_bytes()).decode("utf-8")
    table = {unit.key: unit for unit in map(_coded, _lines(coded))}
    history = list(_lines(folder.joinpath("history.tsv").read_text(encoding="utf-8")))
    upper: dict[str, Unit] = {k: u for k, u in table.items() if u.level is not Level.COMMUNE}
    for wanted in "pdc":
        for number, cells in enumerate(history, start=1):
            mark, name, path, start, end, certainty, _, dates = cells
            if mark != wanted:
                continue
            if not name:
                key = f"2024:{mark}{dates}"
                dated = replace(table[key], valid_from=_day(start), certainty=Certainty(certainty))
                table[key] = upper[key] = dated
            else:
                unit = _historic(number, cells, _parent_key(upper, path, _day(start), _day(end)))
                table[unit.key] = unit
                if mark != "c":
                    upper[unit.key] = unit
    return table


@cache
def _children() -> Mapping[str | None, tuple[Unit, ...]]:
    below: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in units().values():
        below[unit.parent].append(unit)
    return {key: tuple(group) for key, group in below.items()}


def children(key: str) -> tuple[Unit, ...]:
    """The units directly below this one."""
    return _children().get(key, ())


@cache
def _index(level: Level) -> Mapping[str, tuple[Unit, ...]]:
    """Units of one level by each key they may be looked up with: marked, and without any mark."""
    by_name: dict[str, dict[str, Unit]] = defaultdict(dict)
    for unit in units().values():
        if unit.level is level:
            for key in (match_key(unit.short), ascii_key(unit.short), *map(str.upper, unit.former_names)):
                by_name[key][unit.key] = unit
    return {key: tuple(group.values()) for key, group in by_name.items()}


def find_unit(name: str, level: Level, at: date | None = None) -> tuple[Unit, ...]:
    """All units of that name and level, on that day if one is given; empty when there is none.

    A type word in the name ("Q.", "huyện") is understood and, when given, must fit if any unit fits.
    Spelling with marks goes first; only when nothing has it are marks ignored. Never picks one of several.
    """
    kind, short = bare_name(name)
    second_best: tuple[Unit, ...] = ()
    for key in (match_key(short), ascii_key(short)):
        named = tuple(u for u in _index(level).get(key, ()) if at is None or u.stood_at(at))
        fitting = tuple(u for u in named if not kind or u.kind == kind)
        if fitting:
            return fitting
        second_best = second_best or named
    return second_best


def ancestors(unit: Unit) -> tuple[Unit, ...]:
    """The units above, nearest first."""
    chain: list[Unit] = []
    table = units()
    while unit.parent is not None:
        unit = table[unit.parent]
        chain.append(unit)
    return tuple(chain)
