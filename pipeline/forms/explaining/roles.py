"""What each piece of ink on a leaf is: every character of every line has exactly one role.

A value is the first that a character can be, since the record claims it; then the wording of the paper's forms, from
labels to fixed print; what is none of these is unexplained, and a person should look at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rapidfuzz import fuzz

from pipeline.domain.geometry import Quad, bounds, rectangle
from pipeline.forms.anchors import find_labels
from pipeline.forms.by_labels.cells import form_cells
from pipeline.forms.by_labels.labels import headings_of, hits_of, page_labels, spans
from pipeline.forms.by_labels.read import FIXED_LIKE, read_by_labels
from pipeline.forms.by_labels.wording import lexicon, vocabulary
from pipeline.forms.definition import FormDefinition, FormPage
from pipeline.forms.extract import with_owner
from pipeline.forms.fields import ExtractedField, ExtractedRecord, Leaf
from pipeline.forms.keys import fold
from pipeline.forms.leaf import LeafFields, read_leaf
from pipeline.forms.search import Hit
from pipeline.forms.sheet import Piece, Sheet
from pipeline.forms.support import PRINTED

SEAL_INK = "red"  # as layout names it: a seal's, where no field claims it
FEWEST_LETTERS = 3  # of a strip that fixed print is recognised by
NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "VIỆT NAM DÂN CHỦ CỘNG HÒA",
          "VIỆT NAM CỘNG HÒA", "ỦY BAN NHÂN DÂN", "BỘ TƯ PHÁP", "BỘ CÔNG AN", "BỘ NỘI VỤ")  # fmt: skip


class Role(StrEnum):
    LABEL = "label"
    HEADING = "heading"
    VALUE = "value"
    NOTE = "note"  # fixed print that asks for nothing
    SIGNATURE = "signature"  # captions of signatures, and the ink of a seal
    ORNAMENT = "ornament"  # frames, rules and marks without letters
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePiece:
    """Characters `start` to before `end` of line `line` of a leaf. `record`, `field`: whose value it is, for a value.

    `box` is in pixels of the upright image. A line that was found but could not be read is one piece without
    characters.
    """

    line: int
    start: int
    end: int
    role: Role
    record: int | None
    field: str | None
    box: Quad


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """What the other way of reading a leaf says of a field: `says` is "agree", "nothing" or "other".

    `way` is the way that gave the record's value: "form" or "labels". `value` is the other way's, for "other".
    """

    field: str
    way: str
    says: str
    value: str | None


def roles_of(
    definition: FormDefinition | None, leaf: Leaf, number: int, records: Sequence[ExtractedRecord]
) -> tuple[RolePiece, ...]:
    """The pieces of leaf `number` in the order of its lines; each character is in exactly one.

    `records` are all that were read from the document's leaves. Without a definition (a paper of unknown type) only
    the State's titles, captions of signatures, seals and ornament are explained.
    """
    sheet = Sheet(leaf.lines)
    parts = _Parts(sheet)
    for record, given in enumerate(records):
        for field in given.fields:
            if field.leaf == number:
                parts.claim(field.pieces, Role.VALUE, (record, field.name))
    parts.whole_strips(_heading_keys(definition, leaf.side), Role.HEADING)
    parts.head([fold(wording) for wording in NATION])
    parts.whole_strips(map(fold, lexicon().print.signers), Role.SIGNATURE)
    if definition is not None:
        _wording(parts, definition, leaf.side)
    parts.whole_strips(map(fold, lexicon().print.captions), Role.SIGNATURE)
    return tuple(parts.pieces())


def rivals_of(definition: FormDefinition, leaves: Sequence[Leaf], records: Sequence[ExtractedRecord]
              ) -> list[list[Rival]]:  # fmt: skip
    """For each record, of each of its fields, what the way of reading that did not give it says."""
    ways = [_ways(definition, leaf, number) for number, leaf in enumerate(with_owner(definition, leaves))]
    return [[_rival(field, *ways[field.leaf]) for field in record.fields] for record in records]


def counts(pieces: Iterable[RolePiece]) -> dict[Role, int]:
    """How many pieces have each role; all roles are named."""
    found = Counter(piece.role for piece in pieces)
    return {role: found[role] for role in Role}


_Key = tuple[str, int, str]


def _ways(definition: FormDefinition, leaf: Leaf, number: int) -> tuple[dict[_Key, ExtractedField], ...]:
    if not any(page.side == leaf.side for page in definition.pages):
        return {}, {}
    page = definition.page(leaf.side)
    return _flat(read_leaf(page, leaf, number)), _flat(read_by_labels(definition.type, page, leaf, number))


def _flat(leaf: LeafFields) -> dict[_Key, ExtractedField]:
    """Every field by the list it is in, its number there, and its name; one that holds writing before one that does
    not."""
    found: dict[_Key, ExtractedField] = {}
    groups = [("fields", 0, leaf.fields)]
    groups += [("entries", n, group) for n, group in enumerate(leaf.entries)]
    groups += [("members", n, group) for n, group in enumerate(leaf.members)]
    for kind, n, group in groups:
        for field in group:
            before = found.get((kind, n, field.name))
            if before is None or (before.empty and not field.empty):
                found[kind, n, field.name] = field
    return found


def _rival(field: ExtractedField, form: dict[_Key, ExtractedField], labels: dict[_Key, ExtractedField]) -> Rival:
    for way, own, other in (("form", form, labels), ("labels", labels, form)):
        for key, candidate in own.items():
            if candidate.pieces == field.pieces and candidate.box == field.box and _same_name(key[2], field.name):
                return _told(field, way, other.get(key))
    return Rival(field=field.name, way="form", says="nothing", value=None)


def _told(field: ExtractedField, way: str, other: ExtractedField | None) -> Rival:
    if other is None or (other.empty and not field.empty):
        return Rival(field=field.name, way=way, says="nothing", value=None)
    if fold(other.verbatim) == fold(field.verbatim):
        return Rival(field=field.name, way=way, says="agree", value=None)
    return Rival(field=field.name, way=way, says="other", value=other.verbatim)


def _same_name(generic: str, name: str) -> bool:
    """Whether a field of a leaf may be that of the record: members are numbered there, and told by their number."""
    head, _, base = generic.rpartition("[].")
    if not head:
        return generic == name
    return name.startswith(f"{head}[") and (name.endswith(f"].{base}") or base in {"old_national_id", "personal_id"})


_Owner = tuple[int, str] | None
"""Record and field."""


class _Parts:
    """The characters of a leaf with their roles; the first claim stands."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._roles: list[list[tuple[Role, _Owner] | None]] = [[None] * len(line.text) for line in sheet.source]
        self._unread: dict[int, _Owner] = {}

    def claim(self, pieces: Iterable[Piece], role: Role, owner: _Owner = None) -> None:
        """`pieces` in lines and characters of the leaf."""
        for piece in pieces:
            if piece.end <= piece.start:
                self._unread.setdefault(piece.line, owner)
            line = self._roles[piece.line]
            for at in range(piece.start, min(piece.end, len(line))):
                line[at] = line[at] or (role, owner)

    def whole_strips(self, wordings: Iterable[str], role: Role) -> None:
        """Claims strips that say what one of these (folded) wordings says, all of it."""
        wanted = [key for key in dict.fromkeys(wordings) if len(key) >= FEWEST_LETTERS]
        for strip, key in enumerate(self.sheet.page_text.keys):
            if len(key.text) >= FEWEST_LETTERS and any(fuzz.ratio(key.text, k) >= FIXED_LIKE for k in wanted):
                self.claim([whole_strip(self.sheet, strip)], role)

    def head(self, nation: Sequence[str]) -> None:
        """Claims the office at the head of a page: capitals in or above the rows of the State's name."""
        sheet = self.sheet
        rows = [
            sheet.rows[n]
            for n, key in enumerate(sheet.page_text.keys)
            if any(fuzz.ratio(key.text, name) >= FIXED_LIKE for name in nation)
        ]
        for strip, text in enumerate(sheet.texts):
            if text.isupper() and sheet.rows[strip] <= max(rows, default=-1):
                self.claim([whole_strip(sheet, strip)], Role.HEADING)

    def pieces(self) -> Iterator[RolePiece]:
        for number, line in enumerate(self.sheet.source):
            if not line.text:
                owner = self._unread.get(number)
                yield self._piece(number, 0, 0, Role.VALUE if owner else self._rest(number), owner)
                continue
            at = 0
            for (role, owner), run in groupby(self._settled(number)):
                end = at + len(list(run))
                yield self._piece(number, at, end, role, owner)
                at = end

    def _rest(self, number: int) -> Role:
        """What a line is that nothing claims."""
        line = self.sheet.source[number]
        if line.ink == SEAL_INK or number in self.sheet.stamps:
            return Role.SIGNATURE
        bare = not any(c.isalnum() for c in line.text)
        return Role.ORNAMENT if bare or number in self.sheet.ornament else Role.UNEXPLAINED

    def _settled(self, number: int) -> list[tuple[Role, _Owner]]:
        """The roles of a line's characters; signs between words go with what stands before them."""
        line, rest = self.sheet.source[number], (self._rest(number), None)
        roles: list[tuple[Role, _Owner] | None] = [
            known or (rest if character.isalnum() else None)
            for known, character in zip(self._roles[number], line.text, strict=True)
        ]
        current: tuple[Role, _Owner] = next((role for role in roles if role is not None), rest)
        settled = []
        for role in roles:
            current = role or current
            settled.append(current)
        return settled

    def _piece(self, number: int, start: int, end: int, role: Role, owner: _Owner) -> RolePiece:
        x0, y0, x1, y1 = (
            self.sheet.span_box(number, start, end) if end > start else bounds(self.sheet.source[number].box)
        )
        record, field = owner or (None, None)
        box = rectangle(x0, y0, max(x1, x0 + 1), y1)
        return RolePiece(line=number, start=start, end=end, role=role, record=record, field=field, box=box)


