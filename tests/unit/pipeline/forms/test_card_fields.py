"""Cards whose small labels were read badly or not at all: their facts are known by kind, place and order."""

from __future__ import annotations

from pipeline.domain.model import TextLine
from pipeline.forms.extract import extract
from pipeline.forms.fields import UNLABELLED, UNREAD, ExtractedRecord
from pipeline.forms.loading import form
from tests.making.paper import leaf, line

WIDE = 14  # pixels of a letter; lines are 44 high, and 60 apart


def record(document_type: str, form_id: str, lines: list[TextLine], side: str = "front") -> ExtractedRecord:
    (one,) = extract(form(document_type, form_id), [leaf(lines, side)])
    return one


def at(text: str, x: float, row: float) -> TextLine:
    return line(text, x, 60 * row, wide=WIDE)


def texts(one: ExtractedRecord) -> dict[str, str]:
    return {f.name: f.text for f in one.fields}


HEAD = [
    at("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 360, 0),
    at("Độc lập - Tự do - Hạnh phúc", 420, 1),
    at("CĂN CƯỚC CÔNG DÂN", 430, 3),
    at("Citizen Identity Card", 450, 4),
]


def chip_front(**instead: str) -> list[TextLine]:
    """A front in one column, a value beside its label wherever there is room."""
    rows = {
        "number": "Số / No.: 001085247323",
        "name": "Họ và tên / Full name: VŨ THỊ THỬ",
        "birth": "Ngày sinh / Date of birth: 12/11/1985",
        "sex": "Giới tính / Sex: Nữ",
        "nationality": "Quốc tịch / Nationality: Việt Nam",
        "origin": "Quê quán / Place of origin: Thử Lâm, Ví Dụ, Hà Nội",
        "residence": "Nơi thường trú / Place of residence: Tổ 49, Đại Mẫu, Hoàng Thử,",
    } | instead
    column = [at(text, 320, 5 + n) for n, text in enumerate(rows.values()) if text]
    return [*HEAD, *column, at("Hà Nội", 320, 12), at("Có giá trị đến", 40, 12.5), at("12/11/2045", 40, 13.4)]


def test_what_a_reader_made_of_the_second_language_is_no_part_of_the_value() -> None:
    got = texts(
        record(
            "citizen_id_chip",
            "2021",
            chip_front(
                name="Họ và tên / Fư 3 VŨ THỊ THỬ",
                birth="Ngày sinh / Da 5:2 th: 12/11/1985",
                sex="Giới tính / Sóc Nữ",
                nationality="Quốc tịch / N t tt: Việt Nam",
                residence="Nơi thường trú / Pòce 0f rsdnc: Tổ 49, Đại Mẫu, Hoàng Thử,",
            ),
        )
    )
    assert got["full_name"] == "VŨ THỊ THỬ"
    assert got["date_of_birth"] == "12/11/1985"
    assert got["sex"] == "Nữ"
    assert got["nationality"] == "Việt Nam"
    assert got["place_of_residence"] == "Tổ 49, Đại Mẫu, Hoàng Thử, Hà Nội"


def test_facts_whose_labels_were_not_read_are_known_by_their_kind() -> None:
    one = record(
        "citizen_id_chip",
        "2021",
        chip_front(number="001085247323", name="VŨ THỊ THỬ", sex="Nữ", nationality="Việt Nam"),
    )
    got = texts(one)
    assert (got["personal_id"], got["full_name"], got["sex"]) == ("001085247323", "VŨ THỊ THỬ", "Nữ")
    assert got["nationality"] == "Việt Nam"
    name = one.get("full_name")
    assert name is not None and UNLABELLED in name.notes and name.label == ""


def test_the_dates_of_a_front_are_told_by_where_they_stand() -> None:
    lines = [line for line in chip_front(birth="12/11/1985") if not line.text.startswith("Có giá trị")]
    got = texts(record("citizen_id_chip", "2021", lines))
    assert (got["date_of_birth"], got["date_of_expiry"]) == ("12/11/1985", "12/11/2045")


def test_an_address_without_a_label_is_known_by_the_forms_order() -> None:
    got = texts(record("citizen_id_chip", "2021", chip_front(origin="Thử Lâm, Ví Dụ, Hà Nội")))
    assert got["place_of_origin"] == "Thử Lâm, Ví Dụ, Hà Nội"
    assert got["place_of_residence"] == "Tổ 49, Đại Mẫu, Hoàng Thử, Hà Nội"


def test_addresses_are_left_alone_where_there_are_more_of_them_than_fields() -> None:
    lines = chip_front(origin="Thử Lâm, Ví Dụ, Hà Nội", nationality="Một Hai, Ba Bốn, Năm Sáu")
    assert "place_of_origin" not in texts(record("citizen_id_chip", "2021", lines))


def test_two_dates_without_labels_on_the_back_of_2024_are_issue_and_expiry() -> None:
    back = [
        at("Nơi cư trú / Place of residence:", 40, 0),
        at("Tổ 24, phường Thử, Hà Nội", 40, 1),
        at("Nơi đăng ký khai sinh / Place of birth:", 40, 2),
        at("phường Mẫu, Hà Nội", 40, 3),
        at("23/03/2025", 300, 4),
        at("10/11/2041", 340, 5),
        at("BỘ CÔNG AN", 340, 6),
        at("IDVNM1818136671001181813667<<2", 40, 8),
        at("8111100F4111102VNM<<<<<<<<<<<6", 40, 9),
        at("TRAN<<THI<THU<<<<<<<<<<<<<<<<<", 40, 10),
    ]
    got = texts(record("citizen_id_2024", "2024", back, "back"))
    assert (got["date_of_issue"], got["date_of_expiry"]) == ("23/03/2025", "10/11/2041")
    assert got["place_of_residence"] == "Tổ 24, phường Thử, Hà Nội"
    assert not any("<" in text for text in got.values())


def test_the_date_between_prompts_on_a_back_is_the_issue_and_no_part_of_the_marks() -> None:
    back = [
        at("Đặc điểm nhận dạng:", 40, 0),
        at("Nốt ruồi C: 2cm dưới sau mép trái", 40, 1),
        at("NGÓN TRỎ TRÁI", 800, 1),
        at("Ngày 15 tháng 04 năm 2019", 240, 2.2),
        at("CỤC TRƯỞNG CỤC CẢNH SÁT", 240, 3.2),
    ]
    got = texts(record("citizen_id_barcode", "2016", back, "back"))
    assert got["identifying_marks"] == "Nốt ruồi C: 2cm dưới sau mép trái"
    assert got["date_of_issue"] == "Ngày 15 tháng 04 năm 2019"


def test_a_date_cut_by_its_prompts_is_found_whole() -> None:
    back = [
        at("Đặc điểm nhận dạng:", 40, 0),
        at("Tàn nhang: 2 má", 40, 1),
        at("Ngày, tháng, năm: Ngày 25 tháng 7 năm 2016", 40, 2.2),
        at("CỤC TRƯỞNG CỤC CẢNH SÁT", 240, 3.2),
    ]
    got = texts(record("citizen_id_barcode", "2016", back, "back"))
    assert got["date_of_issue"] == "Ngày 25 tháng 7 năm 2016"
    assert got["identifying_marks"] == "Tàn nhang: 2 má"


def test_writing_of_another_kind_than_the_fields_is_unread_not_empty() -> None:
    one = record("citizen_id_chip", "2021", chip_front(sex="Giới tính / Sex: Hlm"))
    sex = one.get("sex")
    assert sex is not None and not sex.empty and sex.text == "" and UNREAD in sex.notes


def test_the_first_row_of_an_address_that_was_read_with_the_expiry_is_its_own() -> None:
    lines = [
        *chip_front(residence="Nơi thường trú / Place of residence:")[:-3],
        at("Có giá trị đến: 12/11/2045    số 188 Thử Giấy, Khương Mẫu, Thanh", 40, 12),
        at("Ví, Hà Nội", 516, 13),
    ]
    got = texts(record("citizen_id_chip", "2021", lines))
    assert got["place_of_residence"] == "số 188 Thử Giấy, Khương Mẫu, Thanh Ví, Hà Nội"


def test_the_zone_gives_no_other_field_a_value() -> None:
    back = [
        at("Đặc điểm nhận dạng / Personal identification:", 40, 0),
        at("Ngày, tháng, năm / Date, month, year: 11/06/2024", 40, 1),
        at("CỤC TRƯỞNG CỤC CẢNH SÁT", 240, 2),
        at("Quê quán", 40, 2.9),
        at("IDVNM0599203897030059920389<<6", 40, 4),
        at("5907078M9912315VNM<<<<<<<<<<<2", 40, 5),
        at("NGUYEN<<VAN<THU<<<<<<<<<<<<<<<", 40, 6),
    ]
    got = texts(record("citizen_id_chip", "2021", back, "back"))
    assert got["date_of_issue"] == "11/06/2024"
    assert not any("THU" in text or "<" in text for text in got.values())
