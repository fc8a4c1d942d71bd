"""A sheet being filled in: canvas, look, what is to be written, and what has been placed where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from ocr_models.workshop.drawing.canvas import Box, Canvas
from ocr_models.workshop.drawing.clerk import EMPTY, Clerk, Entry
from ocr_models.workshop.drawing.facts import Facts
from ocr_models.workshop.drawing.look import Look
from pipeline.forms.definition import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A field's entry and the box of its ink on the sheet (of the empty place, when nothing is written)."""

    name: str
    entry: Entry
    box: Box
    record: int = 0
    writing: str = "print"


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One side being drawn. `x0`, `x1` are the margins and `y` the next free height, in pixels.

    `facts` are what is being written now: of the document, or of one household member or ledger entry,
    whose fields are noted under `prefix` ("members[0].") or as `record` n of the page.
    """

    canvas: Canvas
    look: Look
    clerk: Clerk
    facts: Mapping[str, object]
    issuer: tuple[str, ...]
    rng: Random
    x0: float
    x1: float
    y: float
    placed: list[Placed] = field(default_factory=list)
    record: int = 0
    prefix: str = ""
    kind_of_writing: str = "print"

    def entry(
        self, item_field: str | None, grammar: str, *, caps: bool = False, prompts: str = "", prefix: str = ""
    ) -> Entry:
        """What the clerk writes for a field; EMPTY when the paper says nothing about it."""
        if item_field is None:
            return EMPTY
        fact = self.facts.get(f"{prefix}{item_field}")
        return self.clerk.write(fact, grammar, caps=caps, prompts=prompts)  # type: ignore[arg-type]

    def place(self, name: str | None, entry: Entry, box: Box, *, writing: str | None = None) -> None:
        """Note where a field stands. Fields without a name (unlabelled fill-ins) are not noted."""
        if name is not None:
            kind = writing or self.kind_of_writing
            full = f"{self.prefix}{name}"
            self.placed.append(Placed(name=full, entry=entry, box=box, record=self.record, writing=kind))

    def wording(self, item: Item) -> str:
        """The label as this document prints it: mostly the standard wording, its colon as the printer had it."""
        label = item.label
        if item.also and self.rng.random() < self.look.wordings:
            label = self.rng.choice([w for w in item.also if w not in item.itself] or [label])
        if label.endswith(":"):
            if self.look.colon == "spaced":
                return f"{label[:-1]} :"
            if self.look.colon == "none":
                return label[:-1]
        return label


__all__ = ["Facts", "Placed", "Sheet"]
