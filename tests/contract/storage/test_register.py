"""Loading a population and finding people in it by damaged descriptions; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.errors import InputError
from pipeline.domain.model import FieldValue
from pipeline.settling.register import Agreement, Claim, Claims, RegisterAnswer
from pipeline.values.comparison import Level
from storage.database import Database
from storage.register import SqlRegister, load_register
from tests.contract.conftest import MakeDatabase
from tests.contract.storage.samples import BOX
from tests.making.traces import traced

HEADING = (
    "personal_id,old_national_id,full_name,date_of_birth,sex,ethnicity,place_of_origin,residence,"
    "father_name,mother_name,household_number,deceased"
)
#: An invented ward: a family with twins, two people of one name and day, a year-only birth, a dead woman.
WARD = """\
001085000011,011111111,Nguyễn Văn Hoà,1985-03-08,male,Kinh,Xã An Lạc,,Nguyễn Văn Bốn,Trần Thị Cúc,100200300,
001185000012,,Trần Thị Thúy,1985-03-08,female,Kinh,"Xã Tân Mỹ",,,,,
001210000013,,Phạm Minh An,2010-05-17,male,Tày,"Xã An Lạc, Hà Nội",,Phạm Văn Lực,Đỗ Thị Sen,100200301,
001210000014,,Phạm Minh Em,2010-05-17,male,Tày,"Xã An Lạc, Hà Nội",,Phạm Văn Lực,Đỗ Thị Sen,100200301,
001070000015,,Lê Văn Hùng,1970-01-20,male,Kinh,,,,,,
001070000016,,Lê Văn Hùng,1970-01-20,male,Kinh,,,,,,
,,Đặng Thị Gái,1938,female,Kinh,"Xã Hòa Sơn, Hà Nội",,,,,
001152000017,,Vũ Thị Lành,1952-11-30,female,Kinh,,,,,,true
"""


def write(path: Path, lines: str, heading: str = HEADING) -> Path:
    path.write_text(f"{heading}\n{lines}", encoding="utf-8")
    return path


def strangers(count: int) -> str:
    """People who are nobody's namesakes, so that a name says as much as it does in a ward."""
    family = ["Bạch", "Cù", "Giáp", "Khuất", "Lều", "Nhữ", "Ông", "Phí", "Tiêu", "Ứng"]
    given = ["Khôi", "Ngạn", "Bách", "Đoan", "Thục", "Vy", "Tường", "Quyết", "Mến", "Nhài"]
    lines = []
    for number in range(count):
        name = f"{family[number % 10]} {given[number // 10 % 10]} {given[number // 100 % 10]}"
        born = f"{1940 + number % 60}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        lines.append(f"0010990{number:05d},,{name},{born},{'male' if number % 2 else 'female'},Kinh,,,,,,\n")
    return "".join(lines)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ward(
    request: pytest.FixtureRequest, make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqlRegister]:
    """The ward and five hundred others, loaded once: looking people up changes nothing."""
    register = SqlRegister.open(make_database(request.param))
    file = tmp_path_factory.mktemp("ward") / "ward.csv"
    load_register(register.database, write(file, WARD + strangers(500)))
    yield register
    register.close()


def look_up(register: SqlRegister, **values: str) -> RegisterAnswer:
    return register.look_up(Claims.of(**values))


def test_a_load_counts_who_came(register: SqlRegister, tmp_path: Path) -> None:
    report = load_register(register.database, write(tmp_path / "ward.csv", WARD))
    assert (report.added, report.updated, report.unchanged, report.bad_count) == (8, 0, 0, 0)
    assert register.count() == 8


def test_loading_again_changes_nothing(register: SqlRegister, tmp_path: Path) -> None:
    file = write(tmp_path / "ward.csv", WARD)
    load_register(register.database, file)
    report = load_register(register.database, file)
    assert (report.added, report.updated, report.unchanged, report.people) == (0, 0, 8, 8)


