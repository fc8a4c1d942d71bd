"""How often a form's labels repeat on a page, and whether the page is two columns side by side."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.anchors import LabelHit
from pipeline.forms.keys import fold
from pipeline.forms.plan import Slot
from pipeline.forms.sheet import Sheet

TELLING = 8  # fewest letters of a label that tells repetitions; by trial
SURE = 0.9  # score of a hit that is surely its label; by trial
PLACE_SLACK = 2  # characters by which two labels at the same place may differ; by trial
MOST = 8  # acts or members that one page may hold; by trial
APART = 0.3  # of the sheet's width: least distance between the same label in two columns; by trial


def telling_labels(slots: Sequence[Slot], labels: dict[str, list[LabelHit]]) -> list[list[LabelHit]]:
    """For each label that the form prints once (in a block), where it was surely read."""
    keys = [fold(s.wordings[0]) for s in slots if s.role == "label"]
    groups = []
    for slot in slots:
        key = fold(slot.wordings[0]) if slot.role == "label" else ""
        if len(key) < TELLING or keys.count(key) > 1:
            continue
        seen: dict[tuple[int, int], LabelHit] = {}
        for wording in slot.wordings:
            for label in labels.get(fold(wording), ()):
                if is_sure(label, labels):
                    seen.setdefault((label.hit.line, label.hit.start), label)
        if seen:
            groups.append(sorted(seen.values(), key=lambda f: (f.hit.line, f.hit.start)))
    return groups


def is_sure(label: LabelHit, labels: dict[str, list[LabelHit]]) -> bool:
    """Whether a hit is surely this label and not another that resembles it."""
    return label.hit.score >= SURE and not is_beaten(label, labels)


def is_beaten(label: LabelHit, labels: dict[str, list[LabelHit]]) -> bool:
    """Whether another label is read better at the same place ("Họ và tên mẹ" for "Họ và tên cha")."""
    return any(
        other.hit.line == label.hit.line
        and other.hit.score > label.hit.score
        and abs(other.hit.start - label.hit.start) <= PLACE_SLACK
        and other.hit.end >= label.hit.end - PLACE_SLACK
        for group in labels.values()
        for other in group
    )


def repetitions(groups: Sequence[Sequence[LabelHit]]) -> int:
    """How often the block stands on the page: at least two of its labels agree on it; 1 at least."""
    counts = sorted((len(g) for g in groups), reverse=True)
    return min(MOST, counts[1]) if len(counts) > 1 else 1


def columns(sheet: Sheet, groups: Sequence[Sequence[LabelHit]]) -> list[list[int]]:
    """The page's lines, in one group, or in two where the same labels stand side by side in a row."""
    rights: list[float] = []
    lefts: list[float] = []
    for group in groups:
        by_row: dict[int, list[float]] = {}
        for label in group:
            x = sheet.x_at(label.hit.line, label.hit.start)
            by_row.setdefault(sheet.rows[label.hit.line], []).append(x)
        for xs in by_row.values():
            if len(xs) == 2 and abs(xs[0] - xs[1]) > APART * sheet.width:
                lefts.append(min(xs))
                rights.append(max(xs))
    everything = list(range(len(sheet.lines)))
    if len(rights) < 2 or max(lefts) >= min(rights):
        return [everything]
    border = min(rights) - sheet.height
    middle = [(b[0] + b[2]) / 2 for b in sheet.boxes]
    return [[n for n in everything if middle[n] < border], [n for n in everything if middle[n] >= border]]
