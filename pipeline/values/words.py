"""Values from closed lists, read through noise, and free text.

A word is taken from the list when it is written there, or when only one listed word is near: then the
finding `value.corrected` says so. A word far from the list stays as it is read and is flagged. Nothing is
ever filled in for an empty place.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from pipeline.values.cleaning import clean, cut_prompts, join_apostrophes, part_words
from pipeline.values.fuzzy import nearest, spelling_cost
from pipeline.values.keys import canonical_tones, folded_key, squeeze, strip_marks
from pipeline.values.model import Candidate, Context, Normal
from pipeline.values.numberwords import spellings_below_hundred
from pipeline.values.syllables import join_broken, legal_syllables
from pipeline.values.vocabularies import (
    COUNTRIES,
    ETHNIC_GROUPS,
    ETHNIC_SPELLINGS,
    FOREIGN,
    RELATIONSHIPS,
    RELIGIONS,
    SEXES,
)

_MARGIN = 0.5  # the second nearest word must be this much farther


def _sure(near: Sequence[Candidate], limit: float) -> bool:
    if not near or near[0].cost > limit:
        return False
    return len(near) == 1 or near[1].cost - near[0].cost >= _MARGIN


def _limit(text: str) -> float:
    """How far a correction may reach: short words are near everything, so they may only lose marks."""
    letters = len(re.sub(r"\W", "", text))
    return 0.65 if letters <= 3 else 1.3 if letters <= 8 else 2.3


def _from_list(verbatim: str, text: str, vocabulary: Iterable[str]) -> Normal:
    near = nearest(text, vocabulary, limit=3.0)
    if near and near[0].cost == 0:
        return Normal(value=near[0].value, verbatim=verbatim)
    if _sure(near, _limit(text)):
        codes = ("value.corrected",)
        return Normal(value=near[0].value, verbatim=verbatim, findings=codes, candidates=near[1:])
    written = text[:1].upper() + text[1:]
    return Normal(
        value=written or None, verbatim=verbatim, valid=False, findings=("value.not_listed",), candidates=near
    )


def read_sex(verbatim: str, _context: Context | None = None) -> Normal:
    """`male` or `female`. Both words on the line, or neither, give no value."""
    text = re.sub(r"vi[eệ]t\s*nam", " ", folded_key(cut_prompts(clean(verbatim))))
    scores: dict[str, float] = {}
    tokens = re.findall(r"[^\W\d_]+", text)
    broken = "".join(tokens) in map(folded_key, SEXES)  # "Na m", in a narrow cell
    for token in ["".join(tokens)] if broken else tokens:
        for word, sex in SEXES.items():
            cost = spelling_cost(token, word)
            if cost <= (1.0 if len(token) > 1 else 0.0):
                scores[sex] = min(cost, scores.get(sex, 9.0))
    near = tuple(Candidate(value=v, cost=c) for v, c in sorted(scores.items(), key=lambda item: item[1]))
    if not _sure(near, 1.0):
        codes = ("value.unreadable",)
        return Normal(value=None, verbatim=verbatim, valid=False, findings=codes, candidates=near)
    corrected = near[0].cost > 0.3
    return Normal(
        value=near[0].value,
        verbatim=verbatim,
        findings=("value.corrected",) if corrected else (),
        candidates=near[1:],
    )


def read_ethnicity(verbatim: str, _context: Context | None = None) -> Normal:
    """An ethnic group in the spelling that is written; never a default."""
    text = join_apostrophes(cut_prompts(clean(verbatim))).strip(" .,'\"")
    if re.fullmatch(r"\S+\s*\([^)]*\)", text) and folded_key(text) not in map(folded_key, ETHNIC_SPELLINGS):
        text = text.split("(")[0].strip()
    known = (*ETHNIC_GROUPS, *ETHNIC_SPELLINGS, FOREIGN)
    last = re.fullmatch(r"([^\W\d_]{2,})\s?\d", text)  # the last letter in a narrow cell, read as a figure: "Kin 6"
    if last:
        begun = {
            word for word in known if len(word) == len(last[1]) + 1 and word.casefold().startswith(last[1].casefold())
        }
        if len(begun) == 1:
            return Normal(value=begun.pop(), verbatim=verbatim, findings=("value.corrected",))
    whole, keys = "".join(text.split()), set(map(folded_key, known))
    broken = folded_key(text) not in keys and folded_key(whole) in keys  # "Môn g", in a narrow cell
    read = _from_list(verbatim, whole if broken else text, known)
    head = None if read.valid else _before_a_country(text, keys)
    return read if head is None else Normal(value=head, verbatim=verbatim, findings=("value.corrected",))


def _before_a_country(text: str, keys: Container[str]) -> str | None:
    """The listed words at the head of a text that goes on with a country, or its end, or another label: where the label
    between them was misread, the nationality stands behind ("Kinh Qich Việt Nam", "Không QUỐ ỊCH: Việt")."""
    words = text.split()
    countries = {folded_key(country).split()[-1] for country in COUNTRIES} | {"việt"}
    goes_on = len(words) > 1 and (folded_key(words[-1]) in countries or any(":" in word for word in words))
    heads = (" ".join(words[:n]) for n in (3, 2, 1) if n < len(words))
    return next((head for head in heads if goes_on and folded_key(head) in keys), None)


def read_nationality(verbatim: str, _context: Context | None = None) -> Normal:
    """A country; other countries than the frequent ones stay as written."""
    text = re.sub(r"(?<=[^\W\d_])\s+[\d_]$", "", cut_prompts(clean(verbatim)).strip(" .,'\""))
    if strip_marks(folded_key(text)) in ("vn", "v n", "v.n", "viet nam", "vietnam", "viet-nam"):
        return Normal(value="Việt Nam", verbatim=verbatim)
    read = _from_list(verbatim, text, COUNTRIES)
    if read.valid:
        return read
    return Normal(value=_title(text), verbatim=verbatim, findings=read.findings, candidates=read.candidates)


def _title(text: str) -> str | None:
    return " ".join(w[:1].upper() + w[1:].lower() for w in text.split()) or None


def read_relationship(verbatim: str, _context: Context | None = None) -> Normal:
    """A relationship to the head of the household or to the child."""
    return _from_list(verbatim, cut_prompts(clean(verbatim)).strip(" .,'\"()").lower(), RELATIONSHIPS)


def read_religion(verbatim: str, _context: Context | None = None) -> Normal:
    """A religion; "Không" is an answer, not an empty place."""
    text = cut_prompts(clean(verbatim)).strip(" .,'\"()")
    read = _from_list(verbatim, text, RELIGIONS)
    head = None if read.valid else _before_a_country(text, set(map(folded_key, RELIGIONS)))
    if head is not None:
        listed = _from_list(verbatim, head, RELIGIONS).value
        return Normal(value=listed, verbatim=verbatim, findings=("value.corrected",))
    return read if read.valid else Normal(value=squeeze(text) or None, verbatim=verbatim, findings=read.findings)


_STRAY = re.compile(r"(?:\s+[\"'])+$")  # a ditto mark of the next line, a speck
_FEWEST_SIGNS = 2  # letters and digits of free text: one alone is a stroke, a rest of a stamp, or was not read


_CUT_WORD = re.compile(r"[^\W\d_] (?!cm|kg|km|tp)[bcdđghklmnpqrstvx]{1,2}$")  # "Hưu t": the rest of it was not read
_PLAIN_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")


# The short form of a kind of unit and its name, read as one word: "XĐồng Văn", "QCầu Giấy".
_JOINED_UNIT = re.compile(r"(?<![^\W_])([PQXHT])([^\W\d_])(?=[^\W\d_])")


def _apart(found: re.Match[str]) -> str:
    begins = found[2].isupper() and found.string[found.end()].islower()
    return f"{found[1]} {found[2]}" if begins else found[0]


def read_text(verbatim: str, _context: Context | None = None) -> Normal:
    """Free text, cleaned of leaders, as written."""
    read = _free(verbatim, _STRAY.sub("", cut_prompts(clean(verbatim))))
    if read.value is None or read.findings or not _CUT_WORD.search(read.value):
        return read
    return replace(read, findings=("value.odd_syllable",))


def read_place(verbatim: str, _context: Context | None = None) -> Normal:
    """An address or place as written: NFC, leaders gone, a comma once. A bare number is no place.

    Where commas have their spaces is a habit of the hand and stays: who compares places asks for their words.
    """
    text = _STRAY.sub("", part_words(join_apostrophes(cut_prompts(clean(verbatim)))))
    text = re.sub(r",(?:\s*,)+", ",", text)
    text = re.sub(r"(?<=[^\W\d_])(?:\s+-\s*|\s*-\s+)(?=[^\W_])", " - ", text)
    text = re.sub(r"\b([^\W\d_]{1,2}\.)(?=[^\W\d_]{2})", r"\1 ", text)  # an abbreviation and its name: "Q.Ba Đình"
    text = _JOINED_UNIT.sub(_apart, text)
    return _free(verbatim, text.strip(" ,;") if re.search(r"[^\W\d_]{2}", text) else "")


def _free(verbatim: str, text: str) -> Normal:
    text = join_broken(text)
    if sum(c.isalnum() for c in text) < _FEWEST_SIGNS:
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("value.unreadable",))
    # In small letters: names and short forms, which may be spelt otherwise, have capitals.
    plain = [word for word in _PLAIN_WORD.findall(text) if word.islower()]
    odd = any(canonical_tones(word) not in legal_syllables() for word in plain)
    return Normal(value=text, verbatim=verbatim, findings=("value.odd_syllable",) if odd else ())


def _whole_number(verbatim: str, low: int, high: int) -> Normal:
    text = folded_key(cut_prompts(clean(verbatim)))
    digits = re.search(r"(?<!\d)\d{1,4}(?!\d)", text)
    if digits:
        number = int(digits.group())
        if low <= number <= high:
            return Normal(value=str(number), verbatim=verbatim)
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("number.impossible",))
    words = re.sub(r"\(.*|\btuổi\b.*|\bcon\b.*|\btháng\b.*|[^\w\s]", " ", text)
    named = {w: n for n in range(max(low, 1), min(high, 99) + 1) for w in spellings_below_hundred(n)}
    near = nearest(words, named, limit=1.3)
    distinct = {named[c.value]: c.cost for c in reversed(near)}
    options = tuple(Candidate(value=str(n), cost=c) for n, c in sorted(distinct.items(), key=lambda i: i[1]))
    if _sure(options, 1.0):
        return Normal(value=options[0].value, verbatim=verbatim, candidates=options[1:])
    return Normal(value=None, verbatim=verbatim, valid=False, findings=("value.unreadable",), candidates=options)


def read_age(verbatim: str, _context: Context | None = None) -> Normal:
    """An age in years as digits: "25 tuổi", "hai mươi lăm tuổi"."""
    return _whole_number(verbatim, 0, 130)


def read_count(verbatim: str, _context: Context | None = None) -> Normal:
    """A small count as digits without leading zeros: "01", "1 (một)", "hai"."""
    return _whole_number(verbatim, 0, 99)


_WEIGHT = re.compile(
    r"(?P<n>\d{1,2}[.,\s]\d{3}|\d{3,4}|\d[.,]\d{1,3}|\d)\s*(?P<u>k[gqy]|ki-?lo\S*|k(?![a-z])|gram\S*|gam|gr|g)?"
    r"(?:\s*(?P<rest>\d{1,3})(?!\d))?"
)


def read_weight(verbatim: str, _context: Context | None = None) -> Normal:
    """A birth weight in grams as digits: "3.200 gam", "3,2 kg", "3 kg 200". 300 to 8,000 g are possible."""
    text = strip_marks(folded_key(cut_prompts(clean(verbatim))))
    match = _WEIGHT.search(text)
    if match is None:
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("value.unreadable",))
    number, unit = match.group("n"), match.group("u") or ""
    plain = re.sub(r"[.,\s]", "", number)
    if unit.startswith("k") and not re.fullmatch(r"\d{3,4}", number):
        grams = round(float(re.sub(r"[,\s]", ".", number)) * 1000) + int((match.group("rest") or "0").ljust(3, "0"))
    elif re.fullmatch(r"\d[.,]\d{1,2}", number):
        grams = round(float(number.replace(",", ".")) * 1000)  # "3,2" without a unit can only be kilograms
    else:
        grams = int(plain)
    if not 300 <= grams <= 8000:
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("number.impossible",))
    return Normal(value=str(grams), verbatim=verbatim)