def test_a_later_load_brings_people_up_to_date_and_keeps_the_others(register: SqlRegister, tmp_path: Path) -> None:
    load_register(register.database, write(tmp_path / "ward.csv", WARD))
    newer = WARD.splitlines()[1].replace("Thúy", "Thùy") + "\n001088000099,,Bùi Văn Mới,1988,male,,,,,,,\n"
    report = load_register(register.database, write(tmp_path / "newer.csv", newer))
    assert (report.added, report.updated, report.unchanged, report.people) == (1, 1, 0, 9)
    assert look_up(register, personal_id="001185000012", full_name="Trần Thị Thùy").outcome == "match"


def test_bad_lines_are_named_and_the_others_loaded(register: SqlRegister, tmp_path: Path) -> None:
    lines = [
        "001085000011,,Nguyễn Văn Hoà,1985-03-08,male,,,,,,,",
        "12345,,Số Ngắn,1985-03-08,male,,,,,,,",
        "001085000021,,Ngày Sai,1985-02-30,male,,,,,,,",
        '001085000022,,"Xuống\ndòng",1985,other,,,,,,,',
        "001085000023,,,1985,male,,,,,,,",
        "001085000024,,Thiếu Ô,1985",
        "001085000011,,Trùng Số,1985-03-08,male,,,,,,,",
        "",
        "001085000025,99,Số Cũ,1985-03-08,male,,,,,,,",
        "001085000026,,Đã Mất,1985-03-08,male,,,,,,,perhaps",
    ]
    report = load_register(register.database, write(tmp_path / "bad.csv", "\n".join(lines) + "\n"))
    assert [(row.line, row.code) for row in report.bad] == [
        (3, "register.bad_personal_id"),
        (4, "register.bad_date"),
        (5, "register.bad_sex"),
        (7, "register.no_name"),
        (8, "register.bad_columns"),
        (9, "register.duplicate"),
        (11, "register.bad_old_national_id"),
        (12, "register.bad_deceased"),
    ]
    assert (report.added, report.bad_count) == (1, 8)


def test_a_line_that_is_no_utf8_is_named(register: SqlRegister, tmp_path: Path) -> None:
    file = tmp_path / "tcvn3.csv"
    file.write_bytes(b"full_name,sex\nNguy\xd4n V\xa8n An,male\nL\xc3\xaa An,male\n")
    report = load_register(register.database, file)
    assert [(row.line, row.code) for row in report.bad] == [(2, "register.bad_encoding")]
    assert report.people == 1


def test_a_message_about_a_bad_line_shows_no_value(register: SqlRegister, tmp_path: Path) -> None:
    file = write(tmp_path / "bad.csv", "001085000021,,Bí Mật,1985-02-30,male,,,,,,,\n")
    (bad,) = load_register(register.database, file).bad
    assert "Bí Mật" not in str(bad.message)
    assert "1985-02-30" not in str(bad.message)


