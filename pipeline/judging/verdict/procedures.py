"""Procedures as data: which papers each asks for, what is compared, what may be kept."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipeline.domain.errors import ResourceError, WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType

SIDES = ("front", "back")


class ProcedureError(ResourceError):
    """The table of procedures that ships with the program, or was changed on site, is not well formed."""

    code = "verdict.procedures_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper a procedure asks for.

    `types` are what it may be; `sides` which sides of a card must be there (none: whatever came). `keep` False: it is
    only to be shown, so it is checked and not kept. `compare` maps names of declared values to fields of the paper's
    record. `current`: an expired or withdrawn paper will not do. `of_deceased`: its holder is known to have died.
    """

    role: str
    name: Message
    types: tuple[DocumentType, ...]
    sides: tuple[str, ...]
    required: bool
    keep: bool
    current: bool
    of_deceased: bool
    compare: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """An administrative procedure. `code` is its number in the national database of procedures."""

    code: str
    name: Message
    source: str
    papers: tuple[Paper, ...]

    @property
    def keep(self) -> bool:
        """Whether anything of a submission may be kept."""
        return any(paper.keep for paper in self.papers)

    @property
    def declared_names(self) -> tuple[str, ...]:
        """Every name a value may be declared under, in the order of the papers."""
        return tuple(dict.fromkeys(name for paper in self.papers for name in paper.compare))


@cache
def load_procedures() -> Mapping[str, Procedure]:
    """The procedures that ship with the program, by code. Raises `ProcedureError`."""
    text = resources.files("pipeline.judging.verdict").joinpath("procedures.toml").read_text(encoding="utf-8")
    return parse_procedures(text)


def procedure(code: str) -> Procedure:
    """The procedure of this code. Raises `WrongUse` (code "procedure.unknown") when there is none."""
    known = load_procedures().get(code)
    if known is None:
        raise WrongUse(
            Message("Không có thủ tục với mã này", "There is no procedure with this code"), code="procedure.unknown"
        )
    return known


def parse_procedures(text: str) -> Mapping[str, Procedure]:
    """Procedures from TOML, strictly. Raises `ProcedureError` naming the procedure and the remedy."""
    try:
        table = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as error:
        raise ProcedureError(Message.same(f"the table of procedures is not valid TOML: {error}")) from error
    groups = {
        name: tuple(types) for name, types in _known(table, {"types", "procedure"}, "top").get("types", {}).items()
    }
    procedures: dict[str, Procedure] = {}
    for entry in table.get("procedure", ()):
        parsed = _procedure(entry, groups)
        if parsed.code in procedures:
            raise ProcedureError(Message.same(f"procedure {parsed.code} stands twice: keep one of them"))
        procedures[parsed.code] = parsed
    return procedures


def _known(table: Any, keys: set[str], where: str) -> dict[str, Any]:
    if not isinstance(table, Mapping):
        raise ProcedureError(Message.same(f"{where}: a table is expected here"))
    if extra := set(table) - keys:
        raise ProcedureError(
            Message.same(f"{where}: unknown key {sorted(extra)[0]!r}; known are {', '.join(sorted(keys))}")
        )
    return dict(table)


def _procedure(entry: Any, groups: Mapping[str, tuple[str, ...]]) -> Procedure:
    given = _known(entry, {"code", "name", "source", "paper"}, "procedure")
    if missing := {"code", "name", "paper"} - set(given):
        raise ProcedureError(Message.same(f"procedure {given.get('code', '?')}: {sorted(missing)[0]!r} is missing"))
    code = str(given["code"])
    papers = tuple(_paper(paper, groups, f"procedure {code}") for paper in given["paper"])
    roles = [paper.role for paper in papers]
    if len(set(roles)) != len(roles):
        raise ProcedureError(Message.same(f"procedure {code}: two papers have one role"))
    name = given["name"]
    return Procedure(
        code=code, name=Message(name["vi"], name["en"]), source=str(given.get("source", "")), papers=papers
    )


def _paper(entry: Any, groups: Mapping[str, tuple[str, ...]], where: str) -> Paper:
    keys = {"role", "name", "types", "sides", "required", "keep", "current", "of_deceased", "compare"}
    given = _known(entry, keys, where)
    if missing := {"role", "name", "types"} - set(given):
        raise ProcedureError(Message.same(f"{where}: a paper lacks {sorted(missing)[0]!r}"))
    where = f"{where}, paper {given['role']}"
    names = [name for entry in given["types"] for name in groups.get(entry, (entry,))]
    if wrong := set(names) - set(DocumentType):
        raise ProcedureError(Message.same(f"{where}: {sorted(wrong)[0]!r} is not a document type"))
    sides = tuple(given.get("sides", ()))
    if set(sides) - set(SIDES):
        raise ProcedureError(Message.same(f"{where}: sides are {', '.join(SIDES)}"))
    return Paper(
        role=given["role"],
        name=Message(given["name"]["vi"], given["name"]["en"]),
        types=tuple(DocumentType(name) for name in dict.fromkeys(names)),
        sides=sides,
        required=bool(given.get("required", True)),
        keep=bool(given.get("keep", True)),
        current=bool(given.get("current", False)),
        of_deceased=bool(given.get("of_deceased", False)),
        compare=dict(given.get("compare", {})),
    )
