"""The fields of a card's side, after its labels were followed: cleaned of labels' scraps, and found without them.

Every card prints the same facts in the same order, and most of them are known by their shape. So what no readable label
led to is looked for among the writing that is left, in the form's order: such fields are marked as unlabelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.domain.geometry import bounds
from pipeline.forms.card_values import is_scrap_of_label, value_span
from pipeline.forms.definition import FormDefinition, FormPage, Item
from pipeline.forms.fields import UNLABELLED, ExtractedField, Place
from pipeline.forms.keys import fold
from pipeline.forms.loading import load_forms
from pipeline.forms.sheet import Piece

_DRAWN = {"photo", "fingerprints", "mrz"}  # what only cards have drawn on them
_ZONE_SIGNS = 20  # signs without a space that are a line of the machine-readable zone
# Lengths are in letter heights; all by trial.
_NEXT_ROW = 0.6  # between the bottoms of pieces of one value in two rows
_BESIDE = 3.0  # between a value and what was read apart behind it in its row
_GOES_ON = 2.0  # from a value's row to its next one
_PRINTED = 88  # likeness (rapidfuzz) of a strip to a printed wording of the side
_PRINTED_LETTERS = 8
_HEADING_LETTERS = 10
_LABEL, _SHORTEST_LABEL = 80, 4  # likeness of a whole label, and fewest letters of one
_NAME_WORDS, _NAME_LETTERS = 2, 5  # fewest of a name that no label led to
_SHAPED = ("date", "personal_id", "old_national_id", "sex", "nationality")  # grammars with one shape
_DIGITS = {"date": 5, "personal_id": 8, "old_national_id": 6}  # fewest of a value that was badly read
_ADDRESS_WORDS, _ADDRESS_LETTERS = 2, 6  # fewest of an address or marks that no label led to
_PHOTO = 0.2  # of the side's width, from its left: there the photograph stands
_ORDERED = ("address", "text")  # grammars whose values are told apart by their order alone


@lru_cache(maxsize=8)
def _card_labels(forms: tuple[FormDefinition, ...]) -> tuple[tuple[str, str], ...]:
    """Every label of every card with its field."""
    items = [i for f in forms if f.paper.size == "ID1" for p in f.pages for s in p.sections for i in s.items()]
    return tuple({(fold(w), i.field) for i in items if i.field for w in i.wordings if fold(w)})


def is_card(page: FormPage) -> bool:
    return bool(_DRAWN & set(page.art))


def card_fields(place: Place, page: FormPage, fields: Sequence[ExtractedField]) -> list[ExtractedField]:
    """The side's fields: those given, cleaned, and those that stand on it without a label that was read.

    A field whose writing is of another kind than its own (words where a number stands) is unread, unless the side has
    writing of its kind that is no other field's.
    """
    return _Side(place, page).fields(fields)


@dataclass(frozen=True, slots=True)
class _Run:
    """A strip's value of some kind, with where it stands."""

    piece: Piece
    x: float
    bottom: float