@pytest.mark.parametrize("text", ["", "personal_id,sex\n1,male\n", "\n\n"])
def test_a_file_without_names_is_refused(register: SqlRegister, tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load_register(register.database, file)
    assert caught.value.code == "register.no_heading"


def test_a_load_that_fails_leaves_the_register_as_it_was(
    register: SqlRegister, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_register(register.database, write(tmp_path / "ward.csv", WARD))

    def stop(_line: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_register(register.database, write(tmp_path / "more.csv", strangers(10)), progress=stop)
    assert register.count() == 8


def test_columns_may_be_in_any_order_missing_or_more(register: SqlRegister, tmp_path: Path) -> None:
    file = write(tmp_path / "few.csv", "1985-03-08;x;Nguyễn Văn An\n", heading="Date_of_birth;blood;full_name")
    assert load_register(register.database, file).added == 1
    assert look_up(register, full_name="Nguyễn Văn An", date_of_birth="1985-03-08").outcome == "match"


def test_an_excel_file_with_byte_order_mark_and_day_first_dates_is_read(register: SqlRegister, tmp_path: Path) -> None:
    file = tmp_path / "excel.csv"
    file.write_text("﻿full_name,date_of_birth,sex\r\nLê Thị Na,08/03/1985,Nữ\r\n", encoding="utf-8")
    load_register(register.database, file)
    found = look_up(register, full_name="Lê Thị Na", date_of_birth="1985-03-08", sex="female")
    assert found.outcome == "match"


def test_an_empty_register_checks_nothing(register: SqlRegister) -> None:
    assert look_up(register, full_name="Nguyễn Văn Hoà").outcome == "not_checked"


def test_claims_that_name_nobody_are_not_checked(ward: SqlRegister) -> None:
    assert look_up(ward, date_of_birth="1985-03-08", sex="male").outcome == "not_checked"


def test_a_register_out_of_reach_is_unavailable_and_no_error(tmp_path: Path) -> None:
    lost = SqlRegister(Database(f"sqlite:///{tmp_path}/no/such/folder/r.db"))
    assert look_up(lost, full_name="Nguyễn Văn Hoà").outcome == "unavailable"


def test_everything_agreeing_is_a_match_with_its_evidence(ward: SqlRegister) -> None:
    found = look_up(ward, full_name="NGUYỄN VĂN HÒA", date_of_birth="1985-03-08", sex="male")
    assert (found.outcome, found.register_id, found.conflicts) == ("match", "001085000011", ())
    assert found.match_probability is not None
    assert found.match_probability > 0.99
    assert set(found.evidence) == {"full_name", "date_of_birth", "sex"}
    assert min(found.evidence.values()) > 0


def test_place_of_the_tone_mark_and_case_are_no_difference(ward: SqlRegister) -> None:
    found = look_up(ward, full_name="nguyễn văn hòa", date_of_birth="1985-03-08")
    assert found.agreement["full_name"] is Agreement.SAME


@pytest.mark.parametrize("read", ["Nguyễn Văn Hoả", "Nguyên Văn Hòa", "Nguyễn Vản Hba", "NguyễnVăn Hoà"])
def test_a_misread_letter_matches_and_is_shown(ward: SqlRegister, read: str) -> None:
    found = look_up(ward, full_name=read, date_of_birth="1985-03-08", sex="male")
    exact = look_up(ward, full_name="Nguyễn Văn Hoà", date_of_birth="1985-03-08", sex="male")
    assert (found.outcome, found.register_id) == ("match", "001085000011")
    if read != "NguyễnVăn Hoà":
        assert found.near == ("full_name",)
        assert found.evidence["full_name"] < exact.evidence["full_name"]


def test_a_letter_read_with_certainty_is_a_conflict(ward: SqlRegister) -> None:
    claims = Claims.of(personal_id="001185000012", date_of_birth="1985-03-08").fields
    sure = Claims(fields={**claims, "full_name": Claim(value="Trần Thị Thùy", confidence=0.999)})
    found = ward.look_up(sure)
    assert (found.outcome, found.conflicts) == ("conflict", ("full_name",))


def doubtful(value: str, confidence: float | None) -> Claim:
    """A value that would not be accepted by itself."""
    return Claim(value=value, confidence=confidence, sure=False)


def test_a_letter_the_reader_was_not_sure_of_is_no_conflict(ward: SqlRegister) -> None:
    claims = Claims.of(personal_id="001185000012", date_of_birth="1985-03-08").fields
    unsure = Claims(fields={**claims, "full_name": doubtful("Trần Thị Thùy", 0.8)})
    assert ward.look_up(unsure).outcome == "match"


@pytest.mark.parametrize(
    ("field", "value", "confidence", "outcome"),
    [
        ("date_of_birth", "1979-10-21", 0.93, "unsure"),
        ("date_of_birth", "1979-10-21", 0.6, "unsure"),
        ("date_of_birth", "1979-10-21", None, "unsure"),
        ("date_of_birth", "1979-10-21", 0.3, "match"),
        ("date_of_birth", "1985-03-03", 0.95, "unsure"),
        ("date_of_birth", "1985-03-03", 0.7, "match"),
        ("full_name", "Nguyễn Văn Toàn", 0.8, "unsure"),
        ("full_name", "Nguyễn Văn Hòa Nơi Sinh", 0.7, "match"),
        ("father_name", "Văn Bốn", 0.85, "match"),
        ("father_name", "Nguyễn Văn Sáu", 0.7, "unsure"),
    ],
)
def test_a_difference_that_was_not_surely_read_is_unsure_or_explained_never_a_conflict(
    ward: SqlRegister, field: str, value: str, confidence: float | None, outcome: str
) -> None:
    paper = {
        "personal_id": "001085000011",
        "full_name": "Nguyễn Văn Hòa",
        "date_of_birth": "1985-03-08",
        "father_name": "Nguyễn Văn Bốn",
    }
    claims = {**Claims.of(**paper).fields, field: doubtful(value, confidence)}
    found = ward.look_up(Claims(fields=claims))
    assert (found.outcome, found.register_id, found.conflicts) == (outcome, "001085000011", ())
    assert found.unsure == ((field,) if outcome == "unsure" else ())
    assert [name for name, _ in found.candidates] == (["001085000011"] if outcome == "unsure" else [])


def test_a_doubtful_difference_whose_ink_denies_what_is_registered_is_a_conflict(ward: SqlRegister) -> None:
    claims = Claims.of(personal_id="001085000011", full_name="Nguyễn Văn Hòa").fields
    born = replace(doubtful("1985-06-21", 0.85), ink=traced("21/06/1985"))
    found = ward.look_up(Claims(fields={**claims, "date_of_birth": born}))
    assert (found.outcome, found.conflicts) == ("conflict", ("date_of_birth",))


@pytest.mark.parametrize(("sure", "outcome"), [(0.85, "conflict"), (0.4, "match")])
def test_a_clear_name_of_more_words_than_registered_is_a_conflict_unless_it_is_likelier_wrong(
    ward: SqlRegister, sure: float, outcome: str
) -> None:
    claims = Claims.of(personal_id="001085000011", date_of_birth="1985-03-08", sex="male").fields
    named = replace(doubtful("Đặng Quốc Minh Phúc", sure), ink=traced("Đặng Quốc Minh Phúc"))
    assert ward.look_up(Claims(fields={**claims, "full_name": named})).outcome == outcome


def test_a_doubtful_difference_whose_ink_may_say_what_is_registered_is_none(ward: SqlRegister) -> None:
    claims = Claims.of(personal_id="001085000011", full_name="Nguyễn Văn Hòa").fields
    born = replace(doubtful("1985-03-03", 0.95), ink=traced("03/03/1985", blurred=[(1, "8")]))
    found = ward.look_up(Claims(fields={**claims, "date_of_birth": born}))
    assert (found.outcome, found.near) == ("match", ("date_of_birth",))


def test_a_doubtful_number_that_is_somebody_elses_contradicts_nobody_and_names_the_candidates(
    ward: SqlRegister,
) -> None:
    claims = Claims.of(full_name="Hoàng Văn Lợi", date_of_birth="1961-10-02", sex="male").fields
    found = ward.look_up(Claims(fields={**claims, "personal_id": doubtful("001185000012", 0.93)}))
    assert (found.outcome, found.register_id, found.conflicts) == ("unsure", None, ())


def test_who_has_no_name_is_found_by_birth_date_and_parents(ward: SqlRegister) -> None:
    found = look_up(
        ward, date_of_birth="1985-03-08", sex="male", father_name="Nguyễn Văn Bốn", mother_name="Trần Thị Cúc"
    )
    assert (found.outcome, found.register_id) == ("match", "001085000011")


def test_twins_without_their_names_are_not_guessed_between(ward: SqlRegister) -> None:
    found = look_up(ward, date_of_birth="2010-05-17", father_name="Phạm Văn Lực", mother_name="Đỗ Thị Sen")
    assert (found.outcome, found.register_id) == ("ambiguous", None)
    assert {name for name, _ in found.candidates} == {"001210000013", "001210000014"}


def test_a_member_whose_name_was_garbled_is_found_in_the_household(ward: SqlRegister) -> None:
    born = Claims.of(date_of_birth="1985-03-08", household_number="100200300").fields
    found = ward.look_up(Claims(fields={**born, "full_name": doubtful("Nguỵ Vãn Hcà", 0.2)}))
    assert (found.outcome, found.register_id) == ("match", "001085000011")
    assert look_up(ward, date_of_birth="1985-03-08", household_number="100200300").register_id == "001085000011"


def test_a_name_is_looked_for_in_every_year_where_the_year_was_not_surely_read(ward: SqlRegister) -> None:
    name = Claims.of(full_name="Nguyễn Văn Hòa", sex="male", father_name="Nguyễn Văn Bốn").fields
    found = ward.look_up(Claims(fields={**name, "date_of_birth": doubtful("7525-02-02", 0.3)}))
    assert (found.outcome, found.register_id) == ("match", "001085000011")


def test_a_day_and_a_family_that_tell_nobody_are_not_checked(ward: SqlRegister) -> None:
    assert look_up(ward, date_of_birth="1985-03-09", household_number="999999999").outcome == "not_checked"


def test_a_doubtful_difference_speaks_against_a_person_no_more_than_it_is_likely_right(ward: SqlRegister) -> None:
    known = Claims.of(full_name="Nguyễn Văn Hòa", personal_id="001085000011").fields
    weights = [
        ward.look_up(Claims(fields={**known, "date_of_birth": doubtful("1961-12-30", c)})).evidence["date_of_birth"]
        for c in (0.2, 0.6, 0.99)
    ]
    assert 0 > weights[0] > weights[1] > weights[2]
    assert (
        weights[2]
        == look_up(ward, **{n: c.value for n, c in known.items()}, date_of_birth="1961-12-30").evidence["date_of_birth"]
    )


def test_a_doubtful_name_of_somebody_else_hides_nobody_whom_birth_date_and_parents_tell(ward: SqlRegister) -> None:
    known = Claims.of(date_of_birth="1985-03-08", father_name="Nguyễn Văn Bốn", mother_name="Trần Thị Cúc").fields
    found = ward.look_up(Claims(fields={**known, "full_name": doubtful("Đào Bích Thủy", 0.6)}))
    assert (found.outcome, found.register_id, found.unsure) == ("unsure", "001085000011", ("full_name",))


def test_who_would_be_missed_only_by_two_misreadings_is_not_found(ward: SqlRegister) -> None:
    claims = {
        "personal_id": doubtful("001099556748", 0.91),
        "full_name": doubtful("Mai Xuân Hương", 0.89),
        "date_of_birth": doubtful("1999-08-01", 0.96),
    }
    assert ward.look_up(Claims(fields=claims)).outcome == "not_found"


def test_nobody_who_fits_a_doubtful_reading_is_unsure(ward: SqlRegister) -> None:
    born = Claim(value="1991-12-01", confidence=0.99)
    name = doubtful("Mai Thị Xuân Hương", 0.4)
    assert ward.look_up(Claims(fields={"full_name": name, "date_of_birth": born})).outcome == "unsure"


@pytest.mark.parametrize("claimed", ["Kinh (Việt)", "Việt", "kinh"])
def test_another_spelling_of_an_ethnic_group_is_no_difference(ward: SqlRegister, claimed: str) -> None:
    found = look_up(ward, personal_id="001085000011", full_name="Nguyễn Văn Hòa", ethnicity=claimed)
    assert (found.outcome, found.agreement["ethnicity"]) == ("match", Agreement.SAME)


def test_a_value_the_reader_thought_of_itself_is_no_conflict(ward: SqlRegister) -> None:
    claims = Claims.of(full_name="Nguyễn Văn Hòa", personal_id="001085000011").fields
    born = Claim(value="1935-03-08", confidence=0.6, alternatives=("1985-03-08",))
    found = ward.look_up(Claims(fields={**claims, "date_of_birth": born}))
    assert (found.outcome, found.near) == ("match", ("date_of_birth",))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date_of_birth", "1986-03-08"),
        ("date_of_birth", "1979-10-21"),
        ("full_name", "Nguyễn Văn Toàn"),
        ("full_name", "Nguyễn Hoà"),
        ("sex", "female"),
        ("ethnicity", "Mường"),
        ("father_name", "Nguyễn Văn Sáu"),
        ("mother_name", "Lò Thị Cúc"),
        ("old_national_id", "022222222"),
    ],
)
def test_what_truly_differs_is_a_conflict_and_only_that(ward: SqlRegister, field: str, value: str) -> None:
    paper = {
        "personal_id": "001085000011",
        "old_national_id": "011111111",
        "full_name": "Nguyễn Văn Hòa",
        "date_of_birth": "1985-03-08",
        "sex": "male",
        "ethnicity": "Kinh",
        "father_name": "Nguyễn Văn Bốn",
        "mother_name": "Trần Thị Cúc",
    }
    found = look_up(ward, **paper | {field: value})
    assert (found.outcome, found.register_id, found.conflicts) == ("conflict", "001085000011", (field,))
    assert found.evidence[field] < 6


@pytest.mark.parametrize("born", ["1985-03-09", "1985-07-30"])
def test_another_birth_date_is_found_without_a_number_by_name_and_parents(ward: SqlRegister, born: str) -> None:
    found = look_up(
        ward,
        full_name="Nguyễn Văn Hòa",
        date_of_birth=born,
        sex="male",
        father_name="Nguyễn Văn Bốn",
        mother_name="Trần Thị Cúc",
    )
    assert (found.outcome, found.conflicts) == ("conflict", ("date_of_birth",))


@pytest.mark.parametrize("place", [{"residence": "Xã Khác"}, {"household_number": "999999999"}])
def test_another_address_or_household_is_no_conflict(ward: SqlRegister, place: dict[str, str]) -> None:
    found = look_up(ward, personal_id="001085000011", full_name="Nguyễn Văn Hòa", **place)
    assert found.outcome == "match"


def test_a_number_with_one_wrong_digit_still_finds_the_person_and_is_shown(ward: SqlRegister) -> None:
    found = look_up(
        ward, personal_id="001085000071", full_name="Nguyễn Văn Hòa", date_of_birth="1985-03-08", sex="male"
    )
    assert (found.register_id, found.conflicts) == ("001085000011", ("personal_id",))


def test_a_number_registered_to_somebody_else_is_a_conflict_with_little_probability(
    ward: SqlRegister,
) -> None:
    found = look_up(ward, personal_id="001185000012", full_name="Hoàng Văn Lợi", date_of_birth="1961-10-02", sex="male")
    assert (found.outcome, found.register_id) == ("conflict", "001185000012")
    assert set(found.conflicts) == {"full_name", "date_of_birth", "sex"}
    assert found.match_probability is not None
    assert found.match_probability < 0.5


def test_two_people_who_fit_alike_are_not_guessed_between(ward: SqlRegister) -> None:
    found = look_up(ward, full_name="Lê Văn Hùng", date_of_birth="1970-01-20", sex="male")
    assert (found.outcome, found.register_id) == ("ambiguous", None)
    assert [name for name, _ in found.candidates] == ["001070000015", "001070000016"]
    assert found.match_probability is not None
    assert found.match_probability == pytest.approx(0.5, abs=0.01)


def test_a_number_tells_two_people_of_one_name_apart(ward: SqlRegister) -> None:
    found = look_up(ward, personal_id="001070000016", full_name="Lê Văn Hùng", date_of_birth="1970-01-20", sex="male")
    assert (found.outcome, found.register_id) == ("match", "001070000016")


def test_twins_are_told_apart_by_their_names(ward: SqlRegister) -> None:
    family = {"father_name": "Phạm Văn Lực", "mother_name": "Đỗ Thị Sen", "household_number": "100200301"}
    found = look_up(ward, full_name="Phạm Minh Em", date_of_birth="2010-05-17", sex="male", **family)
    assert (found.outcome, found.register_id) == ("match", "001210000014")


def test_a_brother_who_is_not_registered_is_not_found(ward: SqlRegister) -> None:
    family = {"father_name": "Phạm Văn Lực", "mother_name": "Đỗ Thị Sen", "household_number": "100200301"}
    found = look_up(
        ward,
        full_name="Phạm Minh Quang",
        date_of_birth="2014-09-02",
        sex="male",
        place_of_origin="Xã An Lạc, Hà Nội",
        **family,
    )
    assert (found.outcome, found.register_id) == ("not_found", None)


def test_nobody_of_that_description_is_not_found(ward: SqlRegister) -> None:
    found = look_up(ward, full_name="Mai Thị Xuân Hương", date_of_birth="1991-12-01", sex="female")
    assert (found.outcome, found.register_id) == ("not_found", None)
    assert found.match_probability is not None
    assert found.match_probability < 0.1


@pytest.mark.parametrize("born", ["1938", "1938-06", "1938-06-11"])
def test_a_year_in_the_register_agrees_with_any_day_of_it(ward: SqlRegister, born: str) -> None:
    found = look_up(ward, full_name="Đặng Thị Gái", date_of_birth=born, sex="female", place_of_origin="Hòa Sơn, Hà Nội")
    assert (found.outcome, found.agreement["date_of_birth"]) == ("match", Agreement.SAME)


def test_a_year_on_the_paper_finds_the_registered_day(ward: SqlRegister) -> None:
    found = look_up(ward, full_name="Vũ Thị Lành", date_of_birth="1952", sex="female")
    assert (found.outcome, found.deceased) == ("match", True)


def test_a_record_field_makes_a_claim_under_the_registers_name(ward: SqlRegister) -> None:
    fields = [
        FieldValue(name=f"members[1].{name}", value=value, verbatim=value, page=1, box=BOX)
        for name, value in {"full_name": "Vũ Thị Lành", "date_of_birth": "1952-11-30"}.items()
    ]
    claims = Claims.from_fields(fields, prefix="members[1].")
    answer = ward.look_up(claims).validation(claims)
    assert answer.register_id == "001152000017"
    assert set(answer.evidence) == {"members[1].full_name", "members[1].date_of_birth"}


@pytest.mark.parametrize(
    "odd",
    [
        {"full_name": "…"},
        {"full_name": "'; DROP TABLE people; --"},
        {"full_name": "Nguyễn\x00Văn"},
        {"full_name": "A" * 5000},
        {"full_name": "Nguyễn Văn Hòa", "date_of_birth": "0000-00-00"},
        {"full_name": "Nguyễn Văn Hòa", "date_of_birth": "hôm qua", "sex": "?"},
        {"personal_id": "٠٠١٠٨٥٠٠٠٠١١"},
        {"personal_id": "1"},
    ],
)
def test_no_claim_whatever_is_an_error(ward: SqlRegister, odd: dict[str, str]) -> None:
    assert look_up(ward, **odd).outcome in {"not_found", "match", "unsure"}
    assert ward.count() == 508


def test_what_is_registered_of_a_named_person_is_given_without_empty_values(ward: SqlRegister) -> None:
    told = ward.person("001210000013")
    assert (told["full_name"], told["date_of_birth"], told["father_name"]) == (
        "Phạm Minh An", "2010-05-17", "Phạm Văn Lực",
    )  # fmt: skip
    assert "residence" not in told


def test_nothing_is_registered_of_somebody_unknown(ward: SqlRegister) -> None:
    assert ward.person("001999999999") == {}


def test_likely_people_come_with_every_compared_field_the_likeliest_first(ward: SqlRegister) -> None:
    found = ward.candidates(Claims.of(full_name="Phạm Minh An", date_of_birth="2010-05-17", father_name="Phạm Văn Lục"))
    assert found[0].register_id == "001210000013"
    levels = {one.field: (one.registered, one.level) for one in found[0].fields}
    assert levels["date_of_birth"] == ("2010-05-17", Level.SAME)
    assert levels["father_name"] == ("Phạm Văn Lực", Level.MARKS)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)