def whole_strip(sheet: Sheet, strip: int) -> Piece:
    """All of a strip, in lines and characters of the leaf."""
    return sheet.origin(Piece(line=strip, start=0, end=len(sheet.texts[strip])))


def _wording(parts: _Parts, definition: FormDefinition, side: str) -> None:
    """Claims the printed wording of the paper's type and of this form of it."""
    words, sheet = vocabulary(definition.type), parts.sheet
    found = hits_of(sheet, words)
    cells = form_cells(sheet, found, words)
    labels = page_labels(sheet, words, found, cells)
    parts.claim((whole_strip(sheet, n) for cell in cells.labels.values() for n in cell.rest), Role.LABEL)
    for label in labels:
        parts.claim((sheet.origin(Piece(line=n, start=s, end=e)) for n, s, e in spans(sheet, label)), Role.LABEL)
    parts.claim((whole_strip(sheet, n) for n, _ in headings_of(sheet, words, labels)), Role.HEADING)
    parts.whole_strips(list(words.captions), Role.SIGNATURE)
    parts.whole_strips(sorted(words.fixed), Role.NOTE)
    for page in definition.pages:
        if page.side == side:
            _own_wording(parts, page)


def _own_wording(parts: _Parts, page: FormPage) -> None:
    roles: dict[str, Role] = {}
    texts: dict[str, str] = {}
    for section in page.sections:
        for item in section.items():
            caption = item.caption or section.kind == "signatures"
            role = Role.SIGNATURE if caption else Role.LABEL if item.label else Role.NOTE
            for wording in (*item.wordings, *item.choices, *((item.text,) if item.text else ())):
                roles.setdefault(fold(wording), role)
                texts.setdefault(fold(wording), wording)
            if item.note:
                roles.setdefault(fold(item.note), Role.NOTE)
                texts.setdefault(fold(item.note), item.note)
        for column in section.columns:
            for wording in (column.label, *column.also, column.group):
                roles.setdefault(fold(wording), Role.LABEL)
                texts.setdefault(fold(wording), wording)
    chosen = [text for key, text in texts.items() if len(key) >= FEWEST_LETTERS and "…" not in text]
    for key, hits in find_labels(parts.sheet, chosen).items():
        for found in hits:
            if found.weight >= PRINTED:
                parts.claim(_of_hit(parts.sheet, found.hit), roles.get(key, Role.LABEL))


def _of_hit(sheet: Sheet, hit: Hit) -> Iterator[Piece]:
    line, last = hit.line, hit.last_line
    for strip in range(line, last + 1) if last >= line else (line,):
        start = hit.start if strip == line else 0
        end = hit.end if strip == last else len(sheet.texts[strip])
        yield sheet.origin(Piece(line=strip, start=start, end=end))


def _heading_keys(definition: FormDefinition | None, side: str) -> list[str]:
    titles = list(NATION)
    for page in definition.pages if definition is not None else ():
        if page.side == side:
            titles += page.recognise.titles
    return [fold(title) for title in titles]
