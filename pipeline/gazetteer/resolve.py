"""Which units an address as written may mean. Candidates, never a guess.

An address is read from its end: province, then district (until 30 June 2025), then commune; what is left is
the detail. Old four-part and new three-part tails both work, with or without commas and type words. Where
two units fit equally well, both come back: a clerk, another paper or the register decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.gazetteer.names import ISSUER, bare_name, match_key
from pipeline.gazetteer.table import Level, Unit, children, find_unit, units
from pipeline.values.fuzzy import spelling_cost
from pipeline.values.keys import ascii_key, squeeze

_LONGEST = 7  # words in a unit's name with its type word
_LOST_MARKS = 0.3
_WRONG_KIND = 0.4
_NO_BORDER = 0.3  # the name starts inside a part: "số 5 Hàng Đào Hoàn Kiếm"
_SKIPPED_DISTRICT = 1.1  # more than naming it would be worth
_FEW = 400  # names among which a misspelt one can still be told
_NAMED = 0.6  # what a unit that is written out is worth against an odd spelling
_TIE = 0.25  # candidates this close to the best stay
_MOST = 20
_KINDS = re.compile(r"\b(?:thành phố|tỉnh|quận|huyện|thị xã|thị trấn|phường|xã)(?=\s+\w)", re.IGNORECASE)
_PARTED = re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressMatch:
    """One reading of an address. Units not named are None; `detail` is what stands before them.

    `cost` 0 means that every name and type word fits letter by letter. `spans` are the named units, largest first,
    each with the range of the address's words (see `split_address`) that names it.
    """

    province: Unit | None
    district: Unit | None
    commune: Unit | None
    detail: str
    cost: float
    spans: tuple[tuple[Unit, int, int], ...] = ()

    @property
    def depth(self) -> int:
        return sum(unit is not None for unit in (self.province, self.district, self.commune))

    @property
    def smallest(self) -> Unit:
        """The smallest unit that is named."""
        unit = self.commune or self.district or self.province
        assert unit is not None  # a match names at least one
        return unit


@dataclass(frozen=True, slots=True)
class AddressWords:
    """The address's words, and before which of them a part begins."""

    words: tuple[str, ...]
    hard: frozenset[int]  # comma or line end: no name crosses it
    borders: frozenset[int]

    def span(self, start: int, end: int) -> str:
        return " ".join(self.words[start:end])


@dataclass(frozen=True, slots=True)
class _Hit:
    unit: Unit
    start: int
    cost: float
    end: int | None = None  # None: not written


def split_address(address: str) -> AddressWords:
    words: list[str] = []
    hard: set[int] = set()
    borders: set[int] = {0}
    for part in re.split(r"[,;\n]|\.(?=\s|$)(?<![QPHXTqphxt]\.)(?<![Tt][PpXxTt]\.)", address):
        for piece in re.split(r"\s+[-–—]\s+|(?<=[^\W\d_])[-–—](?=[^\W\d_])", squeeze(part)):
            borders.add(len(words))
            words += piece.split()
        hard.add(len(words))
    return AddressWords(tuple(words), frozenset(hard), frozenset(borders))


def _members(parent: Unit, level: Level) -> list[Unit]:
    """Units of a level below a parent, whatever lies between.

    What stood below a former unit is not on record in full; there its successors' members count too.
    """
    members = list(children(parent.key))
    if level is Level.COMMUNE and parent.level is Level.PROVINCE:
        members += [commune for district in members for commune in children(district.key)]
    if parent.code is None:
        known = {match_key(unit.short) for unit in members}
        later = [u for key in parent.successors for u in _members(units()[key], level)]
        members += [unit for unit in later if match_key(unit.short) not in known]
    return members


@lru_cache(maxsize=2048)
def _below(parent: str | None, level: Level) -> Mapping[str, tuple[Unit, ...]]:
    """Units of a level under a parent (None: the whole country) by marked and unmarked key."""
    pool = units().values() if parent is None else _members(units()[parent], level)
    table: dict[str, list[Unit]] = defaultdict(list)
    for unit in pool:
        if unit.level is level:
            for key in {match_key(unit.short), ascii_key(unit.short), *map(str.upper, unit.former_names)}:
                table[key].append(unit)
    return {key: tuple(group) for key, group in table.items()}


def _hits(text: AddressWords, end: int, parent: str | None, level: Level, at: date | None) -> list[_Hit]:
    """Units of the level that the words before `end` may name; misspelt names only among a parent's own."""
    table = _below(parent, level)
    near = len(table) < _FEW
    hits: list[_Hit] = []
    for start in range(end - 1, max(-1, end - 1 - _LONGEST), -1):
        if start + 1 < end and any(i in text.hard for i in range(start + 1, end)):
            break
        kind, short = bare_name(text.span(start, end))
        border = 0.0 if start in text.borders or kind else _NO_BORDER
        for unit, cost in _named(table, short, fuzzy=border == 0.0 and near):
            if at is not None and not unit.stood_at(at):
                continue
            misfit = _WRONG_KIND if kind and unit.kind != kind else 0.0
            hits.append(_Hit(unit, start, border + cost + misfit, end))
    return hits


def _named(table: Mapping[str, tuple[Unit, ...]], short: str, *, fuzzy: bool) -> Iterator[tuple[Unit, float]]:
    exact, plain = match_key(short), ascii_key(short)
    if exact in table:
        yield from ((unit, 0.0) for unit in table[exact])
    elif plain and plain in table:
        yield from ((unit, _LOST_MARKS) for unit in table[plain])
    elif fuzzy and len(plain) >= 4:
        for key, group in table.items():
            if key.islower() and abs(len(key) - len(exact)) <= 2:
                cost = spelling_cost(key, exact)
                if cost <= (1.3 if len(plain) < 8 else 2.0):
                    yield from ((unit, cost) for unit in group)