def test_weights_of_the_fields_are_those_the_answer_is_made_of(ward: SqlRegister) -> None:
    claims = Claims.of(full_name="Phạm Minh An", date_of_birth="2010-05-17")
    [first, *_] = ward.candidates(claims)
    answer = ward.look_up(claims)
    assert {one.field: one.weight for one in first.fields} == answer.evidence
    assert first.probability == answer.match_probability


def test_nobody_is_likely_for_somebody_unknown_or_unnamed(ward: SqlRegister) -> None:
    assert ward.candidates(Claims.of(full_name="Zô Zang Za", date_of_birth="1901-01-01")) == []
    assert ward.candidates(Claims.of(sex="male")) == []


def test_no_more_people_are_told_than_were_asked_for(ward: SqlRegister) -> None:
    assert len(ward.candidates(Claims.of(full_name="Phạm Minh An"), most=1)) <= 1


def test_a_value_is_confirmed_where_all_that_agrees_fits_nobody_else_in_the_country(ward: SqlRegister) -> None:
    answer = look_up(
        ward, personal_id="001085000011", full_name="Nguyễn Văn Hòa", date_of_birth="1985-03-08", sex="male",
        father_name="Nguyễn Văn Bốn", mother_name="Trần Thị Cúc",
    )  # fmt: skip
    assert answer.confirmed == {"personal_id", "full_name", "date_of_birth", "sex", "father_name", "mother_name"}


