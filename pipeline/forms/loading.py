"""Reads form definitions from TOML, strictly: an unknown key or grammar is an error and never ignored."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, get_args

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from pipeline.forms.definition import (
    GRAMMARS,
    Column,
    FormDefinition,
    FormPage,
    Item,
    Paper,
    Recognise,
    Section,
    SectionKind,
    Side,
)


class FormDefinitionError(ResourceError):
    """A form definition that ships with the program, or was added to it, is not well formed."""

    code = "forms.definition_invalid"


@cache
def load_forms() -> tuple[FormDefinition, ...]:
    """Every definition in the package and every added one, sorted by type and form. Raises `FormDefinitionError`."""
    folder = resources.files("pipeline.forms") / "definitions"
    forms = [
        parse_form(entry.read_text(encoding="utf-8"), entry.name)
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    forms += _added
    forms.sort(key=lambda f: (f.type.value, f.form))
    seen: set[tuple[str, str]] = set()
    for definition in forms:
        key = (definition.type.value, definition.form)
        if key in seen:
            raise FormDefinitionError(Message.same(f"two definitions of {key[0]} {key[1]}: keep one of them"))
        seen.add(key)
    return tuple(forms)


_added: list[FormDefinition] = []


def add_forms(texts: Sequence[tuple[str, str]]) -> None:
    """Makes an office's own definitions (name, TOML) the added ones of this process, before it reads anything.

    They are of the type `other`, under a `form` of their own. Raises `FormDefinitionError` for one that is not.
    """
    added = [parse_form(text, name) for name, text in texts]
    for (name, _), definition in zip(texts, added, strict=True):
        if definition.type is not DocumentType.OTHER:
            raise FormDefinitionError(Message.same(f'{name}: a form that an office adds has type = "other"'))
    ids = [definition.form for definition in added]
    if double := [name for name in ids if ids.count(name) > 1]:
        raise FormDefinitionError(Message.same(f"two added definitions of the form {double[0]}: keep one of them"))
    _added[:] = added
    load_forms.cache_clear()


def form(document_type: str, form_id: str) -> FormDefinition:
    """The definition of this type and generation. Raises `FormDefinitionError` when there is none."""
    for definition in load_forms():
        if definition.type == document_type and definition.form == form_id:
            return definition
    raise FormDefinitionError(
        Message.same(f"there is no form {document_type} {form_id}: see pipeline/forms/definitions")
    )


def parse_form(text: str, name: str = "form.toml") -> FormDefinition:
    """A definition from TOML. Raises `FormDefinitionError` naming the file, the place and the remedy."""
    try:
        table = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as error:
        raise FormDefinitionError(Message.same(f"{name} is not valid TOML: {error}")) from error
    return _Reader(name).form(table)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name

    def fail(self, where: str, what: str) -> FormDefinitionError:
        return FormDefinitionError(Message.same(f"{self._name}, {where}: {what}"))

    def known(self, table: object, keys: set[str], where: str) -> dict[str, Any]:
        if not isinstance(table, Mapping):
            raise self.fail(where, "a table is expected here")
        if extra := set(table) - keys:
            raise self.fail(where, f"unknown key {sorted(extra)[0]!r}; known are {', '.join(sorted(keys))}")
        return dict(table)

    def form(self, table: Mapping[str, Any]) -> FormDefinition:
        keys = {"type", "form", "name", "paper", "issued", "writing", "source", "page"}
        table = self.known(table, keys, "top level")
        if missing := {"type", "form", "name", "paper", "page"} - set(table):
            raise self.fail("top level", f"{sorted(missing)[0]!r} is missing")
        if table["type"] not in set(DocumentType):
            raise self.fail("top level", f"{table['type']!r} is not a document type")
        issued = self.known(table.get("issued", {}), {"from", "to"}, "issued")
        name = self.known(table["name"], {"vi", "en"}, "name")
        return FormDefinition(
            type=DocumentType(table["type"]),
            form=str(table["form"]),
            name_vi=name["vi"],
            name_en=name["en"],
            paper=Paper(**self.known(table["paper"], {"size", "orientation"}, "paper")),
            issued=(issued.get("from"), issued.get("to")),
            writing=tuple(table.get("writing", ("print",))),
            source=str(table.get("source", "")),
            pages=tuple(self.page(p, f"page {n}") for n, p in enumerate(table["page"], 1)),
        )

    def page(self, table: object, where: str) -> FormPage:
        page = self.known(table, {"side", "recognise", "section", "many", "art"}, where)
        if page.get("side", "page") not in get_args(Side):
            raise self.fail(where, f"side {page['side']!r} is none of {', '.join(get_args(Side))}")
        clues = self.known(page.get("recognise", {}), {"titles", "phrases", "against"}, f"{where}, recognise")
        sections = [self.section(s, f"{where}, section {n}") for n, s in enumerate(page.get("section", ()), 1)]
        return FormPage(
            side=page.get("side", "page"),
            recognise=Recognise(**{k: tuple(v) for k, v in clues.items()}),
            sections=tuple(sections),
            many=bool(page.get("many", False)),
            art=tuple(page.get("art", ())),
        )

    def section(self, table: object, where: str) -> Section:
        keys = set(Section.__dataclass_fields__)
        given = self.known(table, keys, where)
        kind = given.get("kind", "rows")
        if kind not in get_args(SectionKind):
            raise self.fail(where, f"kind {kind!r} is none of {', '.join(get_args(SectionKind))}")
        rows = tuple(
            tuple(self.item(i, f"{where}, row {n}", kind) for i in (row if isinstance(row, list) else [row]))
            for n, row in enumerate(given.pop("rows", ()), 1)
        )
        parts = {
            side: tuple(self.item(i, f"{where}, {side}", kind) for i in given.pop(side, ()))
            for side in ("left", "right")
        }
        columns = tuple(self.column(c, f"{where}, columns", kind) for c in given.pop("columns", ()))
        if kind in {"persons", "entries"} and len(columns) < 2:
            raise self.fail(where, f"a section of kind {kind} needs two columns or more")
        if (kind == "repeat") != bool(given.get("prefix", "")) and kind != "entries":
            raise self.fail(where, "a repeated section, and only such a one, has a prefix like 'members[].'")
        return Section(**{**given, "kind": kind, "rows": rows, "columns": columns, **parts})

    def item(self, table: object, where: str, kind: str) -> Item:
        given = self.known(table, set(Item.__dataclass_fields__), where)
        for key in ("also", "style", "choices", "itself"):
            if key in given:
                given[key] = tuple(given[key])
        if kind == "signatures":
            given = {"caption": True, "grammar": "name", "below": True, **given}
        item = Item(**given)
        if item.grammar not in GRAMMARS:
            raise self.fail(where, f"{item.label or item.text!r} has the unknown grammar {item.grammar!r}")
        if bool(item.text) == bool(item.label or item.prompts or item.issuer):
            raise self.fail(where, "an item has either a text, or a label, prompts or issuer")
        if item.text and item.field:
            raise self.fail(where, f"{item.text!r} is fixed text and cannot hold the field {item.field!r}")
        return item

    def column(self, table: object, where: str, kind: str) -> Column:
        given = self.known(table, set(Column.__dataclass_fields__), where)
        if "label" not in given:
            raise self.fail(where, "a column needs a label")
        given["also"] = tuple(given.get("also", ()))
        column = Column(**given)
        if column.grammar not in GRAMMARS:
            raise self.fail(where, f"{column.label!r} has the unknown grammar {column.grammar!r}")
        if kind == "persons" and not column.prefix:
            raise self.fail(where, f"the person column {column.label!r} needs a prefix like 'mother_'")
        return column


def card_types() -> frozenset[DocumentType]:
    """The types that are cards of ISO/IEC 7810 ID-1."""
    return frozenset(f.type for f in load_forms() if f.paper.size == "ID1")
