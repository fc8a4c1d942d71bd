"""Names of people: title case, NFC, one Đ. A name is never corrected; oddities are flagged."""

from __future__ import annotations

import re

from pipeline.values.cleaning import clean, cut_prompts, join_apostrophes, part_words
from pipeline.values.keys import canonical_tones, nfc
from pipeline.values.model import Context, Normal
from pipeline.values.syllables import join_broken, legal_syllables

_OTHER_NAME = re.compile(r"[(\[]|\s(?:tức|tuc|b[ií] danh|hay là|còn gọi|tên gọi khác)(?=\s|$|:)|/", re.IGNORECASE)
_TITLE = re.compile(r"^(?:CNHS|NHS|CN|BS\w*|ThS|TS|YS|ĐD\w*|KTV|DS)[.:]?\s+(?=\w)|^(?:[A-Z]{1,2}S|ĐD)\.\s*(?=\w)")
_OFFICE = re.compile(
    r"(?<=\w)\s*[,;]\s*(?:phó\s+)?(?:chủ tịch|chủ nhiệm|trưởng|thủ trưởng|giám đốc|[uủ][yỷ] viên|cán bộ|công chức)\b.*",
    re.IGNORECASE,
)  # behind the name of who signed: forms ask for both at once
_HYPHENS = str.maketrans({"–": "-", "—": "-"})
_ODD = re.compile(r"[^\w\s'\-]|[\d_]")
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"[^\W\d_]+")


def title_case(name: str) -> str:
    """Each syllable with a capital, also after hyphen and apostrophe: "NGUYỄN VĂN AN" -> "Nguyễn Văn An"."""
    return nfc(_WORD.sub(lambda m: m.group()[0].upper() + m.group()[1:].lower(), nfc(name)))


def read_name(verbatim: str, _context: Context | None = None) -> Normal:
    """A person's name in title case, otherwise letter for letter as read (i and y, tone places stay).

    Stray marks of leaders and ruling are taken off; another name beside it (tức, bí danh, brackets) stays
    in `verbatim` only and is flagged. An office behind a comma stays there too.
    """
    text = part_words(join_apostrophes(cut_prompts(clean(verbatim)).translate(_HYPHENS)))
    text = _TITLE.sub("", text)
    text = join_broken(_OFFICE.sub("", nfc(text)), capitals=True)
    codes: list[str] = []
    other = _OTHER_NAME.search(text)
    if other and other.start() > 0:
        codes.append("name.other_name")
        text = text[: other.start()]
    if re.search(r"\d", text):
        codes.append("name.odd_characters")
    text = re.sub(r"\s+", " ", _ODD.sub(lambda m: m.group() if m.group().isdigit() else " ", text))
    text = re.sub(r"(?<![^\W\d_])['\-]+|['\-]+(?![^\W\d_])", "", text).strip()
    if not _PIECE.search(text):
        return Normal(value=None, verbatim=verbatim, valid=False, findings=("value.unreadable",))
    value = title_case(" ".join(text.split()))
    if any(canonical_tones(s).lower() not in legal_syllables() for s in _PIECE.findall(value)):
        codes.append("name.odd_syllable")
    if " " not in value:
        codes.append("name.single_word")
    return Normal(value=value, verbatim=verbatim, findings=tuple(codes), valid="name.odd_characters" not in codes)