def test_a_name_and_a_birth_date_confirm_nothing_by_themselves(ward: SqlRegister) -> None:
    """Among a hundred million people somebody else may bear the name that was misread and be born on that day."""
    answer = look_up(ward, full_name="Trần Thị Thúy", date_of_birth="1985-03-08", sex="female")
    assert answer.register_id is not None
    assert answer.confirmed == frozenset()


def test_what_is_spelt_otherwise_is_not_confirmed(ward: SqlRegister) -> None:
    answer = look_up(
        ward, personal_id="001085000011", full_name="Nguyễn Văn Hoa", date_of_birth="1985-03-08", sex="male",
        father_name="Nguyễn Văn Bốn", mother_name="Trần Thị Cúc",
    )  # fmt: skip
    assert "full_name" not in answer.confirmed
    assert "personal_id" in answer.confirmed


def test_nothing_is_confirmed_of_somebody_of_the_other_sex(ward: SqlRegister) -> None:
    """A wife read in her husband's place agrees in everything but what the place says."""
    answer = look_up(
        ward, personal_id="001085000011", full_name="Nguyễn Văn Hòa", date_of_birth="1985-03-08", sex="female",
        father_name="Nguyễn Văn Bốn", mother_name="Trần Thị Cúc",
    )  # fmt: skip
    assert answer.confirmed == frozenset()


def test_the_year_of_birth_and_a_place_written_otherwise_speak_for_the_rest_and_are_not_confirmed(
    ward: SqlRegister,
) -> None:
    rest = {"personal_id": "001210000013", "full_name": "Phạm Minh An", "sex": "male", "mother_name": "Đỗ Thị Sen"}
    alone = look_up(ward, **rest)
    more = look_up(ward, **rest, date_of_birth="2010", place_of_origin="xã An Lạc, thành phố Hà Nội")
    assert alone.confirmed == frozenset()
    assert more.confirmed == rest.keys()
