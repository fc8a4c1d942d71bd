"""The machine-readable zone of chip cards: ICAO 9303 part 5, size TD1, three lines of thirty.

    line 1  IDVNM ddddddddd c pppppppppppp << c     last nine digits of the id; the id; check digits
    line 2  yymmdd c M|F yymmdd c VNM <*11 c        birth, sex, expiry, composite check
    line 3  SURNAME<<MIDDLE<GIVEN                   no marks, Đ as D

The id stands twice, and birth year and sex stand in it once more. The century of birth comes from the id. A card
without an end has 31 December 2099 as its expiry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from rapidfuzz.distance import Levenshtein

from pipeline.codes.model import Mrz
from pipeline.codes.repair import CHECKS, settle
from pipeline.values import INDEFINITE, id_structure, legal_syllables, strip_marks

LENGTH = 30  # characters of a line
_WEIGHTS = (7, 3, 1)  # ICAO 9303 part 3
_NO_END = "991231"  # the expiry of a card "Không thời hạn"
_NAME_LETTERS = 10  # letters of a name of which one may be misread; by trial
_FILLER_LIKE = str.maketrans(
    {"«": "<<", "»": "<<", "‹": "<", "›": "<", "(": "<", "{": "<", "[": "<", "≤": "<", "*": "<"}
)
_TO_DIGIT = str.maketrans("OQDUCILJTZASGB", "00000111724568")
_TO_LETTER = str.maketrans("01256789", "OIZSGTBG")


def check_digit(data: str) -> int:
    """ICAO 9303 check digit: weights 7, 3, 1, digits as they are, A=10 to Z=35, filler 0, modulo 10."""
    total = 0
    for place, char in enumerate(data):
        value = int(char) if char.isdigit() else 0 if char == "<" else ord(char) - ord("A") + 10
        total += value * _WEIGHTS[place % 3]
    return total % 10


def parse_td1(lines: Sequence[str]) -> Mrz | None:
    """The zone that these three lines were meant to be, or None when they are not a Vietnamese TD1 zone.

    Characters are brought into their class by position (O to 0 where only digits stand); where check digits
    still disagree, one digit is changed beyond those the doubled id decides, and only when exactly one change
    makes everything agree. Else the zone is returned with `valid=False`.
    """
    raw = tuple(lines)
    if len(raw) != 3:
        return None
    tidy = [_tidy(line) for line in raw]
    first, second = _first_line(tidy[0]), _second_line(tidy[1])
    if first is None or second is None:
        return None
    third = _name_line(tidy[2])
    settled = settle(first, second)
    if settled is not None:
        first, second = settled
    read = (tidy[0][:LENGTH].ljust(LENGTH, "<"), tidy[1][:LENGTH].ljust(LENGTH, "<"))
    repaired = sum(
        a != b for old, new in zip(read, (first, second), strict=True) for a, b in zip(old, new, strict=True)
    )
    personal_id = first[15:27]
    surname, _, given = third.partition("<<")
    return Mrz(
        lines=(first, second, third),
        raw=raw,
        repaired=repaired,
        valid=settled is not None,
        personal_id=personal_id if personal_id.isdigit() else "",
        date_of_birth=_birth(second[:6], personal_id),
        sex={"M": "male", "F": "female"}.get(second[7], ""),
        date_of_expiry=_expiry(second[8:14]),
        surname=surname.replace("<", " ").strip(),
        given_names=" ".join(given.replace("<", " ").split()),
    )


def _tidy(line: str) -> str:
    return re.sub(r"[^A-Z0-9<]", "", strip_marks(line).upper().translate(_FILLER_LIKE))


def _digits(text: str) -> str:
    return text.translate(_TO_DIGIT)


def _first_line(line: str) -> str | None:
    """Line 1 with every place in its class, or None when it does not begin like IDVNM."""
    start = re.search(r"[I1LT][D0O]V[NHM][MN]", line[:9])
    if start is None:
        return None
    body = line[start.end() :]
    digits, tail = _digits(body[:22]), body[22:]
    if len(digits) < 22 or not digits.isdigit():
        return None
    check = next((c for c in reversed(_digits(tail)) if c.isdigit()), "0")
    return f"IDVNM{digits}<<{check}"


def _second_line(line: str) -> str | None:
    """Line 2 with every place in its class, or None when it is too far from one."""
    # The nationality is the surest anchor: readers like to double the line's first character.
    match = re.search(r"(.{7})([MFNHWE<PKR])(.{7})(?=V[NHM][MN])", line) or re.match(
        r"(.{7})([MFNHWE<PKR])(.{7})(?=.{3})", line
    )
    if match is None:
        return None
    birth, expiry = _digits(match.group(1)), _digits(match.group(3))
    if not (birth.isdigit() and expiry.isdigit()):
        return None
    sex = {"N": "M", "H": "M", "W": "M", "P": "F", "E": "F", "R": "F", "K": "<"}.get(match.group(2), match.group(2))
    rest = line[match.end() + 3 :]
    last = _digits(rest[-1:]) if len(rest) > 6 else ""
    check = last if last.isdigit() else "0"
    return f"{birth}{sex}{expiry}VNM{'<' * 11}{check}"


def _name_line(line: str) -> str:
    letters = line.translate(_TO_LETTER)
    # After two fillers and the given names, what is left can only be filler; readers see K, C, L, E, S in it.
    letters = re.sub(r"<[<KCLESG]*$", "", letters)
    words = [_spelled(word, first=place == 0) for place, word in enumerate(letters.split("<"))]
    return "<".join(words)[:LENGTH].ljust(LENGTH, "<")


@cache
def _plain_syllables() -> frozenset[str]:
    return frozenset(strip_marks(syllable).upper() for syllable in legal_syllables())


def _spelled(word: str, *, first: bool) -> str:
    """The word, or the one Vietnamese syllable it was if a reader's habit explains the difference.

    The name line has no check digit, but fillers read as K (SONK), a doubled first letter (NNGUYEN) and I
    taken for L (TLEN) leave no syllable. Words that are no syllable for other reasons stay: such names exist.
    """
    if not word or word in _plain_syllables():
        return word
    options = {word[:-1]} if word[-1] in "KCELSG" else set()
    if first and word[:1] == word[1:2]:
        options.add(word[1:])
    for read, meant in (("L", "I"), ("I", "L")):
        options |= {word[:i] + meant + word[i + 1 :] for i, char in enumerate(word) if char == read}
    legal = options & _plain_syllables()
    return legal.pop() if len(legal) == 1 else word


def _iso(yymmdd: str, century: int) -> str:
    try:
        return date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])).isoformat()
    except ValueError:
        return ""


def _birth(yymmdd: str, personal_id: str) -> str:
    if not personal_id.isdigit():
        return ""
    return _iso(yymmdd, id_structure(personal_id).birth_year // 100 * 100)


def _expiry(yymmdd: str) -> str:
    return INDEFINITE if yymmdd == _NO_END else _iso(yymmdd, 2000)


def compose_td1(personal_id: str, birth: date, sex: str, expiry: date, name: str) -> tuple[str, str, str]:
    """The three lines for a card, with all check digits. `sex` is male or female; `name` may carry marks.

    The first word of the name is the surname. Raises ValueError when the id is not twelve digits.
    """
    id_structure(personal_id)
    first = f"IDVNM{personal_id[3:]}{check_digit(personal_id[3:])}{personal_id}<<"
    first += str(check_digit(first[15:29]))
    born, ends = f"{birth:%y%m%d}", f"{expiry:%y%m%d}"
    second = f"{born}{check_digit(born)}{'F' if sex == 'female' else 'M'}{ends}{check_digit(ends)}VNM{'<' * 11}"
    composite = first[5:] + second[:7] + second[8:15] + second[18:29]
    return first, second + str(check_digit(composite)), name_line(name)


def name_line(name: str) -> str:
    """The third line for a name, which may carry marks: the first word is the surname. Cut or filled to its length."""
    words = re.sub(r"[^A-Z ]", "", strip_marks(name).upper()).split()
    line = (words[0] + "<<" + "<".join(words[1:])) if words else ""
    return line[:LENGTH].ljust(LENGTH, "<")


def checks_hold(first: str, second: str) -> bool:
    """Whether all five check digits and the doubled id agree."""
    both = first + second
    return first[5:14] == first[18:27] and all(
        both[at] == str(check_digit("".join(both[i] for i in places))) for places, at in CHECKS
    )


def names_agree(mrz: Mrz, name: str) -> bool:
    """Whether a Vietnamese name and the zone's may be the same: marks off, Đ as D, cut off at 30 places.

    One misread letter in ten is forgiven, since the name has no check digit; a filler read as K too.
    """
    full = name_line(name).rstrip("<")
    if not full:
        return False
    return Levenshtein.distance(full, mrz.lines[2].rstrip("<")) <= max(1, len(full) // _NAME_LETTERS)


def name_is_plausible(mrz: Mrz) -> bool:
    """Whether the third line is a surname and given names of Vietnamese syllables; it has no check digit to tell."""
    words = mrz.name.split()
    return bool(mrz.surname and mrz.given_names) and all(word in _plain_syllables() for word in words)
