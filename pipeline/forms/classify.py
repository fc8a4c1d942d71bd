"""Which form a page is, from the words on it, or that it is none we know.

Every page of every form collects evidence: its title (the better, the more of the line it fills),
its telling phrases and its labels, each weighed by how few forms have it; telling phrases that are
missing and words of other forms speak against it. Thin evidence makes the page unknown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.clues import Clues, PageClues, clues_of
from pipeline.forms.definition import FormDefinition
from pipeline.forms.keys import fold
from pipeline.forms.loading import load_forms
from pipeline.forms.search import PageText, Wordings, find, grams

TITLE = 5.0
AGAINST = 2.5
MISSING = 0.25
HEADER_ROWS = 2  # of a table, that may hold its header
ENOUGH = 4.2  # evidence below this is thin, but on a page that has few words of its own (a card's back)
SHARE = 0.5  # ... half of what the page could show is enough, from
LEAST = 2.2  # this much
NEARLY = 0.5  # a wording counts as possible on the page when so many of its letter pairs are there


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One form page that the words may come from, and its evidence."""

    document_type: DocumentType
    form: str
    side: str
    evidence: float
    enough: float = ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What a page is. `confidence` is a score between 0 and 1, not yet calibrated.

    `evidence` names the wordings that decided, as the definitions spell them (never read text).
    `candidates` are the best few, best first, for `group_pages` to weigh pages together. `other`: the
    page is headed as a paper that is none of ours.
    """

    document_type: DocumentType
    form: str | None
    side: str | None
    confidence: float
    evidence: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    other: bool = False

    @property
    def known(self) -> bool:
        return self.document_type is not DocumentType.UNKNOWN


def classify(
    lines: Sequence[TextLine],
    forms: Sequence[FormDefinition] | None = None,
    *,
    codes: Sequence[str] = (),
) -> Classification:
    """The type, form generation and side of one upright image, or UNKNOWN when the evidence is thin.

    `codes` are texts of machine-readable codes on the image (QR payloads, MRZ lines). Deterministic.
    """
    clues = clues_of(tuple(forms) if forms is not None else load_forms())
    texts = [*(line.text for line in lines), *_cell_texts(lines)]
    found = _found(clues, texts)
    ranked = sorted(
        ((_evidence(page, found) + _from_codes(page, codes), n, page) for n, page in enumerate(clues.pages)),
        key=lambda r: (-r[0], r[1]),
    )
    candidates = tuple(
        Candidate(
            document_type=page.definition.type,
            form=page.definition.form,
            side=page.page.side,
            evidence=round(evidence, 3),
            enough=min(ENOUGH, max(LEAST, SHARE * page.possible)),
        )
        for evidence, _, page in ranked[:8]
    )
    other = max((found[n].title for n in clues.others if n in found), default=0.0)
    return decide(candidates, other=other, names=_names(clues, ranked[0][2], found) if ranked else ())


def _cell_texts(lines: Sequence[TextLine]) -> list[str]:
    """What the cells of the tables' headers say, whose words are broken over several lines."""
    cells: dict[tuple[int, int, int], list[str]] = {}
    for line in lines:
        if line.cell is not None and line.cell[1] < HEADER_ROWS:
            cells.setdefault(line.cell, []).append(line.text)
    return [" ".join(words) for words in cells.values() if len(words) > 1]


