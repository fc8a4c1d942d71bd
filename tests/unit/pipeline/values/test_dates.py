from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.values import INDEFINITE, Context, PartialDate, normalise

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2035, 12, 31))
FORMS = (
    "{d}/{m}/{y}", "{d:02}-{m:02}-{y}", "{d}.{m}.{y}", "Ngày {d:02} tháng {m:02} năm {y}",
    "..: {d} thang {m} nam {y}",
    "ngày {d}/{m}/{y} .....", "{d} / {m} / {y}", "Sinh ngày {d} tháng {m}, năm {y}",
)  # fmt: skip


@given(DAYS, st.sampled_from(FORMS))
@settings(deadline=None)
def test_any_date_is_read_in_any_usual_form(day: date, form: str) -> None:
    assert normalise("date", form.format(d=day.day, m=day.month, y=day.year)).value == day.isoformat()


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_text_makes_a_date_reader_fail_or_give_an_impossible_date(text: str) -> None:
    found = normalise("date", text)
    assert found.value in (None, INDEFINITE) or (found.date is not None and found.date.possible())


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("15/III/1990", "1990-03-15"),
        ("15/XII/1990", "1990-12-15"),
        ("20 VIII 1963", "1963-08-20"),
        ("28 IV 1978", "1978-04-28"),
        ("1957", "1957"),
        ("Sinh năm: 1957", "1957"),
        ("Ngày ... tháng ... năm 1957", "1957"),
        ("03/1990", "1990-03"),
        ("tháng 3 năm 1990", "1990-03"),
        ("08 giờ 30 phút, ngày 05 tháng 02 năm 2021", "2021-02-05"),
        ("Ngày 05 tháng 10, năm 19 57", "1957-10-05"),
        ("1990-03-15", "1990-03-15"),
    ],
)
def test_dates_keep_the_precision_they_are_written_with(text: str, iso: str) -> None:
    assert normalise("date", text).value == iso


def test_a_two_digit_year_is_of_the_only_century_that_is_past() -> None:
    bare = normalise("date", "15.3.90")
    assert (bare.value, bare.valid) == ("1990-03-15", True)
    assert "date.two_digit_year" in bare.findings


def test_a_low_two_digit_year_needs_a_century() -> None:
    assert normalise("date", "15.3.05").value is None
    assert normalise("date", "15.3.05", context=Context(century=1900)).value == "1905-03-15"


def test_both_centuries_are_offered_for_a_low_two_digit_year() -> None:
    assert {c.value for c in normalise("date", "15/3/05").candidates} == {"1905-03-15", "2005-03-15"}


@pytest.mark.parametrize(
    "text",
    [
        "Không thời hạn", "KHÔNG THỜI HẠN", "Khong thoi han", "Khỏng thời hạng", "Khôngthời hạn", "Vô thời hạn",
        "Có giá trị đến: Không thời hạn", "Không thời hạn 2",
    ],
)  # fmt: skip
def test_an_end_that_never_comes_is_indefinite_however_its_words_are_read(text: str) -> None:
    found = normalise("date", text)
    assert (found.value, found.valid) == (INDEFINITE, True)


@pytest.mark.parametrize("text", ["Thời hạn", "Có thời hạn", "trong thời hạn 5 năm", "Không thời hạn 15/3/2031"])
def test_words_that_set_an_end_are_not_indefinite(text: str) -> None:
    assert normalise("date", text).value != INDEFINITE


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("514/1984", {"1984-04-05"}),
        ("2112/1990", {"1990-12-21", "1990-12-02", "1990-02-21", "1990-02-02"}),
        ("0504 1984", {"1984-04-05"}),
        ("1 2/02/1991", {"1991-02-12"}),
        ("/4/1984", set()),
        ("2003.04.05", set()),
    ],
)
def test_digits_that_are_no_day_and_month_for_sure_are_candidates_and_never_the_year_alone(
    text: str, days: set[str]
) -> None:
    found = normalise("date", text)
    assert (found.value, found.valid, found.findings) == (None, False, ("date.parts_unclear",))
    assert {c.value for c in found.candidates} == days


