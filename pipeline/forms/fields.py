"""The results of extraction: fields as they are written, each with the lines and characters it was read from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.domain.geometry import Quad
from pipeline.domain.model import DocumentType, TextLine
from pipeline.domain.recognition import Character, Reading
from pipeline.forms.cleaning import joined, without_comma, written
from pipeline.forms.english import without_english
from pipeline.forms.sheet import Piece, Sheet

DITTO = "ditto"
STRUCK_OUT = "struck_out"
UNREAD = "unread"
UNLABELLED = "unlabelled"
UNCOUNTED = "uncounted"
_DASH = re.compile(r"\s*[-–]\s*")
_RINGS = frozenset("oO0ôÔốỐồỒởỞơƠcC")
_WORDS = frozenset(("name", "address", "place", "text"))  # grammars
_SHARED = 0.5  # of a word's width that lies where the piece stands: more in than out


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One upright image of a document: which side of the form it is, and its read lines."""

    page: int
    part: int
    side: str
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What speaks for a value being its field's: see `pipeline.forms.support`.

    `label` is the weight of the label it was found by, 0 where none was read; `gap` the letter heights between them.
    `printed` and `shared` are the shares of its letters that are printed wording of some form, or another field's too.
    `unexplained` counts letters nearby that are nobody's. `block` is the share of the fields of its person, entry or
    page that hold writing. `witness` says what the other way of reading says of the value (1 the same, 0 nothing, -1
    another one). `explained` is the share of the leaf's letters that are printed wording or some field's value; `ruled`
    is 1 where the cells of a ruled form tell label and value apart.
    """

    label: float = 0.0
    gap: float = 0.0
    printed: float = 0.0
    shared: float = 0.0
    unexplained: int = 0
    block: float = 0.0
    witness: float = 0.0
    explained: float = 0.0
    ruled: float = 0.0


_NO_SUPPORT = Support()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedField:
    """One field as it stands on the paper, before any normal form.

    `pieces` say which characters of which lines of leaf number `leaf` (both from 0) the value was read
    from; their texts, joined by spaces and freed of leaders, are `verbatim`. `empty` means the label was
    found and nothing is written there. `box` is in pixels of the upright image `page`, `part`: around the
    writing, or where it would stand. `label` is the printed wording of the definition. `notes`: "ditto"
    (the value is the one above, `verbatim` is the mark), "struck_out" (a correction: `alternatives`
    holds what was struck out), "unread" (there is ink that the reader could not read), "unlabelled" (found by
    its shape alone, `label` is empty), "uncounted" (a member of whom it is not sure which one of the book it is).
    `repeated` is the verbatim value a ditto mark stands for.
    """

    name: str
    grammar: str
    verbatim: str
    leaf: int
    page: int
    part: int
    box: Quad
    label: str
    pieces: tuple[Piece, ...] = ()
    empty: bool = False
    notes: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    repeated: str | None = None
    support: Support = _NO_SUPPORT

    @property
    def text(self) -> str:
        """What the field says: the verbatim value, or the one that a ditto mark repeats."""
        return self.verbatim if self.repeated is None else self.repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedRecord:
    """One act, card, book or ledger entry. `label_share` is the share of the form's labels that were seen."""

    document_type: DocumentType
    form: str
    fields: tuple[ExtractedField, ...]
    label_share: float

    def get(self, name: str) -> ExtractedField | None:
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a leaf's fields come from: its sheet, its number in the document, its page and part."""

    sheet: Sheet
    leaf: int
    page: int
    part: int

    def field(
        self,
        name: str,
        grammar: str,
        pieces: list[Piece],
        *,
        label: str,
        where: Quad,
        struck: list[Piece] | None = None,
    ) -> ExtractedField:
        """A field from its pieces; struck-out pieces are its value only when nothing replaced them."""
        notes: tuple[str, ...] = ()
        alternatives: tuple[str, ...] = ()
        if struck:
            notes = (STRUCK_OUT,)
            if pieces:
                alternatives = (self.text(struck),)
            else:
                pieces = struck
        if any(p.end <= p.start for p in pieces):
            notes = (*notes, UNREAD)
        pieces = self._with_dashes(self._without_ring(grammar, without_english(self.sheet, pieces)))
        if pieces and pieces[-1].end > pieces[-1].start:
            pieces = [*pieces[:-1], without_comma(self.sheet, pieces[-1])]
        return ExtractedField(
            name=name,
            grammar=grammar,
            verbatim=self.text(pieces),
            leaf=self.leaf,
            page=self.page,
            part=self.part,
            box=self.sheet.box(pieces) if pieces else where,
            label=label,
            pieces=tuple(self.sheet.origin(p) for p in pieces),
            empty=not pieces,
            notes=notes,
            alternatives=alternatives,
        )

    def _without_ring(self, grammar: str, pieces: list[Piece]) -> list[Piece]:
        """The pieces without one before the first leader that is a ring at most: what is left of a colon or a stamp."""
        if len(pieces) < 2 or grammar not in _WORDS:
            return pieces
        if self.sheet.origin(pieces[0]).line != self.sheet.origin(pieces[1]).line:
            return pieces
        first = self.sheet.texts[pieces[0].line][pieces[0].start : pieces[0].end].strip()
        return pieces[1:] if first in _RINGS else pieces

    def _with_dashes(self, pieces: list[Piece]) -> list[Piece]:
        """The pieces with a dash at the end of one line, or at the start of the next, where the value goes on."""
        whole = list(pieces)
        for n, (piece, after) in enumerate(pairwise(pieces)):
            if piece.line == after.line or not (piece.end > piece.start and after.end > after.start):
                continue
            if _DASH.fullmatch(self.sheet.texts[piece.line], piece.end):
                whole[n] = replace(whole[n], end=len(self.sheet.texts[piece.line].rstrip()))
            elif _DASH.fullmatch(self.sheet.texts[after.line], 0, after.start):
                whole[n + 1] = replace(whole[n + 1], start=0)
        return whole

    def text(self, pieces: list[Piece]) -> str:
        return written(joined(self.sheet.texts[p.line][p.start : p.end] for p in pieces))


def by_name(fields: Sequence[ExtractedField]) -> dict[str, ExtractedField]:
    """One field of each name: the first that holds writing, else the first."""
    chosen: dict[str, ExtractedField] = {}
    for field in fields:
        before = chosen.get(field.name)
        if before is None or (before.empty and not field.empty):
            chosen[field.name] = field
    return chosen


def piece_text(line: TextLine, piece: Piece, reading: Reading) -> str:
    """What another reader read where the piece stands: its words that lie there by half or more.

    All readings of a line count x in the same line image, but readers part letters differently.
    """
    own = line.readings[0]
    if reading is own:
        return own.text[piece.start : piece.end]
    if not own.characters or piece.start >= piece.end:
        return ""
    left, right = own.characters[piece.start].start, own.characters[piece.end - 1].end
    words: list[str] = []
    word: list[Character] = []
    for c in (*reading.characters, None):
        if c is not None and not c.text.isspace():
            word.append(c)
            continue
        if word:
            shared = min(right, word[-1].end) - max(left, word[0].start)
            if shared >= _SHARED * (word[-1].end - word[0].start):
                words.append("".join(w.text for w in word))
        word = []
    return " ".join(words).lstrip(" :.,;…").rstrip(" ,;…")
