"""What a field of each grammar may say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.constraints.by_grammar import wording
from pipeline.constraints.letters import WithLetters
from pipeline.constraints.patterns import Pattern
from pipeline.values import GRAMMARS, normalise
from pipeline.values.numberwords import WordStyle, date_in_words
from pipeline.values.vocabularies import COUNTRIES, ETHNIC_GROUPS, RELATIONSHIPS, RELIGIONS

DAYS = st.dates(date(1860, 1, 1), date(2040, 12, 31))
STYLES = st.builds(
    WordStyle,
    thousand=st.sampled_from(["nghìn", "ngàn"]),
    zero_ten=st.sampled_from(["linh", "lẻ"]),
    four=st.sampled_from(["tư", "bốn"]),
    five=st.sampled_from(["lăm", "nhăm"]),
    day_prefix=st.sampled_from(["", "mùng", "mồng"]),
    hundred_gap=st.booleans(),
    comma=st.booleans(),
    old_months=st.booleans(),
)
WRITTEN = ["{0:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{0:%d-%m-%Y}", "{0:%d.%m.%Y}", "Ngày {0:%d tháng %m năm %Y}",
           "{0.day} tháng {0.month} năm {0.year}", "{0:%d/%m/%y}", "{0:%m/%Y}", "{0:%Y}"]  # fmt: skip


def pattern(grammar: str) -> Pattern:
    found = wording(grammar)
    assert isinstance(found, Pattern)
    return found


@pytest.mark.parametrize("grammar", sorted(GRAMMARS))
def test_every_grammar_has_a_pattern_a_lexicon_or_says_anything(grammar: str) -> None:
    assert isinstance(wording(grammar), Pattern | WithLetters | None)


@given(DAYS, st.sampled_from(WRITTEN))
def test_every_date_of_the_calendar_can_be_written_in_figures(day: date, form: str) -> None:
    assert pattern("date").allows(form.format(day))


@given(DAYS, STYLES)
def test_every_date_can_be_written_out_in_every_clerks_words(day: date, style: WordStyle) -> None:
    assert pattern("date_words").allows(date_in_words(day, style))


@pytest.mark.parametrize("text", ["31/4/1990", "30/02/1990", "32/1/1990", "1/13/1990", "15/3/1290", "15/3", "Hà Nội"])
def test_what_no_calendar_has_is_no_date(text: str) -> None:
    assert not pattern("date").allows(text)


@given(st.from_regex(r"0(?:01|48|79|96)[0-3][0-9]{8}", fullmatch=True), st.sampled_from(["", " "]))
def test_an_id_of_a_province_is_allowed_with_and_without_gaps(number: str, gap: str) -> None:
    assert pattern("personal_id").allows(gap.join((number[:3], number[3:6], number[6:])))


@pytest.mark.parametrize("text", ["003085012345", "00108501234", "0010850123456", "001985012345", "O01085012345"])
def test_an_id_with_a_wrong_length_prefix_century_or_letter_is_not(text: str) -> None:
    assert not pattern("personal_id").allows(text)


@pytest.mark.parametrize(
    ("grammar", "values"),
    [("ethnicity", ETHNIC_GROUPS), ("nationality", COUNTRIES), ("relationship", RELATIONSHIPS),
     ("religion", RELIGIONS), ("sex", ("Nam", "Nữ", "Con trai")),
     ("nationality", ("VN", "Việt-Nam"))],
)  # fmt: skip
def test_a_listed_value_is_allowed_and_another_is_not(grammar: str, values: tuple[str, ...]) -> None:
    assert all(pattern(grammar).allows(value) and pattern(grammar).allows(f": {value.upper()}.") for value in values)
    assert not pattern(grammar).allows("Kính") and not pattern(grammar).allows(f"{values[0]} {values[1]} x")


@given(DAYS, st.sampled_from(WRITTEN[:6]))
def test_what_the_pattern_of_dates_allows_has_a_normal_form(day: date, form: str) -> None:
    assert normalise("date", form.format(day)).value == day.isoformat()