def decide(candidates: Sequence[Candidate], *, other: float = 0.0, names: tuple[str, ...] = ()) -> Classification:
    """The classification that ranked candidates amount to; `other` is how surely the title is another paper's."""
    best = candidates[0] if candidates else None
    rival = next((c.evidence for c in candidates if best and c.document_type is not best.document_type), 0.0)
    if best is None or best.evidence < best.enough or (other > 0.8 and best.evidence < 30):
        thin = best.enough - best.evidence if best else ENOUGH
        return Classification(
            document_type=DocumentType.UNKNOWN,
            form=None,
            side=None,
            confidence=0.95 if other > 0.8 else round(_squash(thin / 1.5), 4),
            other=other > 0.8,
            candidates=tuple(candidates),
        )
    confidence = _squash((best.evidence - best.enough + 1.0) / 1.5) * _squash((best.evidence - max(rival, 0.0)) / 1.2)
    return Classification(
        document_type=best.document_type,
        form=best.form,
        side=best.side,
        confidence=round(confidence, 4),
        evidence=names,
        candidates=tuple(candidates),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """How well a wording is on the page: anywhere (`score`), and as a line of its own (`title`)."""

    score: float
    title: float


def _found(clues: Clues, texts: Sequence[str]) -> dict[int, _Found]:
    page = PageText.of(texts)
    pairs = grams("".join(k.text + " " for k in page.keys))
    likely = [
        n
        for n, key in enumerate(clues.wordings.keys)
        if len(key) > 3 and len(grams(key) & pairs) >= NEARLY * len(grams(key))
    ]
    subset = Wordings(tuple(clues.wordings.keys[n] for n in likely))
    found: dict[int, _Found] = {}
    for hit in find(subset, page):
        n = likely[hit.wording]
        text = texts[hit.line]
        read = text[hit.start : hit.end] if hit.line == hit.last_line else text[hit.start :]
        share = min(1.0, hit.length / max(1, len(page.keys[hit.line].text)))
        clean = (hit.start == 0 or not text[hit.start - 1].isalnum()) + 0.0
        score = hit.score * (0.8 + 0.2 * clean)
        title = score * share * _capital_share(read) if hit.score > 0.72 else 0.0
        before = found.get(n)
        if before is None or score > before.score or title > before.title:
            best = before or _Found(0.0, 0.0)
            found[n] = _Found(max(score, best.score), max(title, best.title))
    return found


def _capital_share(text: str) -> float:
    """1 for capitals, as titles are printed; less for small letters, as prose has them."""
    letters = [c for c in text if c.isalpha()]
    upper = sum(c.isupper() for c in letters) / max(1, len(letters))
    return 0.6 + 0.4 * min(1.0, upper / 0.7)


def _evidence(page: PageClues, found: dict[int, _Found]) -> float:
    total = TITLE * max((_title(found[n].title) for n in page.titles if n in found), default=0.0)
    for n, weight in page.phrases:
        hit = found.get(n)
        total += weight * _sure(hit.score) if hit else -MISSING * weight
    for group, weight in page.labels:
        total += weight * max((_sure(found[n].score) for n in group if n in found), default=0.0)
    total -= AGAINST * sum(_sure(found[n].score) for n in page.against if n in found)
    return total


def _title(quality: float) -> float:
    return max(0.0, (quality - 0.3) / 0.7)


def _sure(score: float) -> float:
    """A wording read at 70 % shows little, at 95 % it is there."""
    return min(1.0, max(0.0, (score - 0.66) / 0.27))


def _from_codes(page: PageClues, codes: Sequence[str]) -> float:
    """What codes say: a chip card has its QR on the front, a 2024 card on the back; both have MRZ on the back."""
    kind, side = page.definition.type, page.page.side
    total = 0.0
    for code in codes:
        fields = code.split("|")
        if len(fields) >= 6 and fields[0].isdigit() and len(fields[0]) == 12:
            if kind is DocumentType.CITIZEN_ID_CHIP and side == "front":
                total += 4.0 if len(fields) <= 7 else 2.0
            elif kind is DocumentType.CITIZEN_ID_2024 and side == "back":
                total += 4.0 if len(fields) > 7 else 2.0
        elif fold(code).startswith("idvnm") and side == "back":
            total += 4.0 * (kind in {DocumentType.CITIZEN_ID_CHIP, DocumentType.CITIZEN_ID_2024})
    return total


def _names(clues: Clues, page: PageClues, found: dict[int, _Found]) -> tuple[str, ...]:
    wordings = [*page.titles, *(n for n, _ in page.phrases)]
    return tuple(clues.texts[n] for n in wordings if n in found and found[n].score > 0.75)


def _squash(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-2.0 * x))