class _Side:
    def __init__(self, place: Place, page: FormPage) -> None:
        self._place, self._sheet = place, place.sheet
        self._has_photo = "photo" in page.art
        self._items = [i for s in page.sections for i in s.items() if i.field]
        wordings = [w for s in page.sections for i in s.items() for w in (*i.wordings, i.text or "")]
        self._printed = sorted({fold(part) for w in wordings for part in (w, *w.split("/")) if len(fold(part)) >= 4})
        headings = [i.text for s in page.sections for i in s.items() if i.text]
        self._titles = sorted(map(fold, headings))
        self._headings = sorted({fold(w) for w in headings if len(fold(w)) >= _HEADING_LETTERS})

    def fields(self, given: Sequence[ExtractedField]) -> list[ExtractedField]:
        own = {i.field for i in self._items}
        cleaned = {f.name: self._cleaned(f) for f in given if not self._is_of_zone(f)}
        cleaned = {name: f for name, f in cleaned.items() if f.text or name in own}
        taken: dict[int, list[Piece]] = {}
        for field in cleaned.values():
            for piece in self._pieces(field) if field.text else ():
                taken.setdefault(piece.line, []).append(piece)
        for item in self._items:
            known = cleaned.get(item.field or "")
            if (known is not None and known.text) or item.grammar not in (*_SHAPED, "name"):
                continue
            found = self._by_kind(item, taken)
            if found is not None:
                cleaned[item.field or ""] = self._unlabelled(item, [found], taken)
        self._in_order(cleaned, taken)
        for name, field in cleaned.items():
            if field.grammar in _ORDERED and field.text:
                cleaned[name] = self._completed(field, taken)
        return list(cleaned.values())

    def _pieces(self, field: ExtractedField) -> list[Piece]:
        """The field's pieces in strips."""
        pieces = []
        for piece in field.pieces:
            for n in range(len(self._sheet.texts)):
                line, offset = self._sheet.cut_of(n, 0)
                if line == piece.line and offset <= piece.start and piece.end <= offset + len(self._sheet.texts[n]):
                    pieces.append(Piece(line=n, start=piece.start - offset, end=piece.end - offset))
                    break
        return pieces

    def _cleaned(self, field: ExtractedField) -> ExtractedField:
        pieces = self._pieces(field)
        if field.empty or len(pieces) != len(field.pieces) or any(p.start >= p.end for p in pieces):
            return field
        kept = [p for piece in self._by_row(pieces) if (p := self._value(field.grammar, piece)) is not None]
        if field.grammar in _SHAPED:
            kept = kept[:1]
        if field.grammar in _ORDERED:
            kept = self._without_scraps(field.grammar, kept)
        if kept == pieces or (not kept and self._might_be(field)):
            return field
        if not kept:  # there is ink, and it is no such value
            first = pieces[0]
            kept = [Piece(line=first.line, start=first.start, end=first.start)]
        new = self._place.field(field.name, field.grammar, kept, label=field.label, where=field.box)
        return replace(new, notes=(*field.notes, *new.notes), alternatives=field.alternatives, support=field.support)

    def _value(self, grammar: str, piece: Piece) -> Piece | None:
        """The part of a piece that is a value of this kind."""
        text = self._sheet.texts[piece.line][piece.start : piece.end]
        span = None if self._is_zone(self._sheet.texts[piece.line]) else value_span(grammar, text)
        if span is None or (grammar not in _SHAPED and self._is_printed(text[span[0] : span[1]])):
            return None
        return Piece(line=piece.line, start=piece.start + span[0], end=piece.start + span[1])

    def _without_scraps(self, grammar: str, pieces: list[Piece]) -> list[Piece]:
        """The pieces without what is left of a label before them, scraps far behind them, and captions beside marks."""
        texts = [self._sheet.texts[p.line][p.start : p.end] for p in pieces]
        first = next((n for n, text in enumerate(texts) if not is_scrap_of_label(text)), 0)
        kept = list(zip(pieces, texts, strict=True))[first:]
        while len(kept) > 1 and is_scrap_of_label(kept[-1][1]) and self._is_far(kept[-2][0], kept[-1][0]):
            kept.pop()
        if grammar == "text" and any(not text.isupper() for _, text in kept):
            kept = [(piece, text) for piece, text in kept if not text.isupper()]
        return [piece for piece, _ in kept]

    def _is_far(self, before: Piece, piece: Piece) -> bool:
        """Whether a piece stands far to the right of the one before it."""
        return self._sheet.piece_box(piece)[0] - self._sheet.piece_box(before)[2] > _BESIDE * self._sheet.height

    @staticmethod
    def _might_be(field: ExtractedField) -> bool:
        """Whether writing that has not its kind's shape may be such a value, badly read: it has most of its digits."""
        return sum(c.isdigit() for c in field.text) >= _DIGITS.get(field.grammar, 1000)

    def _by_row(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces as they are read: a strip that reaches up into the row above belongs to the row of its bottom."""
        rows: list[list[Piece]] = []
        for piece in sorted(pieces, key=lambda p: (self._sheet.rows[p.line], self._sheet.boxes[p.line][3])):
            last = rows[-1][0].line if rows else piece.line
            lower = self._sheet.boxes[piece.line][3] - self._sheet.boxes[last][3] >= _NEXT_ROW * self._sheet.height
            if rows and self._sheet.rows[piece.line] == self._sheet.rows[last] and not lower:
                rows[-1].append(piece)
            else:
                rows.append([piece])
        return [p for row in rows for p in sorted(row, key=lambda p: self._sheet.piece_box(p)[0])]

    def _by_kind(self, item: Item, taken: Mapping[int, Sequence[Piece]]) -> Piece | None:
        """The one run of the item's kind that is nobody's; of dates, the one that stands where the item's does."""
        runs = [r for r in self._free_runs(item.grammar, taken) if not self._is_of_another(r.piece, item)]
        if item.grammar == "date":
            dated = [i for i in self._items if i.grammar == "date"]
            if any("photo" in i.style for i in dated):
                column = self._labels_column(taken)
                under = "photo" in item.style
                runs = [r for r in runs if (r.x < column) == under]
            elif len(dated) > 1 and len(runs) == len(dated):
                runs = [sorted(runs, key=lambda r: r.bottom)[dated.index(item)]]
        return runs[0].piece if len(runs) == 1 else None

    def _is_of_another(self, piece: Piece, item: Item) -> bool:
        """Whether a run stands behind the label of another fact than the item's, on whatever side of a card."""
        key = fold(self._sheet.texts[piece.line][: piece.start])
        if len(key) < _SHORTEST_LABEL:
            return False
        score, field = max((fuzz.ratio(key, wording), field) for wording, field in _card_labels(load_forms()))
        return score >= _LABEL and field != item.field

    def _labels_column(self, taken: Mapping[int, Sequence[Piece]]) -> float:
        """Where the writing beside the photograph begins, as far as values stand there."""
        starts = sorted(self._sheet.boxes[n][0] for n in taken)
        middle = self._sheet.left + _PHOTO * self._sheet.width
        return next((x for x in starts if x > middle), middle + self._sheet.height) - self._sheet.height

    def _free_runs(self, grammar: str, taken: Mapping[int, Sequence[Piece]]) -> list[_Run]:
        runs = []
        for n in self._sheet.reading_order():
            text = self._sheet.texts[n]
            if not text or self._is_zone(text) or self._is_heading(text):
                continue
            start = max((p.end for p in taken.get(n, ())), default=0)
            piece = self._value(grammar, Piece(line=n, start=start, end=len(text)))
            if piece is None or (grammar == "name" and not self._is_name(piece)):
                continue
            box = self._sheet.piece_box(piece)
            runs.append(_Run(piece, box[0], box[3]))
        return runs

    def _unlabelled(self, item: Item, pieces: list[Piece], taken: dict[int, list[Piece]]) -> ExtractedField:
        for piece in pieces:
            taken.setdefault(piece.line, []).append(piece)
        where = self._sheet.box(pieces)
        field = self._place.field(item.field or "", item.grammar, pieces, label="", where=where)
        return replace(field, notes=(*field.notes, UNLABELLED))

    def _in_order(self, fields: dict[str, ExtractedField], taken: dict[int, list[Piece]]) -> None:
        """Addresses and marks to which no label led: the writing that is left where the form's order has them.

        Only where as many blocks of writing are left as such fields are missing; else nobody can tell them apart.
        """
        order = [i for i in self._items if i.grammar in _ORDERED]
        gap: list[Item] = []
        top = self._bottom_of_shaped(fields) if self._has_photo else 0.0
        for item in [*order, None]:
            field = fields.get(item.field or "") if item else None
            if item is not None and (field is None or not field.text):
                gap.append(item)
                continue
            bottom = self._first_row(field) if field is not None else self._end_of_order(fields)
            blocks = self._blocks(top, bottom, taken) if gap else []
            if len(blocks) == len(gap):
                for missing, pieces in zip(gap, blocks, strict=True):
                    fields[missing.field or ""] = self._unlabelled(missing, pieces, taken)
            gap = []
            top = bounds(field.box)[3] if field is not None else top

    def _first_row(self, field: ExtractedField) -> float:
        """What stands above the field's first row ends above this height."""
        bottoms = [self._sheet.boxes[p.line][3] for p in self._pieces(field)]
        return min(bottoms, default=bounds(field.box)[1]) - _NEXT_ROW * self._sheet.height

    def _bottom_of_shaped(self, fields: Mapping[str, ExtractedField]) -> float:
        """The bottom of the last row with a number, a name, a date or a sex beside the photograph."""
        beside = {i.field for i in self._items if i.grammar not in _ORDERED and "photo" not in i.style}
        return max((bounds(f.box)[3] for f in fields.values() if f.name in beside and f.text), default=0.0)

    def _end_of_order(self, fields: Mapping[str, ExtractedField]) -> float:
        """Where the writing of addresses and marks ends at the latest: on a back, at its dates."""
        if self._has_photo:
            return float("inf")
        dates = [bounds(f.box)[1] for f in fields.values() if f.grammar == "date" and f.text]
        return min(dates, default=float("inf"))

    def _blocks(self, top: float, bottom: float, taken: Mapping[int, Sequence[Piece]]) -> list[list[Piece]]:
        """The free writing between two heights, rows that go on put together."""
        runs = [r for r in self._free_runs("address", taken) if top < r.bottom and r.bottom <= bottom]
        runs = [r for r in runs if self._is_writing(r.piece) and not self._under_photo(r)]
        blocks: list[list[Piece]] = []
        last: _Run | None = None
        for run in sorted(runs, key=lambda r: (r.bottom, r.x)):
            if last is not None and self._goes_on(last, run):
                blocks[-1].append(run.piece)
            else:
                blocks.append([run.piece])
            last = run
        return blocks

    def _is_writing(self, piece: Piece) -> bool:
        """Whether a run is as long as an address or marks, and of words."""
        words = self._sheet.texts[piece.line][piece.start : piece.end].split()
        return len(words) >= _ADDRESS_WORDS and sum(c.isalpha() for w in words for c in w) >= _ADDRESS_LETTERS

    def _under_photo(self, run: _Run) -> bool:
        return self._has_photo and run.x < self._sheet.left + _PHOTO * self._sheet.width

    def _goes_on(self, before: _Run, run: _Run) -> bool:
        """Whether a run is the next row of a value: the row before ended in a comma, and it is right below."""
        text = self._sheet.texts[before.piece.line]
        return text.rstrip().endswith(",") and run.bottom - before.bottom < _GOES_ON * self._sheet.height

    def _completed(self, field: ExtractedField, taken: dict[int, list[Piece]]) -> ExtractedField:
        """The address or marks with free writing that stands before their first row, beside a row, or goes on below.

        The row before the first was read in one with what stands under the photograph, where that stands lower.
        """
        own = self._pieces(field)
        if not own or len(own) != len(field.pieces) or any(p.start >= p.end for p in own):
            return field
        pieces = list(own)
        for run in sorted(self._free_runs(field.grammar, taken), key=lambda r: (r.bottom, r.x)):
            if self._belongs(run, pieces, field.grammar):
                pieces = self._by_row([*pieces, run.piece])
                taken.setdefault(run.piece.line, []).append(run.piece)
        if pieces == own:
            return field
        new = self._place.field(field.name, field.grammar, pieces, label=field.label, where=field.box)
        return replace(new, notes=field.notes, alternatives=field.alternatives, support=field.support)

    def _belongs(self, run: _Run, pieces: Sequence[Piece], grammar: str) -> bool:
        height, boxes = self._sheet.height, [self._sheet.piece_box(p) for p in pieces]
        left = min(box[0] for box in boxes)
        beside = [b for b in boxes if abs(b[3] - run.bottom) < _NEXT_ROW * height]
        if beside:
            return 0 < run.x - max(b[2] for b in beside) < _BESIDE * height
        aligned = abs(run.x - left) < _BESIDE * height
        last = self._sheet.texts[pieces[-1].line]
        below = 0 < run.bottom - boxes[-1][3] < _GOES_ON * height and last.rstrip().endswith(",")
        above = 0 < boxes[0][3] - run.bottom < _GOES_ON * height and self._is_writing(run.piece)
        return aligned and grammar == "address" and (below or above)

    def _is_name(self, piece: Piece) -> bool:
        words = self._sheet.texts[piece.line][piece.start : piece.end].split()
        return len(words) >= _NAME_WORDS and sum(map(len, words)) >= _NAME_LETTERS and " ".join(words).isupper()

    def _is_heading(self, text: str) -> bool:
        """Whether a strip holds a heading's words, perhaps with scraps around them."""
        key = fold(text)
        within = any(len(w) <= len(key) and fuzz.partial_ratio(w, key) >= _PRINTED for w in self._headings)
        return within or any(fuzz.ratio(w, key) >= _PRINTED for w in self._titles)

    def _is_printed(self, text: str) -> bool:
        """Whether a strip is printed wording of the side, or a part of it."""
        key = fold(text)
        if any(fuzz.ratio(key, w) >= _PRINTED for w in self._printed):
            return True
        longer = (w for w in self._printed if len(w) >= len(key) >= _PRINTED_LETTERS)
        return any(fuzz.partial_ratio(key, w) >= _PRINTED for w in longer)

    def _is_of_zone(self, field: ExtractedField) -> bool:
        """Whether a field has nothing but what stands in the machine-readable zone."""
        pieces = self._pieces(field)
        return bool(pieces) and all(self._is_zone(self._sheet.texts[p.line]) for p in pieces)

    @staticmethod
    def _is_zone(text: str) -> bool:
        return "<<" in text or any(len(word) >= _ZONE_SIGNS for word in text.split())
