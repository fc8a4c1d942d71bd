"""Which form a page is, from the words on it, or that it is no known form.

Every page of every form collects evidence: its title (the better, the more of the line it fills),
its telling phrases and its labels, each weighed by how few forms have it; telling phrases that are
missing and words of other forms speak against it. Thin evidence makes the page unknown.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.acts_on_leaf import asks_again
from pipeline.forms.by_labels.meaning import heading, meanings_in
from pipeline.forms.by_labels.wording import lexicon, vocabulary
from pipeline.forms.clues import Clues, PageClues, clues_of, other_titles
from pipeline.forms.definition import FormDefinition
from pipeline.forms.entry_header import first_cells
from pipeline.forms.keys import fold
from pipeline.forms.loading import card_types, load_forms
from pipeline.forms.search import PageText, Wordings, find, grams

# The unit of evidence is one telling phrase that no other form has, read well. All by trial.
TITLE = 5.0  # evidence of a title that is a line of its own, in capitals, read well
AGAINST = 2.5  # evidence that a wording of another form takes away
MISSING = 0.25  # of a telling phrase's evidence that is taken away when it is not read
BARE_LETTERS = 40  # of a page on which next to nothing was read; by trial
ENOUGH = 4.2  # evidence below this is thin, except on a page that has few words of its own (a card's back):
SHARE = 0.5  # there this share of what the page could show is enough,
LEAST = 2.2  # and never less than this
NEARLY = 0.5  # of a wording's letter pairs: with fewer on the page it is not looked for; for speed
SHORTEST = 3  # letters: wordings up to this long tell no form
WELL_READ = 0.72  # score from which a hit may be a title
UNCLEAN = 0.8  # factor on the score of a hit that begins inside a word
SMALL_LETTERS, MOSTLY_CAPITALS = 0.6, 0.7  # factor on a title in small letters; share of capitals that counts in full
SEEN, TO_SURE = 0.66, 0.27  # score up to which a wording shows nothing, and by how much more it is surely there
TITLE_SEEN = 0.3  # quality at which a title shows nothing
TITLE_LETTERS, TITLE_LIKE = 6, 92.0  # of a line that is a title: fewest letters; likeness (rapidfuzz)
TITLE_CUT = 85.0  # likeness of such a line of which a fold hides the end
TITLE_CLEAR = 1.5  # evidence above what is enough, and above other types, that such a line gives
YEAR = re.compile(r"(?<!\d)(?:19[3-9]|20[0-3])\d(?!\d)")
BRACKETED = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?")
INNER_SIDES = frozenset({"members", "adjustments", "back"})  # they never have the paper's title
MEMBER_LABEL = re.compile(r"voichuho|^(?:[a-k]|\d{1,2})?(?:quanhe|qhe)(?:$|chuho|vo|chong|con|chau)")
"""A line's key that asks for a relationship to the head of a household, which only leaves of members do. Who declares a
birth is a father, a mother or their elder; who is asked about a member may be a wife or a child too."""
PARENT_LABEL = re.compile(r"(?:tenho|hoten|hovaten)(?:cua)?(?:nguoi)?(?:cha|bo|me)$|khaisinh")
"""A line's key that asks for a parent by name, or speaks of a birth's declaration: no leaf of members does."""
OTHER_TITLE = 0.8  # quality of another paper's title from which a page is unknown,
OVERRULES = 30.0  # unless the evidence for a form is this much
OTHER_CONFIDENCE = 0.95  # reported for such a page
DOUBT, RIVALRY = 1.5, 1.2  # evidence that one step of `_squash` is worth: above what is enough, above the next type
NAMED = 0.75  # score of a wording that is named as evidence
CANDIDATES = 8  # best form pages that are kept, for pages to be weighed together
ZONE = 5.0  # evidence of a machine-readable zone, which only two cards have
ISSUED = 2.0  # evidence of a year of issue in which this paper was handed out
WORDED, DATES = 10.5, 3  # evidence from which a form's words tell it, and with less so many years count; by trial
DATE_IN_PROMPTS = re.compile(
    r"ng.{1,2}y\W*\d{1,2}\W*th.{1,3}ng\W*\d{1,2}\W*n.{1,2}m\W*(?P<year>\d{4})(?!\d)", re.IGNORECASE
)
CODE, CODE_LIKE = 4.0, 2.0  # evidence of a code that is this card's, and of one that may be its sibling's
MUCH, MUCH_ASKED = 1.5, 9  # further evidence of a header that asks so many different things
LAYOUT, COLUMNS = 5.0, 5  # evidence of a table of people; columns of one
GROUP = "group"  # what a person's heading over several columns asks
LEDGER = "ledger"  # the form of a register's table
QR_FIELDS = 7  # of a chip card's QR payload; the card of 2024 has more


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
    page has the title of a paper that is read by no form. `bare`: next to nothing was read on the page.
    """

    document_type: DocumentType
    form: str | None
    side: str | None
    confidence: float
    evidence: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    other: bool = False
    bare: bool = False

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
    matches = _matches(clues, texts)
    asked = _asked_by_tables(lines)
    times = _acts(texts)
    keys = [fold(text) for text in texts]
    members = any(map(MEMBER_LABEL.search, keys)) and not any(map(PARENT_LABEL.search, keys))
    year = _year_of_issue(texts)
    evidence = [
        _evidence(page, matches)
        + _from_codes(page, codes)
        + _from_layout(page, asked, times, members)
        + _from_year(page, year)
        for page in clues.pages
    ]
    named = titled(texts)
    if len(named) > 1:
        own = [e for e, page in zip(evidence, clues.pages, strict=True) if page.definition.type in named]
        worded = max(own, default=0.0)
        dates = 1 if worded > WORDED else DATES
        evidence = [e + _from_years(page, named, texts, dates) for e, page in zip(evidence, clues.pages, strict=True)]
    evidence = _named_by_title(clues, evidence, named)
    ranked = sorted(zip(evidence, range(len(evidence)), clues.pages, strict=True), key=lambda r: (-r[0], r[1]))
    candidates = tuple(
        Candidate(
            document_type=page.definition.type,
            form=page.definition.form,
            side=page.page.side,
            evidence=round(evidence, 3),
            enough=min(ENOUGH, max(LEAST, SHARE * page.possible)),
        )
        for evidence, _, page in ranked[:CANDIDATES]
    )
    other = max((matches[n].title for n in clues.others if n in matches), default=0.0)
    if other > OTHER_TITLE and _nearer_to_a_known_one(texts, [clues.wordings.keys[n] for n in clues.others]):
        other = 0.0
    decided = decide(candidates, other=other, names=_names(clues, ranked[0][2], matches) if ranked else ())
    return replace(decided, bare=sum(c.isalpha() for line in lines for c in line.text) <= BARE_LETTERS)