def test_a_time_of_day_and_ink_behind_a_year_leave_the_year_as_it_is() -> None:
    assert normalise("date", "08 giờ 30 phút, năm 1957").value == "1957"
    assert normalise("date", "1957 0").value == "1957"


def test_a_year_is_sure_where_the_day_before_it_is_not() -> None:
    assert normalise("year", "514/1984").value == "1984"


def test_a_date_one_of_whose_points_was_not_seen_is_read_and_flagged() -> None:
    for text in ("09.071987", "0907.1987", "09071987"):
        found = normalise("date", text)
        assert (found.value, found.findings) == ("1987-07-09", ("date.separators_missing",))


def test_a_year_in_words_is_a_year_where_figures_are_asked_for() -> None:
    assert normalise("year", "Năm một ngàn chín trăm bốn mươi mốt").value == "1941"
    assert normalise("date", "một ngàn chín trăm tám mươi tư").value == "1984"


def test_lunar_dates_are_flagged_and_never_converted() -> None:
    for text in ("15/8/1957 (âm lịch)", "15/8/1957 (ÂL)", "15-8-1957 AL", "Canh Ngọ", "rằm tháng 8 năm 1957"):
        found = normalise("date", text)
        assert found.value is None and "date.lunar" in found.findings
        assert found.date is not None and found.date.calendar == "lunar"


def test_an_impossible_date_offers_the_dates_one_misread_digit_away() -> None:
    found = normalise("date", "Ngày 31 tháng 2 năm 1990")
    assert found.value is None and not found.valid
    assert "1990-07-31" in {c.value for c in found.candidates}


def test_a_date_without_a_year_has_no_value() -> None:
    found = normalise("date", "Ngày 15 tháng 03")
    assert found.value is None and "date.year_missing" in found.findings


def test_letters_that_look_like_digits_are_read_and_flagged() -> None:
    found = normalise("date", "l5/O3/199O")
    assert found.value == "1990-03-15" and "date.repaired" in found.findings


def test_a_date_after_the_latest_possible_day_is_flagged_not_changed() -> None:
    found = normalise("date", "15/3/2031", context=Context(latest=date(2026, 1, 1)))
    assert found.value == "2031-03-15" and "date.out_of_range" in found.findings


def test_a_birth_year_is_the_year_of_a_whole_date() -> None:
    assert normalise("year", "15/3/1960").value == "1960"


@pytest.mark.parametrize(("text", "clock"), [("08 giờ 30 phút", "08:30"), ("8h05", "08:05"), ("20:15", "20:15")])
def test_times_of_day_are_read(text: str, clock: str) -> None:
    assert normalise("time_of_birth", text).value == clock


def test_missing_minutes_are_not_made_up() -> None:
    found = normalise("time", "20 giờ")
    assert found.value is None and found.findings == ("time.minutes_missing",)


def test_a_partial_date_knows_its_precision() -> None:
    assert PartialDate(year=1957).iso == "1957"
    assert PartialDate(year=1957, month=3).precision == "month"
    assert PartialDate(year=1957, month=3, day=8, calendar="lunar").iso is None
    assert not PartialDate(year=1957, month=2, day=29).possible()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ngày 03 tháng 05 năm /999", "1999-05-03"),
        ("ngày 1/ tháng 11 năm 2015", "2015-11-11"),
        ("ngày /5 tháng 4 năm 1960", "1960-04-15"),
        ("Ngày 2/tháng 01 năm 2020", "2020-01-21"),
        ("ngày 2/ tháng / năm 2020", "2020-01-21"),
    ],
)
def test_a_stroke_between_printed_words_is_a_clerks_one_and_said_to_be_repaired(text: str, value: str) -> None:
    found = normalise("date", text)
    assert found.value == value and "date.repaired" in found.findings


def test_a_stroke_between_numbers_parts_them() -> None:
    assert normalise("date", "5/4/1984").value == "1984-04-05"


def test_a_day_that_touches_the_printed_word_behind_it_is_the_day() -> None:
    read = normalise("date", "Ngày 20tháng 5 năm 1997")
    assert (read.value, read.findings) == ("1997-05-20", ())
