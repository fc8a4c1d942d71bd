"""Values written onto an invented paper: their HTML, and what truth says of each."""

from __future__ import annotations

import html
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from ocr_models.workshop.drawing.clerk import Clerk, Entry
from ocr_models.workshop.drawing.facts import Fact
from ocr_models.workshop.layouts.style import Style
from pipeline.gazetteer.separators import separated
from pipeline.values import normalise

_BARE = {"date_of_birth": "date", "date_of_registration": "date", "date_of_issue": "date", "date_of_death": "date",
         "moved_in_date": "date", "temporary_from": "date", "temporary_until": "date",
         "date_of_birth_words": "date_words", "birth_year": "year", "sex": "sex", "ethnicity": "ethnicity",
         "nationality": "nationality", "religion": "religion", "age": "age", "time_of_birth": "time",
         "time_of_death": "time", "birth_weight_g": "weight_g", "number_of_children": "count"}  # fmt: skip
_PROMPTS = "ngày … tháng … năm …"


@cache
def words() -> dict[str, Any]:
    """`wording.toml`."""
    return tomllib.loads((files(__package__) / "wording.toml").read_text("utf-8"))


def grammar_of(name: str) -> str:
    """What form a field's value has, by the last part of its name."""
    base = name.rpartition(".")[2]
    for prefix in ("father_", "mother_", "declarant_", "husband_", "wife_", "head_"):
        base = base.removeprefix(prefix)
    if base.endswith("full_name") or base in {"birth_attendant", "issuing_officer"}:
        return "name"
    if base.startswith(("place", "residence", "permanent_res", "last_res")):
        return "address"
    return _BARE.get(base, "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One value on a page: the field, the entry of the page it belongs to, and what stands there."""

    name: str
    record: int
    entry: Entry
    writing: str


@dataclass(slots=True)
class Writer:
    """Writes values as one clerk does and keeps what it wrote, by number."""

    rng: Random
    clerk: Clerk
    style: Style
    written: list[Written] = field(default_factory=list)

    def value(self, name: str, fact: Fact | None, *, record: int = 0, prompts: bool = False, grammar: str = "") -> str:
        """The HTML of one value; a dash, a stroke or nothing where there is no fact."""
        grammar = grammar or grammar_of(name)
        if fact is None:
            self._keep(name, record, Entry(verbatim="", value=None))
            return self.rng.choice(("", "", "-", "/", "//"))
        entry = self.clerk.write(fact, grammar, prompts=_PROMPTS if prompts and grammar == "date" else "")
        if grammar == "address" and self.style.between and entry.value:
            written = separated(entry.verbatim, self.style.between)
            entry = replace(entry, verbatim=written, value=normalise(grammar, written).value)
        if name.startswith(("father_", "mother_")) and name.endswith("date_of_birth"):
            name = name.replace("date_of_birth", "birth_year")  # a record has their year alone
            entry = replace(entry, value=(entry.value or "")[:4] or None)
        number = self._keep(name, record, entry)
        if entry.gaps and prompts:
            parts = _PROMPTS.split("…")
            inside = "".join(
                f"<i>{part}</i>{self._ink(gap)}" for part, gap in zip(parts, (*entry.gaps, ""), strict=False)
            )
        else:
            inside = self._ink(entry.verbatim)
        return f'<span class="v" data-n="{number}">{inside}</span>'

    def printed(self, name: str, lines: Sequence[str]) -> str:
        """A value that the form prints, on lines of its own."""
        text = " ".join(lines)
        number = self._keep(name, 0, Entry(verbatim=text, value=text))
        return f'<span class="p" data-n="{number}">{"<br>".join(map(html.escape, lines))}</span>'

    def _keep(self, name: str, record: int, entry: Entry) -> int:
        self.written.append(Written(name=name, record=record, entry=entry, writing=self.style.kind))
        return len(self.written) - 1

    def _ink(self, text: str) -> str:
        """Words; those by pen stand a little askew, each for itself."""
        if self.style.kind != "pen":
            return html.escape(text)
        return " ".join(
            f'<b style="transform:translateY({self.rng.gauss(0, 0.8):.1f}px) rotate({self.rng.gauss(0, 0.9):.1f}deg)">'
            f"{html.escape(word)}</b>"
            for word in text.split(" ")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A label with what is written behind it. `short`: it may share a line."""

    label: str
    value: str
    short: bool = False
    english: str = ""


SHORT = frozenset({
    "sex", "ethnicity", "nationality", "religion", "birth_year", "age", "document_number", "book_number",
    "date_of_birth", "personal_id", "old_national_id", "relationship_to_head", "occupation", "date_of_issue",
    "registration_number", "time_of_birth", "birth_weight_g", "number_of_children", "date_of_death", "time_of_death",
    "moved_in_date", "temporary_from", "temporary_until", "file_number", "register_number", "sheet_number",
    "household_number", "relationship",
})  # fmt: skip


class Wording:
    """How one paper words its labels: the same wording for the same thing throughout."""

    def __init__(self, rng: Random, style: Style) -> None:
        self._rng, self._style = rng, style
        self._chosen: dict[str, str] = {}
        self._who: dict[str, str] = {}

    def label(self, name: str, who: str = "") -> str:
        """The label of a field, with the person's word where `who` is given."""
        label = self._chosen.setdefault(name, self._rng.choice(words()["labels"][name]))
        if not who:
            return label
        word = self._who.setdefault(who, self._rng.choice(words()["persons"][who]["words"]))
        return f"{label} {word}"

    def english(self, name: str) -> str:
        return str(words()["english"].get(name, "")) if self._style.english else ""

    def heading(self, who: str) -> str:
        return str(self._rng.choice(words()["persons"][who]["headings"]))

    def bare_heading(self, who: str) -> str:
        """A heading over a column: the person alone."""
        return {"father": "Cha", "mother": "Mẹ", "husband": "Chồng", "wife": "Vợ"}.get(who) or self.heading(who)
