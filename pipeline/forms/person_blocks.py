"""Two persons' blocks side by side, as on a marriage certificate: where one column ends and the other begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.forms.anchors import LabelHit
from pipeline.forms.definition import Section
from pipeline.forms.keys import fold
from pipeline.forms.repeats import is_beaten, is_sure
from pipeline.forms.sheet import Piece, Sheet

# Lengths are in letter heights of the sheet unless it says otherwise; all by trial.
NEAR = 5.0  # around the border, in which a run may be cut
THROUGH = 1.5  # to both sides of the border that a run must reach to go through it
APART = 0.25  # of the sheet's width: least distance between the two columns' first labels
HEAD = 0.8  # weight of such a label
LONGER = 10  # letters that double the weight when several such labels are read
TELLING = 6  # letters up to which a label does not show where the next section begins
BELOW, SLACK = 2.0, 0.5  # below the top where that section may begin; slack above the band and above that section


@dataclass(frozen=True, slots=True)
class PersonBlocks:
    """The band of a sheet that two columns share: from `top` to `floor`, parted at x = `border`."""

    sheet: Sheet
    border: float
    top: float
    floor: float
    starts: tuple[tuple[int, int], ...]  # labels that begin near the border: strip, character

    def flows(self, lines: Sequence[int]) -> list[list[int]]:
        """The strips above, in the left column, in the right column and below."""
        parts: list[list[int]] = [[], [], [], []]
        for n in lines:
            x0, y0, x1, _ = self.sheet.boxes[n]
            if y0 < self.top:
                parts[0].append(n)
            elif y0 >= self.floor:
                parts[3].append(n)
            else:
                parts[1 if (x0 + x1) / 2 < self.border else 2].append(n)
        return [p for p in parts if p]

    def cuts(self) -> dict[int, list[int]]:
        """Where runs that go through the border must be cut: line -> characters."""
        cuts: dict[int, list[int]] = {}
        margin = THROUGH * self.sheet.height
        for n, (x0, y0, x1, _) in enumerate(self.sheet.boxes):
            if self.top <= y0 < self.floor and x0 < self.border - margin and x1 > self.border + margin:
                at = self._cut(n)
                if at is not None:
                    line, character = self.sheet.cut_at(Piece(line=n, start=at, end=at))
                    cuts.setdefault(line, []).append(character)
        return cuts

    def _cut(self, n: int) -> int | None:
        """The label that begins at the border, else the widest gap between words near it."""
        labels = [start for strip, start in self.starts if strip == n]
        if labels:
            return min(labels, key=lambda i: abs(self.sheet.x_at(n, i) - self.border))
        text = self.sheet.texts[n]
        spots = []
        for i in range(1, len(text)):
            x = self.sheet.x_at(n, i)
            if text[i - 1] == " " and text[i] != " " and abs(x - self.border) < NEAR * self.sheet.height:
                spots.append((x - self.sheet.x_at(n, i - 1), i))
        return max(spots)[1] if spots else None


def person_blocks(sheet: Sheet, sections: Sequence[Section], labels: dict[str, list[LabelHit]]) -> PersonBlocks | None:
    """The blocks, when both persons' first labels were read side by side."""
    section = next((s for s in sections if s.kind == "persons" and s.labelled == "cell"), None)
    if section is None:
        return None
    heads = [_head(labels, (c.label, *c.also)) for c in section.columns]
    known = [h for h in heads if h is not None]
    if len(known) < 2:
        return None
    xs = sorted(sheet.x_at(h.hit.line, h.hit.start) for h in known)
    if xs[-1] - xs[0] < APART * sheet.width:
        return None
    border = xs[-1] - sheet.height
    top = min(sheet.boxes[h.hit.line][1] for h in known) - SLACK * sheet.height
    floor = _floor(sheet, sections, section, labels, top)
    own = {fold(w) for items in section.rows for i in items for w in i.wordings}
    starts = tuple(
        (label.hit.line, label.hit.start)
        for key in own
        for label in labels.get(key, ())
        if label.hit.start and abs(sheet.x_at(label.hit.line, label.hit.start) - xs[-1]) < NEAR * sheet.height
    )
    return PersonBlocks(sheet, border, top, floor, starts)


def _head(labels: dict[str, list[LabelHit]], wordings: Sequence[str]) -> LabelHit | None:
    hits = [label for wording in wordings for label in labels.get(fold(wording), ())]
    sure = [label for label in hits if label.weight > HEAD and not is_beaten(label, labels)]
    return max(sure, key=lambda f: f.weight * (1 + f.hit.length / LONGER), default=None)


def _floor(
    sheet: Sheet, sections: Sequence[Section], section: Section, labels: dict[str, list[LabelHit]], top: float
) -> float:
    """Where the sections after the blocks begin: at the first of their telling labels."""
    own = {fold(w) for items in section.rows for i in items for w in i.wordings}
    later = sections[list(sections).index(section) + 1 :]
    wordings = {fold(w) for part in later for item in part.items() for w in item.wordings}
    ys = [
        sheet.boxes[label.hit.line][1]
        for key in wordings - own
        if len(key) > TELLING
        for label in labels.get(key, ())
        if is_sure(label, labels) and sheet.boxes[label.hit.line][1] > top + BELOW * sheet.height
    ]
    return min(ys, default=float("inf")) - SLACK * sheet.height
