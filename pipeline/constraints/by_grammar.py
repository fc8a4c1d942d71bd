"""What a field of each grammar can contain: a lexicon where it is made of words, a pattern where a rule fixes it.

Patterns follow `pipeline.values`, which reads the same forms: dates and their words (`docs/glossary.md`, section
Dates), the personal id with the prefix of a province (Thông tư 59/2021/TT-BCA, Điều 4), closed lists of ethnic groups,
countries, relationships, religions, sexes. Other text (a note, another form of date) fits no pattern: then the plain
reading is the only one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from pipeline.constraints.letters import WithLetters, letters
from pipeline.constraints.lexicons import lexicon, names
from pipeline.constraints.patterns import Part, Pattern, any_of, many, maybe, one_of, sequence
from pipeline.domain.recognition import Wording
from pipeline.values.identifiers import PROVINCE_PREFIXES
from pipeline.values.vocabularies import (
    COUNTRIES,
    ETHNIC_GROUPS,
    ETHNIC_SPELLINGS,
    RELATIONSHIPS,
    RELIGIONS,
    SEXES,
)

_DIGIT = any_of("0123456789")
_EDGE = many(any_of(" .,:;-_'\""))  # what leaders and prompts leave beside a value
_GAP = many(" ")


@cache
def wording(grammar: str) -> Wording | None:
    """What a field of the grammar can contain, or None where that is anything."""
    rule = _RULES.get(grammar)
    if rule is not None:
        return Pattern(sequence(_EDGE, rule(), _EDGE))
    words = names() if grammar == "name" else lexicon(grammar)
    return None if words is None else WithLetters(words, letters())


def _personal_id() -> Part:
    """Province or country of registration, century and sex, year of birth, six digits; gaps anywhere."""
    countries = (sequence(any_of("123456789"), _GAP, _DIGIT, _GAP, _DIGIT),)
    provinces = (_spaced(prefix) for prefix in sorted(PROVINCE_PREFIXES))
    return sequence(one_of(*provinces, *countries), _GAP, any_of("0123"), *(8 * (_GAP, _DIGIT)))


def _spaced(digits: str) -> Part:
    return sequence(*(part for digit in digits for part in (digit, _GAP)))


def _old_national_id() -> Part:
    return sequence(*(9 * (_DIGIT, _GAP)))


def _numbers(first: int, last: int) -> Part:
    """Numbers with and without a leading zero."""
    texts = {form for n in range(first, last + 1) for form in (str(n), f"{n:02d}")}
    return one_of(*sorted(texts))


def _year() -> Part:
    century = one_of(sequence("18", any_of("56789")), sequence("19", _DIGIT), sequence("20", any_of("01234")))
    return sequence(century, _DIGIT)


_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_LENGTHS = ((31, (1, 3, 5, 7, 8, 10, 12)), (30, (4, 6, 9, 11)), (29, (2,)))


def _date() -> Part:
    """Day, month and year; month and year; the year; or no end. Days as many as the month has."""
    stroke = sequence(_GAP, any_of("/-.,"), _GAP)
    word = sequence(_GAP, "tháng", _GAP)
    year = one_of(_year(), sequence(_DIGIT, _DIGIT))
    before_year = one_of(stroke, sequence(_GAP, "năm", _GAP), sequence(_GAP, ",", _GAP, "năm", _GAP))
    days = [sequence(_numbers(1, last), one_of(stroke, word), _months(months)) for last, months in _LENGTHS]
    full = sequence(maybe(sequence("ngày", _GAP)), one_of(*days), before_year, year)
    month = sequence(maybe(sequence("tháng", _GAP)), _months(range(1, 13)), before_year, _year())
    return one_of(full, month, sequence(maybe(sequence("năm", _GAP)), _year()), "không thời hạn")


def _months(months: range | tuple[int, ...]) -> Part:
    return one_of(*(form for m in months for form in dict.fromkeys((str(m), f"{m:02d}", _ROMAN[m - 1]))))


_ONES = ("một", "hai", "ba", "bốn", "năm", "sáu", one_of("bảy", "bẩy"), "tám", "chín")
_AFTER_TEN = ("một", "hai", "ba", "bốn", one_of("lăm", "nhăm", "năm"), "sáu", one_of("bảy", "bẩy"), "tám", "chín")
_AFTER_TENS = (one_of("mốt", "một"), "hai", "ba", one_of("tư", "bốn"), *_AFTER_TEN[4:])


def _below_hundred(last: int) -> Part:
    """1 to `last` in words."""
    numbers: list[Part | str] = [*_ONES, "mười", *(sequence("mười ", unit) for unit in _AFTER_TEN)]
    for tens in range(2, last // 10 + 1):
        head = sequence(_ONES[tens - 1], maybe(" "), one_of("mươi", "mười"))
        numbers += [head, *(sequence(head, " ", unit) for unit in _AFTER_TENS)]
    return one_of(*numbers[:last])


def _date_words() -> Part:
    comma = sequence(maybe(","), " ")
    thousand = one_of("nghìn", "ngàn")
    rest = one_of(_below_hundred(99), sequence(one_of("linh", "lẻ"), " ", one_of(*_ONES)))
    old = sequence("một ", thousand, " ", one_of("chín", "tám"), " trăm", maybe(sequence(" ", rest)))
    new = sequence("hai ", thousand, maybe(" không trăm"), maybe(sequence(" ", rest)))
    month = one_of("giêng", "chạp", "tư", _below_hundred(12))
    day = sequence(maybe(one_of("ngày ", "mồng ", "mùng ", "ngày mồng ", "ngày mùng ")), _below_hundred(31), comma)
    full = sequence(maybe(day), "tháng ", month, comma, "năm ", one_of(old, new))
    return one_of(full, sequence(maybe("năm "), one_of(old, new)))


def _time() -> Part:
    hour, minute = _numbers(0, 24), _numbers(0, 59)
    worded = sequence(hour, _GAP, one_of("giờ", "h", "g"), _GAP, maybe(sequence(minute, _GAP, maybe("phút"))))
    return one_of(worded, sequence(hour, _GAP, ":", _GAP, minute))


_RULES: dict[str, Callable[[], Part]] = {
    "personal_id": _personal_id,
    "old_national_id": _old_national_id,
    "date": _date,
    "date_words": _date_words,
    "year": lambda: one_of(_date(), _year()),
    "time": _time,
    "time_of_birth": _time,
    "age": lambda: sequence(_numbers(0, 120), maybe(" tuổi")),
    "count": lambda: one_of(_numbers(0, 20), *_ONES),
    "sex": lambda: sequence(maybe("con "), one_of(*SEXES)),
    "ethnicity": lambda: one_of(*ETHNIC_GROUPS, *ETHNIC_SPELLINGS),
    "nationality": lambda: one_of(*COUNTRIES, "VN", "V.N", "Việt-Nam"),
    "relationship": lambda: one_of(*RELATIONSHIPS),
    "religion": lambda: one_of(*RELIGIONS),
}
