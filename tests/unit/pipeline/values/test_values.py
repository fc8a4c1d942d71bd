import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import WrongUse
from pipeline.values import FINDING_MESSAGES, GRAMMARS, ethnic_code, id_structure, nfc, normalise
from pipeline.values.vocabularies import ETHNIC_GROUPS


@given(st.sampled_from(sorted(GRAMMARS)), st.text(max_size=50))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_any_grammar_fail(grammar: str, text: str) -> None:
    found = normalise(grammar, text)
    assert found.verbatim == nfc(text)
    assert found.value is None or (found.value == nfc(found.value) and found.value.strip() == found.value != "")
    assert set(found.findings) <= set(FINDING_MESSAGES)
    assert found.value not in {c.value for c in found.candidates}


def test_every_finding_speaks_both_languages() -> None:
    assert all(message.vi != message.en for message in FINDING_MESSAGES.values())


def test_an_unknown_grammar_is_wrong_use() -> None:
    with pytest.raises(WrongUse):
        normalise("telephone", "1")


@pytest.mark.parametrize(
    ("grammar", "text", "value"),
    [
        ("name", "Lê Văn Mẫu, Chủ tịch UBND", "Lê Văn Mẫu"),
        ("name", "NGUYỄN QUốC MẫU", "Nguyễn Quốc Mẫu"),
        ("name", "Trịnh Thị DiỆP", "Trịnh Thị Diệp"),
        ("name", "Lê BảoTrang", "Lê Bảo Trang"),
        ("sex", "Na m", "male"),
        ("ethnicity", "Môn g", "Mông"),
        ("ethnicity", "Cơ Tu", "Cơ Tu"),
        ("ethnicity", "Ê Đê", "Ê Đê"),
        ("book_number", "503.596635", "503596635"),
        ("document_number", "503 596 635", "503596635"),
        ("document_number", "01.2013", "01.2013"),
        ("text", "Giấy CMND số: 000000000 do CA Mẫu cấp", "Giấy CMND số: 000000000 do CA Mẫu cấp"),
        ("text", "Nông dân CMND: 000000000", "Nông dân"),
        ("name", "Lê Thị Mẫu ; Phó chủ tịch", "Lê Thị Mẫu"),
        ("name", "Lê Chủ Tịch", "Lê Chủ Tịch"),
        ("name", "NGUYỄN VĂN AN.....", "Nguyễn Văn An"),
        ("name", "..: Ðỗ Thị  Hoà ,", "Đỗ Thị Hoà"),
        ("name", "NGUYỄN THỊ MAI Giới tính: Nữ", "Nguyễn Thị Mai"),
        ("name", "Lý Mỹ Kỳ", "Lý Mỹ Kỳ"),
        ("name", "Trần Văn Ba (tức Bốn)", "Trần Văn Ba"),
        ("sex", "Nữ Dân tộc:", "female"),
        ("sex", "Nam  Quốc tịch: Việt Nam", "male"),
        ("sex", "Trai", "male"),
        ("sex", "Nử", "female"),
        ("ethnicity", "KINH", "Kinh"),
        ("ethnicity", "Muờng", "Mường"),
        ("ethnicity", "Mán", "Mán"),
        ("ethnicity", "Kinh Quốc tịch:", "Kinh"),
        ("nationality", "Viêt Nam", "Việt Nam"),
        ("personal_id", "Số: 001 190 123 456", "001190123456"),
        ("identity_number", "Số: 001 190 123 456", "001190123456"),
        ("identity_number", "CMND 012 345 678", "012345678"),
        ("identity_number", "B1234567", "B1234567"),
        ("old_national_id", "012345678", "012345678"),
        ("document_number", "Só: 15/2021", "15/2021"),
        ("document_number", "119 / TLKS - BS", "119/TLKS-BS"),
        ("document_number", "01327.GCS.12096.25", "01327.GCS.12096.25"),
        ("book_number", "Quyển số: 01/2013", "01/2013"),
        ("address", "Số 5 ..... ngõ 12 ,phố Huế,, Hai Bà Trưng", "Số 5 ngõ 12 ,phố Huế, Hai Bà Trưng"),
        ("age", "Hai mươi lăm tuổi", "25"),
        ("weight_g", "3.200 gam", "3200"),
        ("weight_g", "3,2 kg", "3200"),
        ("weight_g", "3 kg 200", "3200"),
        ("count", "01 (một)", "1"),
        ("relationship", "CON DÂU", "Con dâu"),
        ("religion", "Không", "Không"),
    ],
)
def test_values_get_their_normal_form(grammar: str, text: str, value: str) -> None:
    assert normalise(grammar, text).value == value


