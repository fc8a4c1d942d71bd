"""Labels of which letters were misread, on papers of invented people."""

from __future__ import annotations

import pytest

from tests.making.labelled import BOOK, CERTIFICATE, members, read, rows, told


@pytest.mark.parametrize("label", ["Drộc", "D/ộc", "Dhộc", "Dâm tộc", "5. D/iộc"])
def test_a_label_that_lost_letters_asks_for_the_value_of_its_list_that_follows(label: str) -> None:
    fields = told(read(CERTIFICATE, rows("Họ và tên: Lê Văn Mẫu", f"{label}: Mường", "Nơi sinh: Hà Nội")).fields)
    assert (fields["full_name"], fields["ethnicity"]) == ("Lê Văn Mẫu", "Mường")


def test_a_misread_label_inside_a_line_ends_the_value_before_it_and_says_whose_its_own_is() -> None:
    paper = rows("Họ và tên: Lê Văn Mẫu", "Họ tên mẹ: Lê Thị Thử", "Tuổi mẹ: 32 Drộc mẹ: Mường Qịch mẹ: Việt Nam")
    fields = told(read(CERTIFICATE, paper).fields)
    assert fields["mother_age"] == "32"
    assert (fields["mother_ethnicity"], fields["mother_nationality"]) == ("Mường", "Việt Nam")


@pytest.mark.parametrize("value", ["Kính", "Lê Văn", "12"])
def test_what_asks_for_no_value_of_its_list_is_no_label(value: str) -> None:
    fields = told(read(CERTIFICATE, rows("Họ và tên: Lê Văn Mẫu", f"Drộc: {value}", "Nơi sinh: Hà Nội")).fields)
    assert "ethnicity" not in fields


def test_a_numbered_label_that_nobody_knows_ends_the_value_before_it() -> None:
    person = ["1. Họ tên: Lê Văn Mẫu", "2. Quan hệ với chủ hộ: Chủ hộ", "5. Drrc: Kxx 6. Tôn giáo: Không"]
    (first,) = members(rows(*person))
    assert (first["relationship_to_head"], first["religion"]) == ("Chủ hộ", "Không")


def test_a_label_that_a_lines_end_breaks_is_one_label() -> None:
    paper = ["1. Họ tên: Lê Thị Mẫu", "5. Tôn giáo: Không 6. Quốc tịch: Việt Nam 7. Làm", "nghề gì: Bộ đội"]
    (first,) = members(rows(*paper))
    assert (first["nationality"], first["occupation"]) == ("Việt Nam", "Bộ đội")


def test_a_value_at_the_end_of_a_line_of_print_goes_on_at_the_beginning_of_the_next() -> None:
    paper = ["1. Họ tên: Lê Thị Mẫu", "2. Quan hệ với chủ hộ: Con 3. Ngày sinh: 15/02/1975 4. Nam (nữ):", "Nữ",
             "5. Tôn giáo: Không 6. Quốc tịch: Việt Nam 7. Nghề: Kế", "toán"]  # fmt: skip
    (first,) = members(rows(*paper))
    assert (first["date_of_birth"], first["sex"]) == ("15/02/1975", "Nữ")
    assert (first["nationality"], first["occupation"]) == ("Việt Nam", "Kế toán")


def test_a_date_that_found_no_room_behind_its_label_begins_the_next_line() -> None:
    paper = rows((("Họ và tên: Đinh Văn Mẫu", 150),),
                 (("Quan hệ với chủ hộ: Con", 150), ("Ngày tháng năm sinh:", 800)),
                 (("13/01/1971", 150), ("Nam/Nữ: Nam", 500)),
                 (("Quốc tịch: Việt Nam", 150), ("Chứng minh nhân", 830)),
                 (("dân số: 018497539", 150), ("Số định danh cá nhân: 001071609135", 560)))  # fmt: skip
    (first,) = members(paper)
    assert (first["date_of_birth"], first["sex"]) == ("13/01/1971", "Nam")
    assert (first["nationality"], first["old_national_id"]) == ("Việt Nam", "018497539")
    assert first["personal_id"] == "001071609135"


def test_a_title_over_a_number_is_no_broken_label() -> None:
    fields = told(read(BOOK, rows("SỔ ĐĂNG KÝ HỘ KHẨU", (("Số: 766", 477),), "Họ tên chủ hộ: Lê Văn Mẫu")).fields)
    assert fields["household_number"] == "766"
    assert "register_number" not in fields


def test_two_values_in_one_line_of_print_that_both_go_on_below_go_on_each_in_its_column() -> None:
    paper = rows("Họ và tên: Lê Văn Mẫu", "Ngày sinh: ngày 12 tháng Bằng chữ: Ngày mười hai tháng tám năm một",
                 (("8 năm 1992", 150), ("nghìn chín trăm chín mươi hai", 850)), "Nơi sinh: Hà Nội")  # fmt: skip
    fields = told(read(CERTIFICATE, paper).fields)
    assert fields["date_of_birth"] == "ngày 12 tháng 8 năm 1992"
    assert fields["date_of_birth_words"].endswith("năm một nghìn chín trăm chín mươi hai")


def test_a_broken_label_whose_first_half_is_a_label_too_is_one_label() -> None:
    paper = ["1. Họ tên: Lê Thị Mẫu", "6. Tôn giáo: Không 7. CMND số: 019485168 8. Số định danh",
             "cá nhân: 001059930817 9. Làm nghề gì: Thợ 10. Ngày chuyển đến:", "30/11/1994"]  # fmt: skip
    (first,) = members(rows(*paper))
    assert (first["old_national_id"], first["personal_id"]) == ("019485168", "001059930817")
    assert first["moved_in_date"] == "30/11/1994"


def test_a_label_broken_behind_a_value_at_the_end_of_a_columns_line_is_one_label() -> None:
    paper = rows((("Họ và tên: Lê Thị Mẫu", 150),),
                 (("Thông tin về người cha", 150), ("Thông tin về người mẹ", 1100)),
                 (("Họ và tên: Lê Văn Mẫu", 150), ("Họ và tên: Vũ Thị Mẫu", 1100)),
                 (("Năm sinh: 1989 Quốc tịch: Việt Nam Nghề", 150), ("Năm sinh: 1988 Quốc tịch: Việt Nam Nghề", 1100)),
                 (("nghiệp hiện nay: Nông nghiệp", 150), ("nghiệp hiện nay: Bác sĩ", 1100)),
                 (("Thường trú: tổ 1, Cầu Diễn", 150), ("Thường trú: tổ 2, Cầu Diễn", 1100)))  # fmt: skip
    fields = told(read(CERTIFICATE, paper).fields)
    assert (fields["father_nationality"], fields["mother_nationality"]) == ("Việt Nam", "Việt Nam")
    assert (fields["father_occupation"], fields["mother_occupation"]) == ("Nông nghiệp", "Bác sĩ")
    assert (fields["father_residence"], fields["mother_residence"]) == ("tổ 1, Cầu Diễn", "tổ 2, Cầu Diễn")


def test_a_line_with_the_next_number_ends_the_value_above_it_though_its_label_is_unknown_and_has_no_colon() -> None:
    paper = rows("13. QUÊ QUÁN: Hà Nội", "14. HỌ, CHỮ ĐỆM, TÊN NGUYỄN MAI THỬ", "15. TUI 21", "16. DÂN TỘC Kinh")
    fields = told(read(CERTIFICATE, paper).fields)
    assert (fields["full_name"], fields["ethnicity"]) == ("NGUYỄN MAI THỬ", "Kinh")