def _cell_texts(lines: Sequence[TextLine]) -> list[str]:
    """The texts of table header cells whose words are broken over several lines."""
    return [" ".join(lines[n].text for n in own) for own in first_cells(lines).values() if len(own) > 1]


def decide(candidates: Sequence[Candidate], *, other: float = 0.0, names: tuple[str, ...] = ()) -> Classification:
    """The classification that ranked candidates lead to; `other` is how surely the title is another paper's."""
    best = candidates[0] if candidates else None
    rival = next((c.evidence for c in candidates if best and c.document_type is not best.document_type), 0.0)
    if best is None or best.evidence < best.enough or (other > OTHER_TITLE and best.evidence < OVERRULES):
        thin = best.enough - best.evidence if best else ENOUGH
        return Classification(
            document_type=DocumentType.UNKNOWN,
            form=None,
            side=None,
            confidence=OTHER_CONFIDENCE if other > OTHER_TITLE else round(_squash(thin / DOUBT), 4),
            other=other > OTHER_TITLE,
            candidates=tuple(candidates),
        )
    confidence = _squash((best.evidence - best.enough + 1.0) / DOUBT)
    confidence *= _squash((best.evidence - max(rival, 0.0)) / RIVALRY)
    return Classification(
        document_type=best.document_type,
        form=best.form,
        side=best.side,
        confidence=round(confidence, 4),
        evidence=names,
        candidates=tuple(candidates),
    )