@pytest.mark.parametrize("mark", ["", "/", "-", "—", " ........ ", "chưa đặt tên", "Không"])
def test_blank_marks_leave_a_name_empty(mark: str) -> None:
    found = normalise("name", mark)
    assert found.value is None and found.empty and found.valid


@pytest.mark.parametrize("mark", ['"', "-nt-", "nt", "như trên", "”", "..-nt-.."])
def test_ditto_marks_are_recognised(mark: str) -> None:
    found = normalise("ethnicity", mark)
    assert found.ditto and found.value is None


def test_a_name_with_digits_is_kept_and_flagged() -> None:
    found = normalise("name", "Nguy3n Văn A")
    assert not found.valid and "name.odd_characters" in found.findings


def test_an_empty_ethnicity_is_never_kinh() -> None:
    assert normalise("ethnicity", "....").value is None


@pytest.mark.parametrize("text", ["Kinh Qich Việt Nam", "Kinh 6. QUỐC TỊCH Việt Nam"])
def test_a_nationality_behind_a_misread_label_is_none_of_the_ethnic_group(text: str) -> None:
    assert (normalise("ethnicity", text).value, normalise("ethnicity", text).findings) == ("Kinh", ("value.corrected",))
    assert not normalise("ethnicity", "Kinh Tày").valid


def test_an_unknown_ethnic_group_stays_as_written_and_is_flagged() -> None:
    found = normalise("ethnicity", "Zyxwv")
    assert found.value == "Zyxwv" and found.findings == ("value.not_listed",)


def test_both_sexes_on_a_line_give_no_value() -> None:
    found = normalise("sex", "Nam/Nữ")
    assert found.value is None and {c.value for c in found.candidates} == {"male", "female"}


def test_letters_in_an_id_make_a_candidate_and_no_value() -> None:
    found = normalise("personal_id", "00119O12345l")
    assert found.value is None and not found.valid
    assert [c.value for c in found.candidates] == ["001190123451"]


def test_an_id_with_a_digit_too_few_has_no_value() -> None:
    assert normalise("personal_id", "00119012345").findings == ("id.length",)


def test_all_54_ethnic_groups_have_their_code() -> None:
    assert [ethnic_code(name) for name in ETHNIC_GROUPS] == [f"{n:02d}" for n in range(1, 55)]


