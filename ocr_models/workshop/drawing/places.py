"""Invented addresses in the units that existed at a given time.

Real names of units (public geography, places.toml), invented house numbers. In Hanoi khu phố and
tiểu khu until 1981, quận and phường to 30/6/2025, two levels since (`docs/glossary.md`, section Places);
the rest of the country is the north's home provinces under their dated names.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@cache
def _units() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "places.toml").read_text("utf-8"))


def _split(words: str) -> list[str]:
    return [word.replace("~", " ") for word in words.split()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One address: `detail` (house, street or village; may be empty), then its units from small to large.

    `units` are (kind, name) pairs: ("phường", "Hàng Bạc"), ("quận", "Hoàn Kiếm"), ("thành phố", "Hà Nội").
    `prefix` is the province's three digits of the personal id, `block` its first two of the CMND.
    """

    detail: str
    units: tuple[tuple[str, str], ...]
    prefix: str = "001"
    block: str = "01"

    def without_detail(self) -> Place:
        return Place(detail="", units=self.units, prefix=self.prefix, block=self.block)

    def words(self, style: str = "full") -> str:
        """As a clerk writes it. Styles: `full` (xã …, huyện …, tỉnh …), `short` (P. Hàng Bạc, Q. Hoàn Kiếm,
        TP Hà Nội), `bare` (names only, as QR codes and cards have it), `dash` (names joined by ' - ')."""
        if style == "bare":
            return ", ".join(filter(None, (self.detail, *(name for _, name in self.units))))
        if style == "dash":
            return " - ".join(filter(None, (self.detail, *(name for _, name in self.units))))
        kinds = _SHORT if style == "short" else {}
        units = [kinds.get(kind, f"{kind} ") + name if kind else name for kind, name in self.units]
        return ", ".join(filter(None, (self.detail, *units)))

    @property
    def commune(self) -> tuple[str, str]:
        return self.units[0]


_SHORT = {
    "phường": "P. ", "quận": "Q. ", "thành phố": "TP ", "huyện": "H. ", "xã": "X. ", "tỉnh": "T. ",
    "thị trấn": "TT ", "khu phố": "KP ", "tiểu khu": "TK ",
}  # fmt: skip
_CITY = ("thành phố", "Hà Nội")


def hanoi(rng: Random, year: int, *, rural: bool | None = None) -> Place:
    """An address in Hanoi in the units of that year."""
    rural = rng.random() < 0.35 if rural is None else rural
    if year > 2025:
        kind, name = rng.choice(_split(_units()["hanoi_since_2025"])).split(" ", 1)
        return Place(detail=_detail(rng, kind == "xã", year), units=((kind, name), _CITY))
    if rural:
        districts = _units()["hanoi_huyen"]
        huyen = rng.choice([h for h in districts if h["since"] <= year < h["until"]] or districts[:4])
        commune = ("xã", rng.choice(_split(huyen["communes"])))
        return Place(detail=_detail(rng, True, year), units=(commune, ("huyện", huyen["name"]), _CITY))
    if year < 1981:
        return _before_wards(rng, year)
    quan = rng.choice([q for q in _units()["hanoi_quan"] if q["since"] <= year])
    ward = ("phường", rng.choice(_split(quan["wards"])))
    return Place(detail=_detail(rng, False, year), units=(ward, ("quận", quan["name"]), _CITY))


def _before_wards(rng: Random, year: int) -> Place:
    """Until 1981: khu (1954-60), then khu phố, with tiểu khu below it since about 1974."""
    quan = rng.choice(_units()["hanoi_quan"][:4])
    small = (("tiểu khu", rng.choice(_split(quan["wards"]))),) if year > 1973 else ()
    khu = ("khu phố" if year > 1960 else "khu", quan["name"])
    return Place(detail=_detail(rng, False, year), units=(*small, khu, ("", "Hà Nội")))


def province(rng: Random, year: int) -> Place:
    """A village in a home province under the name it had in that year (after 2025: as of 2024)."""
    year = min(year, 2024)
    fitting = [p for p in _units()["province"] if any(a <= year < b for _, a, b in p["names"])]
    home = rng.choice(fitting)
    name = next(n for n, a, b in home["names"] if a <= year < b)
    district = rng.choice(list(home["districts"]))
    commune = rng.choice(_split(home["districts"][district]))
    units = (("xã", commune), ("huyện", district), ("tỉnh", name))
    return Place(detail=_detail(rng, True, year), units=units, prefix=home["prefix"], block=home["block"])


def _detail(rng: Random, rural: bool, year: int) -> str:
    if rural:
        number, village = rng.randint(1, 14), rng.choice(_split(_units()["villages"]))
        return rng.choice((f"thôn {village}", f"thôn {village}", f"xóm {number}", f"đội {number}", f"thôn {number}"))
    street, house = rng.choice(_split(_units()["streets"])), rng.randint(1, 380)
    if year < 1975:
        return rng.choice((f"số {house} phố {street}", f"{house} {street}", f"số nhà {house} phố {street}"))
    alley, small = f"ngõ {rng.randint(2, 290)} {street}", house % 60 + 1
    forms = [f"số {house} {street}", f"{house} phố {street}", f"số {small} {alley}", f"tổ {house % 40 + 1}",
             f"số nhà {small}, {alley}"]  # fmt: skip
    if year > 1995:
        flat = rng.randint(201, 2512)
        forms += [f"số {small}, ngách {rng.randint(1, 90)}/{rng.randint(2, 40)}, {alley}",
                  f"tổ dân phố số {small // 2 + 1}", f"P{flat} chung cư {street}",
                  f"căn hộ {flat}, nhà CT{rng.randint(1, 12)}"]  # fmt: skip
    return rng.choice(forms)