@dataclass(frozen=True, slots=True)
class _Match:
    """How well a wording was read on the page: anywhere (`score`), and as a line of its own (`title`)."""

    score: float
    title: float


def _matches(clues: Clues, texts: Sequence[str]) -> Mapping[int, _Match]:
    return _matches_of(clues.wordings, tuple(texts))


@lru_cache(maxsize=8)
def _matches_of(wordings: Wordings, texts: tuple[str, ...]) -> Mapping[int, _Match]:
    """A page is classified when it has been read and when papers are put together: its writing is searched once."""
    page = PageText.of(texts)
    pairs = grams("".join(k.text + " " for k in page.keys))
    likely = [
        n
        for n, key in enumerate(wordings.keys)
        if len(key) > SHORTEST and len(grams(key) & pairs) >= NEARLY * len(grams(key))
    ]
    subset = Wordings(tuple(wordings.keys[n] for n in likely))
    matches: dict[int, _Match] = {}
    for hit in find(subset, page):
        n = likely[hit.wording]
        text = texts[hit.line]
        read = text[hit.start : hit.end] if hit.line == hit.last_line else text[hit.start :]
        share = min(1.0, hit.length / max(1, len(page.keys[hit.line].text)))
        clean = hit.start == 0 or not text[hit.start - 1].isalnum()
        score = hit.score * (1.0 if clean else UNCLEAN)
        title = score * share * _capital_share(read) if hit.score > WELL_READ else 0.0
        before = matches.get(n)
        if before is None or score > before.score or title > before.title:
            best = before or _Match(0.0, 0.0)
            matches[n] = _Match(max(score, best.score), max(title, best.title))
    return matches


def _capital_share(text: str) -> float:
    """Factor on a title: 1 for capitals, as titles are printed, less for small letters, as prose has them."""
    letters = [c for c in text if c.isalpha()]
    upper = sum(c.isupper() for c in letters) / max(1, len(letters))
    return SMALL_LETTERS + (1 - SMALL_LETTERS) * min(1.0, upper / MOSTLY_CAPITALS)


def _evidence(page: PageClues, matches: Mapping[int, _Match]) -> float:
    total = TITLE * max((_title(matches[n].title) for n in page.titles if n in matches), default=0.0)
    for n, weight in page.phrases:
        match = matches.get(n)
        total += weight * _sure(match.score) if match else -MISSING * weight
    for group, weight in page.labels:
        total += weight * max((_sure(matches[n].score) for n in group if n in matches), default=0.0)
    total -= AGAINST * sum(_sure(matches[n].score) for n in page.against if n in matches)
    return total


def _title(quality: float) -> float:
    return max(0.0, (quality - TITLE_SEEN) / (1 - TITLE_SEEN))


def _sure(score: float) -> float:
    """How surely a wording is on the page, 0 to 1: read at 70 % it shows little, at 93 % it is there."""
    return min(1.0, max(0.0, (score - SEEN) / TO_SURE))


def titled(texts: Sequence[str]) -> frozenset[DocumentType]:
    """The types that a line of its own names in capitals, as titles stand; none where two lines name different ones.

    Where no line does, two that follow each other may: a title in two lines, or one that a fold parts.
    """
    capitals = [text if _capital_share(text) == 1.0 else "" for text in texts]
    alone = {kinds for text in capitals if (kinds := _named_by(text))}
    pairs = {kinds for a, b in pairwise(capitals) if a and b and (kinds := _named_by(f"{a} {b}"))}
    named = alone or pairs
    return named.pop() if len(named) == 1 else frozenset()


def names_paper(text: str) -> bool:
    """Whether a line is a paper's title by itself, in capitals: of a known paper, or of one that is read by no form."""
    if _capital_share(text) < 1.0:
        return False
    key = fold(BRACKETED.sub("", text))
    return bool(_named_by(text)) or (len(key) >= TITLE_LETTERS and key in _other_titles())


