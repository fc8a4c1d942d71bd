"""The rules from their table, read strictly: a lawyer's slip stops the start, it does not change an answer."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from pipeline.judging.asking.judge import DECEASED
from pipeline.judging.asking.model import Base, Kind, Rule, RuleBook, Source, Why
from pipeline.judging.verdict import load_procedures
from pipeline.settling.register import REGISTER_FIELDS

_EVERY = "*"
_NEEDED = frozenset({"id", "version", "kind", "papers", "procedures", "article", "says", "source"})
_OF_KIND = {
    Kind.DATA: frozenset({"base", "fields"}),
    Kind.HOLDING: frozenset({"held_as"}),
    Kind.ASK: frozenset({"when"}),
}
_MAY = frozenset({"not_procedures", "from", "until"})
_TAGS = ("V", "S", "M")
FIELDS = frozenset(REGISTER_FIELDS) | {DECEASED, "document_number", "date_of_registration"}
_ROLES = frozenset({"subject", "mother", "father", "wife", "husband", "deceased", "member"})
_KNOWN = {"fields": FIELDS, "held_as": _ROLES}


class RuleError(ResourceError):
    """The table of rules that ships with the program, or was changed on site, is not well formed."""

    code = "asking.rules_invalid"


@cache
def load_rules() -> RuleBook:
    """The rules that ship with the program. Raises `RuleError`."""
    return parse_rules(resources.files("pipeline.judging.asking").joinpath("rules.toml").read_text(encoding="utf-8"))


def parse_rules(text: str) -> RuleBook:
    """Rules from TOML. Raises `RuleError` naming the rule and the remedy; also where for some reason no rule says that
    a paper may be asked for on every day, so that there is an answer to every question."""
    try:
        table = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as error:
        raise _fault(f"the table of rules is not valid TOML: {error}") from error
    if extra := set(table) - {"types", "rule"}:
        raise _fault(f"top: unknown key {sorted(extra)[0]!r}; known are rule, types")
    rules = tuple(_rule(entry, table.get("types", {})) for entry in table.get("rule", ()))
    ids = [rule.id for rule in rules]
    if twice := [rule_id for rule_id in ids if ids.count(rule_id) > 1]:
        raise _fault(f"rule {twice[0]} stands twice: keep one of them")
    always = [rule for rule in rules if rule.kind is Kind.ASK and _always_holds(rule)]
    if missing := set(Why) - {why for rule in always for why in rule.when}:
        raise _fault(f"no rule of kind ask holds always for {sorted(missing)[0]!r}: add one for every paper")
    return RuleBook(rules=rules, digest=hashlib.sha256(text.encode()).hexdigest()[:12])


def _rule(entry: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Rule:
    where = f"rule {entry.get('id', '?')}"
    try:
        kind = Kind(entry.get("kind", ""))
    except ValueError:
        raise _fault(f"{where}: kind is one of {', '.join(Kind)}") from None
    _check(entry, kind, where)
    since, until = _day(entry, "from", where), _day(entry, "until", where)
    if since is not None and until is not None and since > until:
        raise _fault(f"{where}: it ends before it begins")
    try:
        return Rule(
            id=str(entry["id"]),
            version=int(entry["version"]),
            kind=kind,
            types=_types(entry["papers"], groups),
            procedures=None if _EVERY in entry["procedures"] else frozenset(entry["procedures"]),
            not_procedures=frozenset(entry.get("not_procedures", ())),
            since=since,
            until=until,
            article=str(entry["article"]),
            says=Message(entry["says"]["vi"], entry["says"]["en"]),
            sources=tuple(_source(source, where) for source in entry["source"]),
            base=Base(entry["base"]) if "base" in entry else None,
            fields=tuple(entry.get("fields", ())),
            held_as=frozenset(entry.get("held_as", ())),
            when=frozenset(Why(why) for why in entry.get("when", ())),
        )
    except (KeyError, ValueError) as error:
        raise _fault(f"{where}: {error}") from error


def _check(entry: Mapping[str, Any], kind: Kind, where: str) -> None:
    """Whether a rule has the parts of its kind, and names nothing that nobody knows."""
    needed = _NEEDED | _OF_KIND[kind]
    if missing := needed - set(entry):
        raise _fault(f"{where}: {sorted(missing)[0]!r} is missing")
    if extra := set(entry) - needed - _MAY:
        raise _fault(f"{where}: unknown key {sorted(extra)[0]!r}")
    codes = frozenset(load_procedures()) | {_EVERY}
    for name, known in {**_KNOWN, "procedures": codes, "not_procedures": codes}.items():
        if wrong := set(entry.get(name, ())) - known:
            raise _fault(f"{where}: {sorted(wrong)[0]!r} is none of {name}: {', '.join(sorted(known))}")


def _types(papers: list[str], groups: Mapping[str, list[str]]) -> frozenset[DocumentType] | None:
    if _EVERY in papers:
        return None
    return frozenset(DocumentType(name) for paper in papers for name in groups.get(paper, [paper]))


def _day(entry: Mapping[str, Any], name: str, where: str) -> date | None:
    day = entry.get(name)
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        raise _fault(f"{where}: {name!r} is a day like 2026-07-01, without quotes")
    return day


def _source(entry: Mapping[str, Any], where: str) -> Source:
    if set(entry) != {"text", "evidence", "verified"}:
        raise _fault(f"{where}: a source has text, evidence and verified")
    if entry["evidence"] not in _TAGS:
        raise _fault(f"{where}: evidence is one of {', '.join(_TAGS)}")
    source = Source(text=str(entry["text"]), evidence=entry["evidence"])
    if entry["verified"] is not source.verified:
        raise _fault(f"{where}: verified is true for a source read in the law's own text (V), and for no other")
    return source


def _always_holds(rule: Rule) -> bool:
    open_ended = rule.since is None and rule.until is None
    return open_ended and rule.types is None and rule.procedures is None and not rule.not_procedures


def _fault(text: str) -> RuleError:
    return RuleError(Message.same(text))
