"""Papers that print no colons, or their labels in capitals, or a stamp of another office. All people are invented."""

from __future__ import annotations

from pipeline.domain.model import DocumentType, TextLine
from pipeline.forms.extract import extract
from pipeline.forms.loading import form
from tests.making.labelled import read, rows
from tests.making.paper import leaf, line

NOTIFICATION = ("birth_notification", "2012", "GIẤY CHỨNG SINH")
CERTIFICATE = ("birth_certificate", "2016", "GIẤY KHAI SINH")
CHILD = (
    line("Họ, chữ đệm, tên khai sinh HOÀNG KIM MẪU", 150, 300, row=2),
    line("Ngày, tháng, năm sinh 17/9/2021", 150, 380, row=3),
    line("Nơi sinh Xã Khánh Thượng, Huyện Ba Vì, Thành phố Hà Nội", 150, 460, row=4),
    line("Dân tộc Kinh", 150, 540, row=5),
    line("Quốc tịch Việt Nam", 900, 540, row=5),
)


def told(paper: tuple[str, str, str], *lines: TextLine) -> dict[str, str]:
    kind, edition, title = paper
    (record,) = extract(form(kind, edition), [leaf([line(title, 700, 140, row=1), *lines], "front")])
    return {f.name: f.text for f in record.fields if not f.empty}


def test_a_surname_that_a_label_took_along_is_the_names() -> None:
    found = told(
        NOTIFICATION,
        line("3. Họ và tên mẹ/Người nuôi dưỡng - Phạm Quỳnh Mẫu", 150, 300, row=2),
        line("4. Năm sinh : 1992", 150, 380, row=3),
    )
    assert found["mother_full_name"] == "Phạm Quỳnh Mẫu"


def test_a_name_takes_no_word_of_another_value() -> None:
    found = told(
        CERTIFICATE,
        *CHILD,
        line("Cha Lê Văn Mẫu Mẹ: Thị Mẫu", 150, 620, row=6),
    )
    assert not found.get("mother_full_name", "").startswith("Mẫu")


def test_a_sex_read_with_capitals_ends_the_name_before_it() -> None:
    found = told(CERTIFICATE, *CHILD, line("Giới Tính Nữ", 1100, 300, row=2))
    assert found["full_name"] == "HOÀNG KIM MẪU"
    assert found["sex"] == "Nữ"


def test_labels_in_capitals_without_colons_are_labels() -> None:
    found = told(
        NOTIFICATION,
        line("HỌ VÀ TÊN MẸ/NGƯỜI NUÔI DƯỠNG PHẠM DIỆU MẪU", 150, 300, row=2),
        line("NĂM SINH 1990", 150, 380, row=3),
        line("NƠI ĐĂNG KÝ THƯỜNG TRÚ Số 57 phố Lê Trọng Tấn - Thanh Xuân - Hà Nội", 150, 460, row=4),
        line("HỌ TÊN CHA NGUYỄN ĐÌNH MẪU", 150, 540, row=5),
        line("ĐÃ SINH CON VÀO LÚC 05 giờ 10 phút, ngày 7 tháng 3 năm 2015", 150, 620, row=6),
    )
    assert found["mother_full_name"] == "PHẠM DIỆU MẪU"
    assert found["mother_residence"].endswith("Hà Nội")
    assert found["father_full_name"] == "NGUYỄN ĐÌNH MẪU"


def test_whose_a_label_is_may_be_said_in_capitals_too() -> None:
    found = told(
        CERTIFICATE,
        *CHILD,
        line("HỌ VÀ TÊN CỦA CHA Lê Văn Mẫu", 150, 620, row=6),
        line("SỐ TUỔI CỦA CHA 33", 150, 700, row=7),
        line("HỌ VÀ TÊN CỦA MẸ Đàm Thị Mẫu", 150, 780, row=8),
    )
    assert found["father_full_name"] == "Lê Văn Mẫu"
    assert found["father_age"] == "33"
    assert found["mother_full_name"] == "Đàm Thị Mẫu"


def test_a_short_label_of_a_place_is_one_before_a_places_small_first_word() -> None:
    found = told(
        CERTIFICATE,
        *CHILD,
        line("Họ và tên cha Lê Văn Mẫu", 150, 620, row=6),
        line("Chỗ ở số 1, ngách 22/26, ngõ 272 Hàng Mẫu, phường Hàng Bông, thành phố Hà Nội", 150, 700, row=7),
        line("Họ và tên mẹ Đàm Thị Mẫu", 150, 780, row=8),
        line("Chỗ ở thôn Đông, xã Vân Hà, thành phố Hà Nội", 150, 860, row=9),
    )
    assert found["father_residence"] == "số 1, ngách 22/26, ngõ 272 Hàng Mẫu, phường Hàng Bông, thành phố Hà Nội"
    assert found["mother_residence"] == "thôn Đông, xã Vân Hà, thành phố Hà Nội"


def test_the_childs_sex_is_asked_below_the_mother_too() -> None:
    found = told(
        NOTIFICATION,
        line("Họ và tên mẹ/Người nuôi dưỡng PHẠM DIỆU MẪU", 150, 300, row=2),
        line("Dân tộc: Kinh", 150, 380, row=3),
        line("Con trai/gái nam", 150, 460, row=4),
        line("Cân nặng: 3350 gam", 150, 540, row=5),
    )
    assert found["sex"] == "nam"


def test_a_number_that_stands_apart_from_its_label_is_no_digit_of_the_value_before() -> None:
    found = told(
        NOTIFICATION,
        line("Họ và tên mẹ/Người nuôi dưỡng: PHẠM DIỆU MẪU", 150, 300, row=2),
        line("7. Số CMND/Hộ chiếu : 186085000", 150, 460, row=4),
        line("8", 1000, 460, row=4),
        line(". Ngày cấp : 10/02/2014", 1022, 460, row=4),
    )
    assert found["mother_personal_id"] == "186085000"
    assert found["mother_document_issue_date"] == "10/02/2014"


def test_number_book_and_day_of_a_stamp_that_certifies_a_copy_are_not_the_papers() -> None:
    found = told(
        CERTIFICATE,
        *CHILD,
        line("CHỨNG THỰC BẢN SAO", 500, 1400, row=12),
        line("ĐÚNG VỚI BẢN CHÍNH", 500, 1450, row=13),
        line("Số chứng thực: 5269 Quyển số: 01 SCT/BS", 400, 1500, row=14),
        line("Ngày 15-12-2009", 550, 1550, row=15),
    )
    assert "document_number" not in found
    assert "book_number" not in found


def test_the_book_in_a_title_of_big_letters_is_no_number() -> None:
    cover = (DocumentType.HOUSEHOLD_BOOK, "2014", "cover")
    title = (("SỔ", 400), ("HỘ", 900), ("KHẨU", 1400))
    found = read(cover, rows(title, "Số: 503.596635", "Chủ hộ: Lê Văn Mẫu", "Địa chỉ: Xã Mẫu")).fields
    assert [f.text for f in found if f.name == "household_number"] == ["503.596635"]
