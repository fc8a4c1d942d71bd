"""What printed words mean: of whom they speak, what a header's cell asks, whose part a heading begins."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.forms.by_labels.wording import Meaning, Vocabulary, lexicon
from pipeline.forms.keys import fold
from pipeline.forms.search import Hit, PageText, Wordings, find

# All by trial, on papers of two makers.
FULL = 100.0  # likeness of what is the same
WORD_LIKE = 88.0  # likeness (rapidfuzz) of a person's words to what follows a label
SHORTEST_HEADING = 2  # letters
LAST, LAST_LIKE = 4, 70.0  # letters at a heading's end, which say whose it is; their likeness
_HEAD_NUMBER = re.compile(r"^\W*(?:[IVXL]{1,4}|\d|[A-Ha-h])\s*[.)\-]\s*")
_OF_HEADINGS = frozenset(
    map(fold, ["Phần", "ghi", "khai", "về", "thông", "tin", "của", "lời", "mục", "thuộc"])
)  # words before the person
HEADING_LIKE = 84.0  # likeness of a strip to a heading
SURE_LETTERS = 5  # letters from which a word may be misread
HOW_WELL = 4  # power of the score by which a worse read, longer wording gives way in a header
# A label by itself where writing goes on: letters at least, the share of them that known words are, and their score.
_LABEL_LONG, _LABEL_SHARE, _LABEL_SCORE = 10, 0.65, 0.92
LINE_SHARE = 0.62  # of a strip's letters that a heading or a table's header makes up
TAIL = 42  # characters behind a label in which its tail or its English may stand
SHORT = 4  # letters of labels that need a colon or the head of a strip, and a value like theirs


def person_after(text: str, end: int, vocabulary: Vocabulary) -> tuple[int, str | None, int]:
    """Where a label ends with the words of the person it speaks of, whose it is, and how many letters those are."""
    rest = text[end:]
    match = re.match(r"[\s,(]*(?:của\s+)?", rest, re.IGNORECASE)  # also of a label in capitals
    at = match.end() if match else 0
    stop = min((i for i in (rest.find(c, at) for c in ":;….") if i >= 0), default=len(rest))
    words = [(m.end(), fold(m.group())) for m in re.finditer(r"[^\W\d_]+(?:/[^\W\d_]+)?", rest[at:stop])]
    capital = rest[at : at + 1].isupper() and not text[:end].rstrip()[-1:].isupper()
    best: tuple[float, int, str, int] | None = None
    for count in range(min(6, len(words)), 0, -1):
        if capital and at + words[count - 1][0] < len(rest[:stop].rstrip()):
            continue  # "Họ và tên Mẹ Thị Ba" is a name, not a label
        key = "".join(w for _, w in words[:count])
        like, who = max(((fuzz.ratio(key, wording), name) for wording, name in vocabulary.words), default=(0.0, ""))
        good = like == FULL or (len(key) > SURE_LETTERS and like >= WORD_LIKE)
        if good and (best is None or like > best[0]):  # "người khai Lê …": the short name is none of the person's words
            best = like, end + at + words[count - 1][0], who, len(key)
    if best is not None:
        return best[1:]
    return end, None, 0


def after_tail(text: str, end: int) -> int:
    """Where a label ends with words that say nothing more: "Họ tên đầy đủ", "Dân tộc gì"."""
    words = [(end + m.end(), fold(m.group())) for m in re.finditer(r"\s+[^\W\d_]+", text[end : end + TAIL])]
    tails = {fold(tail) for tail in lexicon().print.tails}
    if words and text[words[0][0] - 1 : words[0][0]].isupper() and not text[:end].isupper():
        return end
    for count in range(min(4, len(words)), 0, -1):
        if "".join(w for _, w in words[:count]) in tails:
            return words[count - 1][0]
    return end


def heading(text: str, vocabulary: Vocabulary) -> str | None:
    """Whose part a line of this text heads: "II. Phần ghi về người mẹ"."""
    if not vocabulary.headings:
        return None
    said = [fold(word) for word in re.findall(r"[^\W\d_]+", _HEAD_NUMBER.sub("", text))]
    key = "".join(said)
    if len(key) < SHORTEST_HEADING:
        return None
    if key in vocabulary.headings:
        return vocabulary.headings[key]
    if key in vocabulary.captions or key in vocabulary.signers:
        return None
    persons = dict(vocabulary.words)
    rest = list(said)
    while rest and "".join(rest) not in persons and _is_of_headings(rest[0]):
        rest.pop(0)
    before = said[: len(said) - len(rest)]
    if _OF_HEADINGS.intersection(before) and (whose := persons.get("".join(rest))) is not None:
        return whose
    if len(key) <= SURE_LETTERS or key in persons:
        return None
    best = max(vocabulary.headings, key=lambda h: fuzz.ratio(key, h))
    sure = fuzz.ratio(key, best) >= HEADING_LIKE and fuzz.ratio(key[-LAST:], best[-LAST:]) >= LAST_LIKE
    return vocabulary.headings[best] if sure and len(best) > SURE_LETTERS else None


def _is_of_headings(word: str) -> bool:
    """Whether a word stands in headings before whose part it is, with one letter misread or lost: "Thông tn về"."""
    return word in _OF_HEADINGS or any(
        len(other) > SHORTEST_HEADING and Levenshtein.distance(word, other) == 1 for other in _OF_HEADINGS
    )


def meanings_in(
    text: str, vocabulary: Vocabulary, share: float = LINE_SHARE, least: float = 0.0
) -> list[tuple[Meaning, str | None]]:
    """What a table's header cell asks for, in its order: "Họ tên mẹ, năm sinh" is the mother's name and birth year.

    `share`: of the cell's letters that known words must be; `least`: their score.
    """
    keys = tuple(k for k in vocabulary.labels if len(k) > 1)
    size = len(fold(text))
    if not size:
        return []
    hits = []
    for hit in _hits_in(text, keys):
        meaning = vocabulary.labels[keys[hit.wording]]
        starts = hit.start == 0 or not text[hit.start - 1].isalnum()
        ends = hit.end >= len(text) or not text[hit.end].isalnum()
        if not (starts and ends) or hit.score < (1.0 if hit.length <= SHORT else least):
            continue
        end, who = after_tail(text, hit.end), meaning.who
        more = len(fold(text[hit.end : end]))
        if who is None:
            end, who, letters = person_after(text, end, vocabulary)
            more += letters
        hits.append((hit.score**HOW_WELL * (hit.length + more), hit.start, end, meaning, who))
    hits.sort(key=lambda h: -h[0])
    chosen: list[tuple[int, int, Meaning, str | None]] = []
    for _, start, end, meaning, who in hits:
        if all(end <= s or e <= start for s, e, _, _ in chosen):
            chosen.append((start, end, meaning, who))
    chosen.sort(key=lambda c: c[0])
    letters = sum(len(fold(text[s:e])) for s, e, _, _ in chosen)
    if letters < share * size:
        return []
    known = next((who for _, _, _, who in chosen if who), None)
    return [(meaning, who or known) for _, _, meaning, who in chosen]


@lru_cache(maxsize=512)
def _hits_in(text: str, keys: tuple[str, ...]) -> tuple[Hit, ...]:
    """Cells are asked about several times while a table is made out."""
    return tuple(find(Wordings(keys), PageText.of([text])))


def is_label(text: str, vocabulary: Vocabulary) -> bool:
    """Whether a piece of a line is a label, perhaps with whom it means, and not writing that has a label's word."""
    long = len(fold(text)) >= _LABEL_LONG
    return long and bool(meanings_in(text, vocabulary, share=_LABEL_SHARE, least=_LABEL_SCORE))
