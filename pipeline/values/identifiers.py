"""Numbers of people, papers and books.

The 12-digit personal id is PPP G YY NNNNNN: province of birth registration, century and sex, year of
birth, six random digits; it has no check digit. Leading zeros count: every number is text.
Source: TT 59/2021/TT-BCA Art. 4 for the structure; the G table is in universal use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.values.cleaning import clean, cut_prompts
from pipeline.values.keys import strip_marks
from pipeline.values.model import Candidate, Context, Normal

# The 63 provinces that stand in ids for ever; "0" + the statistics office's code of 2024.
_PROVINCES_OF_2024 = """
    01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 51
    52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96
"""
PROVINCE_PREFIXES = frozenset(f"0{code}" for code in _PROVINCES_OF_2024.split())
_DIGIT_OF = dict(zip("OoQDUIli|!]ZzSsBGbgqTA", "0000011111122558669974", strict=True))
_PASSPORT = re.compile(r"[A-Z][0-9]{7,8}")
_LABEL = re.compile(
    r"^(?:\W*(?:s[o0]|n[o0]|cmnd|cccd|cmt|gcmnd|can cuoc|dinh danh|ca nhan|quyen|cong dan|chung minh|"
    r"nhan dan|the)\b\W*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdStructure:
    """What a 12-digit personal id says by itself."""

    province: str  # "001"
    sex: str  # "male" | "female"
    birth_year: int

    @property
    def province_known(self) -> bool:
        """One of the 63 provinces; ids given abroad have prefixes from 100 on, which are taken as known."""
        return self.province in PROVINCE_PREFIXES or self.province >= "100"


def id_structure(number: str) -> IdStructure:
    """Takes a 12-digit id apart. Raises ValueError when it is not twelve digits."""
    if not re.fullmatch(r"[0-9]{12}", number):
        raise ValueError("a personal id is twelve digits")
    century_sex = int(number[3])
    return IdStructure(
        province=number[:3],
        sex="female" if century_sex % 2 else "male",
        birth_year=1900 + 100 * (century_sex // 2) + int(number[4:6]),
    )


def _without_label(text: str) -> str:
    plain = strip_marks(text)
    if len(plain) != len(text):
        return text
    label = _LABEL.match(plain)
    return text[label.end() :] if label and label.end() < len(text) else text


def _read_number(verbatim: str, length: int) -> Normal:
    text = _without_label(cut_prompts(clean(verbatim)))
    packed = re.sub(r"[\s.,\-–—'_]", "", text)
    runs = re.findall(r"[0-9]+", packed)
    exact = [run for run in runs if len(run) == length]
    if len(exact) == 1 and not re.search(rf"[0-9A-Za-z]{{{length + 1}}}", packed):
        return Normal(value=exact[0], verbatim=verbatim)
    fixed = "".join(_DIGIT_OF.get(c, c) for c in packed)
    slips = sum(a != b for a, b in zip(packed, fixed, strict=True))
    if re.fullmatch(rf"[0-9]{{{length}}}", fixed) and slips <= length // 3:
        near = (Candidate(value=fixed, cost=float(slips)),)
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("id.repaired",), candidates=near)
    inside = [Candidate(value=run, cost=1.0) for run in exact]
    return Normal(value=None, verbatim=verbatim, valid=False, findings=("id.length",), candidates=tuple(inside))


def read_personal_id(verbatim: str, _context: Context | None = None) -> Normal:
    """A 12-digit personal id. Letters that look like digits make a candidate, never a value."""
    return _read_number(verbatim, 12)


def read_old_national_id(verbatim: str, _context: Context | None = None) -> Normal:
    """A 9-digit CMND number. Letters that look like digits make a candidate, never a value."""
    return _read_number(verbatim, 9)


def read_identity_number(verbatim: str, context: Context | None = None) -> Normal:
    """The number of whichever paper proves who someone is: 12 digits, a CMND's 9, or a Vietnamese passport's."""
    text = re.sub(r"[\s.,\-–—'_]", "", _without_label(cut_prompts(clean(verbatim))))
    if _PASSPORT.fullmatch(text):
        return Normal(value=text, verbatim=verbatim)
    digits = sum(c.isdigit() for c in text)
    return read_old_national_id(verbatim, context) if digits <= 10 else read_personal_id(verbatim, context)


# What follows a number in its row: the form's name ("Mẫu số 01 (TT 04/2024/TT-BTP)"), the next number's label.
_BESIDE = re.compile(
    r"(?<=\d)\s+(?:m[aẫâ]u\s*(?:s[oốô]\s*)?\S*\d|t[ờơ]\s*(?:s[oốô]\s*)?:?\s*\d|trang\b|quy[eể]n\b|s[ổo]\s+[^\W\d_]).*$",
    re.IGNORECASE,
)
_PARTED = re.compile(r"\d{2}\s+\d{2}")


_IN_THREES = re.compile(r"\d{3}\.?\d{3}\.?\d{3}")


def read_document_number(verbatim: str, _context: Context | None = None) -> Normal:
    """A register or document number: "15/2021", "119/TLKS-BS", "01327.GCS.12096.25". Spaces are noise, but between two
    numbers of several digits they may part two acts': "76 77".
    """
    text = _BESIDE.sub("", _without_label(cut_prompts(clean(verbatim))))
    value = re.sub(r"\s*([/.\-])\s*", r"\1", text.replace("–", "-").replace("—", "-").replace("\\", "/"))
    parted = ("number.parted",) if _PARTED.search(value) else ()
    value = re.sub(r"(?<=\d)\s+(?=\d)", "", value).strip(" .,:;-/'\"()")
    if _IN_THREES.fullmatch(value):
        value = value.replace(".", "")  # a household book's nine digits, parted for the eye
    if not any(c.isdigit() for c in value):
        fixed = "".join(_DIGIT_OF.get(c, c) for c in value)
        near = (Candidate(value=fixed, cost=float(len(value))),) if fixed.isdigit() and len(value) < 4 else ()
        codes = ("value.unreadable",)
        return Normal(value=None, verbatim=verbatim, valid=False, findings=codes, candidates=near)
    head, mark, tail = value.partition("/")
    # "l5/2021": the act's own number is digits, so letters in it are digits misread.
    fixed = "".join(_DIGIT_OF.get(c, c) for c in head)
    if head != fixed and fixed.isdigit() and any(c.isdigit() for c in head):
        near = (Candidate(value=fixed + mark + tail, cost=1.0),)
        return Normal(value=value, verbatim=verbatim, findings=("id.repaired", *parted), candidates=near)
    value = value.upper() if tail and not tail.isdigit() else value
    return Normal(value=value, verbatim=verbatim, findings=parted)
