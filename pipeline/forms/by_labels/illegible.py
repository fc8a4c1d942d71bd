"""What columns ask whose header cannot be read, by the cells beside them and by what stands below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rapidfuzz import fuzz, process

from pipeline.domain.model import DocumentType
from pipeline.forms.bands import Bands
from pipeline.forms.by_labels.wording import Meaning, Vocabulary, lexicon, vocabulary
from pipeline.forms.entry_header import HeaderCell
from pipeline.forms.keys import fold
from pipeline.forms.sheet import Sheet

Told = list[tuple[Meaning, str | None]]

NEARLY, AHEAD, LONG = 76.0, 6.0, 6  # likeness of a whole header to a known one, to any other, and its letters at least
MOST_WORDS, FEW_LETTERS = 6, 4  # of a wording before other ink in its cell
LIKE = 66.0  # likeness (rapidfuzz) of a misread word to the one that must stand there; by trial
FEWEST, MOST = 3, 0.8  # entries, and the share of them that hold a year, that show a column of years; by trial
_YEAR = re.compile(r"^\W*(?:1[89]|20)\d\w?\W*$")  # its last figure may be misread
_OTHER = {"male": "female", "female": "male"}


def told_besides(
    sheet: Sheet,
    words: Vocabulary,
    cells: Sequence[HeaderCell],
    told: Sequence[Told],
    bands: Bands | None,
    body: Sequence[int],
) -> dict[int, Told]:
    """For columns of which `told` knows nothing, what they must ask; to be doubted, as no label says so.

    A blurred header that is nearly one wording, and no other, is that; so is one behind whose words show-through or a
    stamp was read ("Chỗ ở 12 ni"). The column beside "Nam" whose header is nearly
    "Nữ" is that, and the other way round; a column of years beside a parent's name is of birth years.
    """
    blurred = (n for n, own in enumerate(told) if not own and cells[n].lines)
    found = {
        n: [meant]
        for n in blurred
        if (meant := _nearly(cells[n].text, words) or _first_words([sheet.texts[at] for at in cells[n].lines], words))
    }
    told = [found.get(n, own) for n, own in enumerate(told)]
    for n, own in enumerate(told):
        if own or not cells[n].lines:
            continue
        beside = [told[m][0][0].what.name for m in (n - 1, n + 1) if 0 <= m < len(told) and len(told[m]) == 1]
        other = next((_OTHER[name] for name in beside if name in _OTHER), None)
        if other is not None and fuzz.ratio(cells[n].text, fold(_label(other))) >= LIKE:
            found[n] = [_meaning(other)]
        elif (
            n
            and told[n - 1]
            and _names_a_parent(told[n - 1], n)
            and bands is not None
            and _years(sheet, bands, n, body)
        ):
            found[n] = [_meaning("birth_year")]
    return found


def _nearly(text: str, words: Vocabulary) -> tuple[Meaning, str | None] | None:
    """What a whole header of so many letters nearly asks; None where it is near nothing, or near several."""
    wordings = _wordings(words.type)
    near = process.extract(text, list(wordings), scorer=fuzz.ratio, score_cutoff=NEARLY - AHEAD, limit=12)
    if len(text) < LONG or not near or near[0][1] < NEARLY:
        return None
    best = wordings[near[0][0]]
    rivals = (score for wording, score, _ in near if _differ(wordings[wording], best))
    return best if max(rivals, default=0.0) <= near[0][1] - AHEAD else None


def _first_words(texts: Sequence[str], words: Vocabulary) -> tuple[Meaning, str | None] | None:
    """What the one line of a header asks that begins with a known wording, to the letter."""
    wordings, asked = _wordings(words.type), []
    for text in texts:
        keys = [fold(" ".join(text.split()[:count])) for count in range(MOST_WORDS, 0, -1)]
        asked += [wordings[key] for key in keys if len(key) >= FEW_LETTERS and key in wordings][:1]
    return asked[0] if len(asked) == 1 else None


def _differ(one: tuple[Meaning, str | None], other: tuple[Meaning, str | None]) -> bool:
    """Whether the two ask for different things, or of different people; of nobody and of somebody may be the same."""
    (first, of_first), (second, of_second) = one, other
    people = {of_first or first.who, of_second or second.who} - {None}
    return first.what.name != second.what.name or len(people) > 1


@cache
def _wordings(kind: DocumentType) -> dict[str, tuple[Meaning, str | None]]:
    """The keys of all labels, alone and with each person they may be of, and what they ask."""
    words = vocabulary(kind)
    found: dict[str, tuple[Meaning, str | None]] = {}
    for key, meaning in words.labels.items():
        for word, who in (("", None), *words.words) if meaning.who is None else (("", meaning.who),):
            found.setdefault(key + word, (meaning, who))
    return found


def _names_a_parent(told: Told, column: int) -> bool:
    """Whether a cell asks for a name, and not for the first one of its row: that is whom the entry is about."""
    return column > 1 and len(told) == 1 and told[0][0].what.name in ("full_name", "parent_name")


def _years(sheet: Sheet, bands: Bands, column: int, body: Sequence[int]) -> bool:
    own = [
        n for n in body if bands.of((sheet.boxes[n][0] + sheet.boxes[n][2]) / 2) == column and sheet.texts[n].strip()
    ]
    years = sum(1 for n in own if _YEAR.match(sheet.texts[n]))
    return len(own) >= FEWEST and years >= MOST * len(own)


def _label(name: str) -> str:
    return next(what for what in lexicon().whats if what.name == name).labels[0]


def _meaning(name: str) -> tuple[Meaning, str | None]:
    what = next(what for what in lexicon().whats if what.name == name)
    return Meaning(what=what, text=f"{what.labels[0]}:"), None
