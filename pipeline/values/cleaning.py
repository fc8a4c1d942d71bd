"""Takes off what the form and the reader left around a value: leaders, ruling, the next prompt.

Also knows the marks that stand for "nothing" and for "the same as above".
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from pipeline.values.keys import folded_key, squeeze, strip_marks

# Dotted and dashed leaders, as printed and as readers see them.
_LEADER = re.compile(r"(?:[.·•․‥…_]\s*){2,}|[…‥_]|(?:[.,;:·•…_~=\-–—]\s*){3,}")
# A ruling or a row of dots, read as one letter over and over.
_RULING = re.compile(r"\w?(?:([^\W\d_])\1{7,}|(\d)\2{12,})\w?")
_EDGE = " \t.,;:·•…_~=|\\*^`´!¡<>«»‹›[]{}"
_DITTO = frozenset(
    (
        '"', '""', "''", "“", "”", "„", "〃", '-"-', '- " -', "-''-", "-“-", "-”-",
        "nt", "-nt-", "- nt -", "n.t", "n/t", "-nt", "nt-", "như trên", "nhu tren", "- như trên -",
        "-như trên-",
    )
)  # fmt: skip
_BLANK = frozenset(("", "/", "//", "-", "--", "–", "—", "\\", "x", "xx", "o", "0", "x x", "/ /", "- -"))
_BLANK_WORDS = frozenset(
    (
        "không", "không có", "không rõ", "không xác định", "chưa rõ", "chưa có", "chưa xác định", "chưa cấp",
        "chưa đặt tên", "chưa có tên", "chưa đặt", "bỏ trống", "để trống", "trống",
    )
)  # fmt: skip
_PLAIN_BLANK_WORDS = frozenset(map(strip_marks, _BLANK_WORDS))  # readers lose marks; of one word they may be a name
# Prompts that follow a value in the same row of some form.
_PROMPTS = (
    "giới tính", "nam, nữ", "nam nữ", "nam/nữ", "dân tộc", "quốc tịch", "tôn giáo", "năm sinh", "ngày sinh",
    "ngày, tháng, năm sinh", "ngày tháng năm sinh", "sinh ngày", "nơi sinh", "quê quán", "nguyên quán",
    "nghề nghiệp", "nơi cư trú", "nơi thường trú", "quan hệ", "cmnd số", "cmnd", "cccd", "hộ chiếu số",
    "số định danh cá nhân", "giấy tờ tùy thân", "ghi bằng chữ", "bằng chữ", "viết bằng chữ", "tuổi",
    "quyển số", "ghi chú", "full name", "date of birth", "sex", "nationality", "place of origin",
    "place of residence", "date of expiry", "date of issue",
)  # fmt: skip


_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ", "'"))
_APOSTROPHE_GAP = re.compile(r"(?<=\b[^\W\d_])\s?'\s?(?=[^\W\d_])")


def _prompt_pattern() -> re.Pattern[str]:
    spelled = {strip_marks(prompt) for prompt in _PROMPTS}
    words = sorted(spelled, key=len, reverse=True)
    body = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?:^|(?<=[\s,;.(]))[(]?(?:{body})\s*[:：]", re.IGNORECASE)


_PROMPT = _prompt_pattern()
_OPENING_PROMPT = re.compile(_PROMPT.pattern.replace("(?:^|(?<=[\\s,;.(]))", "^"), re.IGNORECASE)


@lru_cache(maxsize=4096)
def clean(verbatim: str) -> str:
    """The value without leaders, ruling remains and white space; NFC. Single dots and dashes inside stay."""
    text = _RULING.sub(" ", squeeze(verbatim))
    text = _LEADER.sub(lambda m: " - " if re.fullmatch(r"\s*[-–—]\s*", m.group()) else " ", text)
    # A colon at the end may close the next prompt: `cut_prompts` needs it.
    return squeeze(text).lstrip(_EDGE).rstrip(_EDGE.replace(":", "")).strip()


def part_words(text: str) -> str:
    """Spaces where a reader ran words together: a capital after a small letter ("BảoTrang") or after a digit.

    No Vietnamese word has a capital inside, so nothing that was written is lost. A small letter among capitals
    ("QUốC", "TưỜNG") is a capital whose height was misread: a small one must follow as well.
    """
    out = list(text[:1])
    for n, (before, letter) in enumerate(pairwise(text), start=2):
        if letter.isupper() and (before.isdigit() or (before.islower() and text[n : n + 1].islower())):
            out.append(" ")
        out.append(letter)
    return "".join(out)


def join_apostrophes(text: str) -> str:
    """One apostrophe for all that are typed or read for it, without a gap behind it: "H’ Drai" -> "H'Drai".

    So are names of the Central Highlands written (Ia H'Drai, Cư M'gar, H'Hen Niê, K'Ho).
    """
    return _APOSTROPHE_GAP.sub("'", text.translate(_APOSTROPHES))


_PAPER = re.compile(r"(?:giay|the|so|theo)\s+(?:tuy than\s+)?$", re.IGNORECASE)


def cut_prompts(text: str) -> str:
    """The text without an opening prompt and from the next prompt on ("Nữ Dân tộc:" -> "Nữ").

    A paper that the value itself names ("Giấy CMND số: 0123…") is no prompt.

    Marks in prompts are ignored, since readers lose them; a colon must follow, since "Tuổi" may be a name.
    """
    plain = strip_marks(text)
    if len(plain) != len(text):
        return text
    opening = _OPENING_PROMPT.match(plain)
    start = opening.end() if opening else 0
    following = _PROMPT.search(plain, start)
    while following and _PAPER.search(plain, start, following.start()):
        following = _PROMPT.search(plain, following.end())
    return text[start : following.start() if following else len(text)].strip(_EDGE + " (").strip()


def is_ditto(verbatim: str) -> bool:
    """Whether the text is a repetition mark: `"`, `-nt-`, `như trên`."""
    key = folded_key(verbatim)
    return key in _DITTO or key.strip(" .,:;_…") in _DITTO


def is_blank(text: str, *, words: bool) -> bool:
    """Whether a cleaned text stands for "nothing": `/`, `-`; with `words` also "không", "chưa đặt tên"."""
    key = folded_key(text)
    said = key.strip(" .()")
    nothing = said in _BLANK_WORDS or (" " in said and strip_marks(said) in _PLAIN_BLANK_WORDS)
    return key in _BLANK or not any(c.isalnum() for c in key) or (words and nothing)
