"""Vietnamese number words as civil-status papers write dates: the writer and all spellings a reader accepts.

Source of the variants: the prompts and practice in birth registers ("mồng/mùng", "lăm/nhăm", "linh/lẻ",
"nghìn/ngàn", "giêng", "chạp", "tư", "mốt", "chục").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordStyle:
    """How a clerk writes a date out. Each attribute is a word he prefers.

    `day_prefix` ("", "mùng", "mồng") stands before days 1 to 10; `hundred_gap` writes "không trăm"
    in years from 2001 on; `comma` puts commas between the parts; `old_months` writes "giêng", "chạp".
    """

    thousand: str = "nghìn"
    zero_ten: str = "linh"
    four: str = "tư"
    five: str = "lăm"
    day_prefix: str = ""
    hundred_gap: bool = True
    comma: bool = False
    old_months: bool = False


STANDARD = WordStyle()


def below_hundred(number: int, style: WordStyle = STANDARD) -> str:
    """1 to 99 in words. Raises ValueError outside."""
    if not 1 <= number <= 99:
        raise ValueError("only 1 to 99 are written here")
    tens, ones = divmod(number, 10)
    if tens == 0:
        return DIGITS[ones]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if ones == 0:
        return head
    tail = DIGITS[ones]
    if ones == 5:
        tail = style.five if tens > 1 else "lăm"
    elif tens > 1 and ones == 1:
        tail = "mốt"
    elif tens > 1 and ones == 4:
        tail = style.four
    return f"{head} {tail}"


def year_in_words(year: int, style: WordStyle = STANDARD) -> str:
    """A year from 1001 to 2999 in words, without the word "năm" before it."""
    thousands, rest = divmod(year, 1000)
    hundreds, tail = divmod(rest, 100)
    words = [DIGITS[thousands], style.thousand]
    if hundreds or (tail and style.hundred_gap):
        words += [DIGITS[hundreds], "trăm"]
    if 1 <= tail <= 9:
        words.append(style.zero_ten)
    if tail:
        words.append(below_hundred(tail, style))
    return " ".join(words)


def month_in_words(month: int, style: WordStyle = STANDARD) -> str:
    """A month in words, without "tháng"."""
    if style.old_months and month in (1, 12):
        return "giêng" if month == 1 else "chạp"
    return "tư" if month == 4 else below_hundred(month, style)


def date_in_words(day: date, style: WordStyle = STANDARD) -> str:
    """A date as a register writes it out: "Ngày mười lăm tháng ba năm một nghìn chín trăm chín mươi"."""
    number = below_hundred(day.day, style)
    if style.day_prefix and day.day <= 10:
        number = f"{style.day_prefix} {number}"
    joint = ", " if style.comma else " "
    parts = (
        f"Ngày {number}",
        f"tháng {month_in_words(day.month, style)}",
        f"năm {year_in_words(day.year, style)}",
    )
    return joint.join(parts)


def _ones_after_ten(ones: int, tens: int) -> tuple[str, ...]:
    if ones == 5:
        return ("lăm", "năm", "nhăm")
    if tens > 1 and ones == 1:
        return ("mốt", "một")
    if tens > 1 and ones == 4:
        return ("tư", "bốn")
    if ones == 7:
        return ("bảy", "bẩy")
    return (DIGITS[ones],)


@cache
def spellings_below_hundred(number: int) -> tuple[str, ...]:
    """Every accepted way to write 1 to 99."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return ("bảy", "bẩy") if ones == 7 else ("bốn", "tư") if ones == 4 else (DIGITS[ones],)
    if tens == 1:
        return tuple(f"mười {o}" for o in _ones_after_ten(ones, 1)) if ones else ("mười",)
    names = ("bảy", "bẩy") if tens == 7 else (DIGITS[tens],)
    if ones == 0:
        return tuple(f"{n} {t}" for n in names for t in ("mươi", "chục"))
    return tuple(f"{n}{t} {o}" for n in names for t in (" mươi", "") for o in _ones_after_ten(ones, tens))


@cache
def spellings_of_day(day: int) -> tuple[str, ...]:
    """Every accepted way to write a day of the month, without "ngày"."""
    plain = spellings_below_hundred(day)
    if day > 10:
        return plain
    return plain + tuple(f"{p} {w}" for p in ("mùng", "mồng") for w in plain)


@cache
def spellings_of_month(month: int) -> tuple[str, ...]:
    """Every accepted way to write a month, without "tháng"."""
    extra = {1: ("giêng",), 12: ("chạp",)}.get(month, ())
    return spellings_below_hundred(month) + extra


@cache
def spellings_of_year(year: int) -> tuple[str, ...]:
    """Every accepted way to write a year, without "năm" before it."""
    thousands, rest = divmod(year, 1000)
    hundreds, tail = divmod(rest, 100)
    heads: list[str] = []
    for thousand in ("nghìn", "ngàn"):
        start = f"{DIGITS[thousands]} {thousand}"
        heads.append(f"{start} {DIGITS[hundreds]} trăm")
        if not hundreds:
            heads.append(start)
    if tail == 0:
        tails: tuple[str, ...] = ("",)
    elif tail <= 9:
        tails = tuple(f" {z} {w}" for z in ("linh", "lẻ") for w in spellings_below_hundred(tail))
    else:
        tails = tuple(f" {w}" for w in spellings_below_hundred(tail))
    full = [head + end for head in heads for end in tails]
    digits = [DIGITS[int(c)] for c in str(year)]
    last = {4: ("bốn", "tư"), 5: ("năm", "lăm"), 7: ("bảy", "bẩy")}.get(year % 10, (digits[-1],))
    return (*full, *(" ".join((*digits[:-1], ones)) for ones in last))