def _nearer_to_a_known_one(texts: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a line in capitals is nearer to a known form's title than to any other paper's: "SỔ ĐĂNG KÝ KHAI SI", cut
    off by a fold, is nearly SỔ ĐĂNG KÝ KHAI TỬ too."""
    for key in (fold(text) for text in texts if _capital_share(text) == 1.0 and len(text) >= TITLE_LETTERS):
        known = max(fuzz.ratio(key, title) for title, _ in _titles())
        if known >= TITLE_CUT and known > max(fuzz.ratio(key, title) for title in others):
            return True
    return False


def _named_by(text: str) -> frozenset[DocumentType]:
    key = fold(BRACKETED.sub("", text))
    if len(key) < TITLE_LETTERS:
        return frozenset()
    likeness, kinds = max(((fuzz.ratio(key, title), kinds) for title, kinds in _titles()), key=lambda pair: pair[0])
    return kinds if likeness >= TITLE_LIKE else frozenset()


@cache
def _other_titles() -> frozenset[str]:
    return frozenset(fold(title) for title in other_titles())


@cache
def _titles() -> tuple[tuple[str, frozenset[DocumentType]], ...]:
    """Every title, folded, and the types that it names."""
    return tuple(
        (fold(title), frozenset(DocumentType(kind) for kind in entry.types))
        for entry in lexicon().titles
        for title in entry.titles
    )


def _from_years(page: PageClues, named: frozenset[DocumentType], texts: Sequence[str], dates: int) -> float:
    """Evidence of the latest year on a paper whose title several types have: when forms of one of them were issued.

    Up to `dates` years of that time count, for a stamp that certifies a copy has the latest year alone, or with its
    number; so many after a form was given up speak against it.
    """
    years = [int(year) for text in texts for year in YEAR.findall(text)]
    first, last = page.definition.issued
    if page.definition.type not in named or not years or (first is None and last is None):
        return 0.0
    within = [year for year in years if (first or 0) <= year <= (last or 9999)]
    if max(years) in within:
        return ISSUED * min(dates, len(within))
    return -AGAINST if sum(year > (last or 9999) for year in years) >= dates > 1 else 0.0


def _named_by_title(clues: Clues, evidence: Sequence[float], named: frozenset[DocumentType]) -> list[float]:
    """The evidence with the pages of the types that the title names lifted above what is enough, and above others:
    a title says what a paper is, however its maker words the rest. Which form it is, the rest says."""
    own = [page.definition.type in named and page.page.side not in INNER_SIDES for page in clues.pages]
    if not any(own):
        return list(evidence)
    best = max(e for e, is_own in zip(evidence, own, strict=True) if is_own)
    other = max((e for e, is_own in zip(evidence, own, strict=True) if not is_own), default=0.0)
    lift = max(0.0, ENOUGH + TITLE_CLEAR - best, other + TITLE_CLEAR - best)
    return [e + lift if is_own else e for e, is_own in zip(evidence, own, strict=True)]


def _from_codes(page: PageClues, codes: Sequence[str]) -> float:
    """Evidence of machine-readable codes: QR on a chip card's front and a 2024 card's back, MRZ on both backs."""
    kind, side = page.definition.type, page.page.side
    total = 0.0
    for code in codes:
        fields = code.split("|")
        if len(fields) >= 6 and fields[0].isdigit() and len(fields[0]) == 12:
            if kind is DocumentType.CITIZEN_ID_CHIP and side == "front":
                total += CODE if len(fields) <= QR_FIELDS else CODE_LIKE
            elif kind is DocumentType.CITIZEN_ID_2024 and side == "back":
                total += CODE if len(fields) > QR_FIELDS else CODE_LIKE
        elif fold(code).startswith("idvnm") and side == "back":
            total += ZONE * (kind in {DocumentType.CITIZEN_ID_CHIP, DocumentType.CITIZEN_ID_2024})
    return total


def _asked_by_tables(lines: Sequence[TextLine]) -> frozenset[str]:
    """What the header of a ruled table asks, as names of the lexicon with whose they are: "full_name/father"."""
    rows: dict[tuple[int, int], list[str]] = {}
    for (table, row, _), own in first_cells(lines).items():
        rows.setdefault((table, row), []).append(" ".join(lines[n].text for n in own))
    words = vocabulary(DocumentType.BIRTH_REGISTER_ENTRY)
    asked: set[str] = set()
    for (table, row), cells in rows.items():
        if len(cells) >= COLUMNS:
            told = [meanings_in(text, words) for text in cells]
            if sum(map(bool, told)) >= COLUMNS - 1:
                asked |= {f"{meaning.what.name}/{who}" for cell in told for meaning, who in cell}
                over = [text for (t, r), above in rows.items() if t == table and r < row for text in above]
                asked |= {f"{GROUP}/{who}" for text in over if (who := heading(text, words))}
    return frozenset(asked)


def _acts(texts: Sequence[str]) -> int:
    """How often a page asks for the father's and for the mother's name, or has a heading for each of the two and asks
    again what is asked once of an act: of how many births it tells."""
    keys = [fold(text) for text in texts]
    parents = ("father", "mother")
    words = {who.name: "|".join(map(fold, who.words)) for who in lexicon().persons}
    named = {who: re.compile(f"ten(?:ho)?(?:cua)?(?:{words[who]})") for who in parents}
    asked = min(sum(bool(named[who].search(key)) for key in keys) for who in parents)
    if asked > 1 or not asks_again(texts):
        return asked
    known = vocabulary(DocumentType.BIRTH_REGISTER_ENTRY)
    headed = Counter(heading(text, known) for text in texts)
    return max(asked, min(headed[who] for who in parents))


def _from_layout(page: PageClues, asked: frozenset[str], acts: int, members: bool) -> float:
    """Evidence of tables of births and of members, of several acts on a page, of members told one by one."""
    kind, side = page.definition.type, page.page.side
    total = 0.0
    parents = {name.rpartition("/")[2] for name in asked} & {"father", "mother"}
    if (
        {f"full_name/{who}" for who in parents} & asked
        or {f"{GROUP}/{who}" for who in parents} & asked
        or len(parents) > 1
    ):
        ledger = kind is DocumentType.BIRTH_REGISTER_ENTRY and page.definition.form == LEDGER and side == "page"
        total += (LAYOUT + (MUCH if len(asked) >= MUCH_ASKED else 0.0)) if ledger else -AGAINST
    elif any(name.startswith("relationship/") for name in asked):
        total += LAYOUT / 2 if side in {"members", "owner"} else -AGAINST
    elif members:
        total += LAYOUT / 2 if side == "members" else -AGAINST if kind in card_types() else 0.0
    if acts > 1 and not asked:
        total += AGAINST if kind is DocumentType.BIRTH_REGISTER_ENTRY and side == "page" else -AGAINST
    return total


def _year_of_issue(texts: Sequence[str]) -> int | None:
    """The year of the one date between prompts, which on a card's back is the issue's."""
    years = {int(match["year"]) for text in texts if (match := DATE_IN_PROMPTS.search(text))}
    return years.pop() if len(years) == 1 else None


def _from_year(page: PageClues, year: int | None) -> float:
    """Evidence of the year on a card's back: the words of some backs are the same, and only one was handed out then."""
    if year is None or page.page.side != "back" or page.definition.type not in card_types():
        return 0.0
    first, last = page.definition.issued
    return ISSUED if first is not None and last is not None and first <= year < last else 0.0


def _names(clues: Clues, page: PageClues, matches: Mapping[int, _Match]) -> tuple[str, ...]:
    wordings = [*page.titles, *(n for n, _ in page.phrases)]
    return tuple(clues.texts[n] for n in wordings if n in matches and matches[n].score > NAMED)


def _squash(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-2.0 * x))