@given(st.from_regex(r"\A[0-9]{12}\Z"))
@settings(deadline=None)
def test_an_id_tells_century_year_and_sex_by_its_digits(number: str) -> None:
    told = id_structure(number)
    assert told.province == number[:3]
    assert told.birth_year % 100 == int(number[4:6])
    assert (told.birth_year // 100 - 19) * 2 + (told.sex == "female") == int(number[3])


def test_only_twelve_ascii_digits_are_taken_apart() -> None:
    with pytest.raises(ValueError):
        id_structure("٠٠١١٩٠١٢٣٤٥٦")


@pytest.mark.parametrize(
    ("grammar", "text", "value"),
    [
        ("place", "huyện Ia H’Drai, Kon Tum", "huyện Ia H'Drai, Kon Tum"),
        ("address", "Ia H' Drai", "Ia H'Drai"),
        ("address", "XĐồng Văn, HYên Lạc, Hải Dương", "X Đồng Văn, H Yên Lạc, Hải Dương"),
        ("place", "xã Cư M`gar", "xã Cư M'gar"),
        ("name", "H’ HEN NIÊ", "H'Hen Niê"),
        ("name", "K'BRÊ", "K'Brê"),
        ("ethnicity", "K’Ho", "K'Ho"),
    ],
)
def test_names_with_an_apostrophe_keep_it(grammar: str, text: str, value: str) -> None:
    assert normalise(grammar, text).value == value


def test_a_word_that_vietnamese_cannot_spell_is_told_but_names_and_short_forms_are_not() -> None:
    assert normalise("text", "Nông ghiệ").findings == ("value.odd_syllable",)
    assert normalise("text", "Công nhân, UBND xã Ea H'leo").findings == ()


def test_a_number_that_may_be_two_acts_is_told_and_spaces_between_single_digits_are_noise() -> None:
    assert normalise("document_number", "76 77").findings == ("number.parted",)
    assert normalise("document_number", "7 6").findings == ()
    assert normalise("document_number", "15 / 2021").findings == ()


@pytest.mark.parametrize(
    ("grammar", "read", "value"),
    [
        ("name", "Nguyễn V inh", "Nguyễn Vinh"),
        ("name", "Lê Tường Hoà i", "Lê Tường Hoài"),
        ("name", "Nguyễn văn an", "Nguyễn Văn An"),
        ("name", "H Hen Niê", "H Hen Niê"),
        ("text", "T hợ xây", "Thợ xây"),
        ("text", "thợ m ộc", "thợ mộc"),
        ("text", "Khu A ở trên", "Khu A ở trên"),
        ("place", 'Bệnh viện Phụ sản Hà Nội "', "Bệnh viện Phụ sản Hà Nội"),
        ("nationality", "Việt Nam 2", "Việt Nam"),
        ("ethnicity", "Kin 6", "Kinh"),
        ("religion", "công giáo Nam", "Công giáo"),
        ("religion", "Không QUỐ ỊCH: Việt", "Không"),
        ("ethnicity", "Môn 8", "Mông"),
        ("name", "Nguyễn Khánh Vi Bi danh", "Nguyễn Khánh Vi"),
        ("name", "CNHS Hoàng Thị Mẫu", "Hoàng Thị Mẫu"),
        ("name", "BS. Lê Văn Thử", "Lê Văn Thử"),
        ("name", "Y Thuyên Niê", "Y Thuyên Niê"),
        ("name", "Chua đặt tên", None),
        ("document_number", "85/2016 MẪU SỐ 01 (TT 04/2024/TT-BTP)", "85/2016"),
        ("document_number", "1 Mẫu TP/HT-2010", "1"),
        ("document_number", "40 Tờ 6", "40"),
        ("name", "Doooooooooooooooô", None),
        ("place", "ỘỘỘỘỘỘỘỘỘỘỘỘỘỘỘo", None),
        ("place", "0000000000000000 UBND xã Cổ Loa", "UBND xã Cổ Loa"),
        ("personal_id", "001000000123", "001000000123"),
        ("document_number", "358/1993 Sổ đăng ký thường Tờ: 89", "358/1993"),
    ],
)
def test_what_a_reader_broke_or_read_beside_a_value_is_mended(grammar: str, read: str, value: str) -> None:
    assert normalise(grammar, read).value == value


@pytest.mark.parametrize(
    ("read", "odd"), [("Hưu t", True), ("Hưu trí", False), ("sẹo dài 2 cm", False), ("Lớp B", False)]
)
def test_a_text_whose_last_word_is_cut_is_odd(read: str, odd: bool) -> None:
    assert ("value.odd_syllable" in normalise("text", read).findings) is odd