@lru_cache(maxsize=1024)  # one address is asked about several times while it is settled
def resolve(address: str, at: date | None = None) -> tuple[AddressMatch, ...]:
    """The readings that fit best, best first; one means unambiguous, none that no unit is recognised.

    With `at` only units that may have stood on that day count. A reading that names one level more goes
    before one that is a little cheaper. At most 20.
    """
    text = split_address(address)
    best: dict[tuple[str, ...], AddressMatch] = {}
    for match in _readings(text, at):
        key = tuple(u.key if u else "" for u in (match.province, match.district, match.commune))
        if key not in best or match.cost < best[key].cost:
            best[key] = match
    if not best:
        return ()
    ranked = sorted(best.values(), key=_worth)
    return tuple(m for m in ranked if _worth(m) <= _worth(ranked[0]) + _TIE)[:_MOST]


def ends_in_unit(address: str) -> bool:
    """Whether the address's last words name a unit: one that does not may have lost its end, "Láng, Hà" its "Nội"."""
    count = len(split_address(address).words)
    return any(end == count for match in resolve(address) for _, _, end in match.spans)


def begins_inside_unit(address: str) -> bool:
    """Whether what stands before the units is the end of the name of a unit that would stand there: "Mỹ, Sơn Tây, Hà
    Nội" has lost its "Thanh", unless a hamlet is called so."""
    matches = resolve(address)
    detail = match_key(matches[0].detail) if matches else ""
    if not detail or matches[0].commune is not None or any(c.isdigit() for c in detail):
        return False
    levels = (Level.COMMUNE,) if matches[0].district else (Level.DISTRICT, Level.COMMUNE)
    names = {match_key(unit.short) for level in levels for unit in _members(matches[0].smallest, level)}
    return detail not in names and any(name.endswith(f" {detail}") for name in names)


def has_units_unparted(address: str) -> bool:
    """Whether two units are named with nothing written between them: "xã Quang Minh thành phố Hà Nội"."""
    return any(len(_KINDS.findall(part)) > 1 for part in _PARTED.split(address))


def _worth(match: AddressMatch) -> float:
    """Lower is better: a reading that explains more of the address may cost more."""
    return match.cost - _NAMED * match.depth


def _readings(text: AddressWords, at: date | None) -> Iterator[AddressMatch]:
    end = len(text.words)
    provinces = _hits(text, end, None, Level.PROVINCE, at)
    for province in provinces:
        yield _match(text, province, None, None, province.start, province.cost)
        yield from _under_province(text, province, at)
    if not provinces:
        yield from _without_province(text, at)


def _under_province(text: AddressWords, province: _Hit, at: date | None) -> Iterator[AddressMatch]:
    end = province.start
    for district in _hits(text, end, province.unit.key, Level.DISTRICT, at):
        cost = province.cost + district.cost
        yield _match(text, province, district, None, district.start, cost)
        for commune in _hits(text, district.start, district.unit.key, Level.COMMUNE, at):
            yield _match(text, province, district, commune, commune.start, cost + commune.cost)
    for commune in _hits(text, end, province.unit.key, Level.COMMUNE, at):
        above = units()[commune.unit.parent or ""]
        cost = province.cost + commune.cost
        if above.level is Level.DISTRICT:  # written without its district
            hit = _Hit(above, commune.start, 0.0)
            yield _match(text, province, hit, commune, commune.start, cost + _SKIPPED_DISTRICT)
        else:
            yield _match(text, province, None, commune, commune.start, cost)


def _without_province(text: AddressWords, at: date | None) -> Iterator[AddressMatch]:
    """Addresses that end with a district or commune; only exact names with a type word count."""
    end = len(text.words)
    for level in (Level.DISTRICT, Level.COMMUNE):
        for start in range(end - 1, max(-1, end - 1 - _LONGEST), -1):
            kind, _ = bare_name(text.span(start, end))
            if not kind:
                continue
            for unit in find_unit(text.span(start, end), level, at):
                if unit.kind != kind:
                    continue
                hit = _Hit(unit, start, 0.0, end)
                if level is Level.COMMUNE:
                    yield _match(text, None, None, hit, start, 0.0)
                    continue
                yield _match(text, None, hit, None, start, 0.0)
                for commune in _hits(text, start, unit.key, Level.COMMUNE, at):
                    yield _match(text, None, hit, commune, commune.start, commune.cost)


def _match(
    text: AddressWords, province: _Hit | None, district: _Hit | None, commune: _Hit | None, start: int, cost: float
) -> AddressMatch:
    return AddressMatch(
        province=province.unit if province else None,
        district=district.unit if district else None,
        commune=commune.unit if commune else None,
        detail=ISSUER.sub("", text.span(0, start) + " ").strip(" ,-–—"),
        cost=round(cost, 3),
        spans=tuple((h.unit, h.start, h.end) for h in (province, district, commune) if h and h.end is not None),
    )


def successors_at(unit: Unit, day: date) -> tuple[Unit, ...]:
    """What the unit had become by a day: itself if it stood then, else every successor, followed on.

    Several mean that it was divided: which one an address went to cannot be known from the old name.
    """
    if unit.stood_at(day):
        return (unit,)
    if unit.valid_from is not None and day < unit.valid_from:
        return ()
    table = units()
    standing: dict[str, Unit] = {}
    for key in unit.successors:
        for later in successors_at(table[key], day):
            standing[later.key] = later
    return tuple(standing.values())
