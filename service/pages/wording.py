"""Words of the citizens' pages: declared values, answers, states. Data and its look-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.domain.message import Message


def words(vi: str, en: str) -> Message:
    """A text of a template."""
    return Message(vi, en)


# A declared name is one of these entries, alone or of one of these persons ("mother_full_name").
_ENTRIES: Final[Mapping[str, tuple[str, str]]] = {
    "full_name": ("Họ, chữ đệm, tên", "Full name"),
    "personal_id": ("Số định danh cá nhân hoặc số CMND", "Personal identification number"),
    "old_national_id": ("Số chứng minh nhân dân 9 số", "Nine-digit identity card number"),
    "date_of_birth": ("Ngày sinh", "Date of birth"),
    "date_of_registration": ("Ngày đăng ký", "Date of registration"),
    "date_of_issue": ("Ngày cấp", "Date of issue"),
    "sex": ("Giới tính", "Sex"),
    "ethnicity": ("Dân tộc", "Ethnicity"),
    "nationality": ("Quốc tịch", "Nationality"),
    "document_number": ("Số giấy tờ", "Document number"),
    "book_number": ("Quyển số", "Book number"),
    "household_number": ("Số sổ", "Book number"),
    "place_of_birth": ("Nơi sinh", "Place of birth"),
    "place_of_origin": ("Quê quán", "Place of origin"),
    "residence": ("Nơi cư trú", "Residence"),
}
_PERSONS: Final[Mapping[str, tuple[str, str]]] = {
    "mother": ("của mẹ", "of the mother"),
    "father": ("của cha", "of the father"),
    "declarant": ("của người đi khai", "of the declarant"),
    "applicant": ("của người yêu cầu", "of the applicant"),
    "wife": ("của bên nữ", "of the bride"),
    "husband": ("của bên nam", "of the groom"),
    "spouse": ("của vợ hoặc chồng", "of the spouse"),
    "head": ("của chủ hộ", "of the head of the household"),
}
_VALUES: Final[Mapping[str, Message]] = {
    "male": Message("Nam", "Male"),
    "female": Message("Nữ", "Female"),
}

HINTS: Final[Mapping[str, Message]] = {
    "name": Message("Viết đủ dấu, như trên giấy tờ", "With all marks, as on the paper"),
    "date": Message("Ngày/tháng/năm, ví dụ 20/11/1985", "Day/month/year"),
    "personal_id": Message("12 chữ số; CMND cũ có 9 chữ số", "12 digits; old cards have 9"),
    "document_number": Message("Như ghi trên giấy, ví dụ 12/1990", "As on the paper"),
}
WRONG: Final[Mapping[str, Message]] = {
    "missing": Message("Mục này cần điền", "This is needed"),
    "name": Message("Họ tên chỉ gồm chữ cái và khoảng trắng", "A name has letters and spaces only"),
    "date": Message("Cần dạng ngày/tháng/năm, ví dụ 20/11/1985", "Wanted: day/month/year, for example 20/11/1985"),
    "sex": Message("Hãy chọn Nam hoặc Nữ", "Choose male or female"),
    "personal_id": Message("Cần đúng 12 hoặc 9 chữ số", "Exactly 12 or 9 digits are needed"),
    "text": Message("Nội dung này không đúng dạng", "This does not have the right form"),
    "files": Message("Chưa có ảnh hoặc tệp nào", "No photo or file has been chosen"),
}

SIDES: Final[Mapping[str, Message]] = {
    "front": Message("Mặt trước", "Front"),
    "back": Message("Mặt sau", "Back"),
}

# How an answer is told: a heading, and what it means for whoever reads it.
ANSWERS: Final[Mapping[str, tuple[Message, Message]]] = {
    "received": (
        Message("Đang đọc giấy tờ", "Reading your papers"),
        Message(
            "Hồ sơ đã được ghi nhận. Thường chỉ mất vài giây.",
            "Your submission is recorded. This usually takes a few seconds.",
        ),
    ),
    "usable": (
        Message("Giấy tờ dùng được", "Your papers can be used"),
        Message("Bạn không phải làm gì thêm.", "There is nothing more for you to do."),
    ),
    "retake": (
        Message("Cần gửi lại", "Please send again"),
        Message(
            "Chưa dùng được giấy tờ vừa gửi. Hãy làm theo các chỗ ghi dưới đây rồi gửi lại.",
            "What was sent cannot be used. Please follow the notes below and send again.",
        ),
    ),
    "contradicts": (
        Message("Nội dung khai khác với giấy tờ", "What you declared differs from the paper"),
        Message(
            "Hồ sơ đã được nhận và cán bộ sẽ xem. Nếu bạn khai nhầm, hãy sửa rồi gửi lại.",
            "It has been received and a clerk will look at it. If you made a mistake, correct it and send again.",
        ),
    ),
    "review": (
        Message("Đã nhận, cán bộ sẽ xem", "Received; a clerk will look at it"),
        Message(
            "Bạn không phải gửi lại. Hãy tra cứu kết quả bằng mã dưới đây.",
            "You need not send again. Look up the result with the code below.",
        ),
    ),
    "refused": (
        Message("Hồ sơ không được chấp nhận", "Not accepted"),
        Message("Lý do ghi dưới đây.", "The reasons stand below."),
    ),
}
AGREEMENTS: Final[Mapping[str, Message]] = {
    "same": Message("Khớp", "Agrees"),
    "near": Message("Gần giống, cán bộ sẽ xem", "Nearly the same: a clerk looks"),
    "different": Message("Khác nhau", "Differs"),
    "not_read": Message("Chưa đọc được", "Could not be read"),
    "not_declared": Message("Bạn không khai mục này", "You did not declare this"),
}


def entry_label(name: str) -> Message:
    """The label of a declared value; for an unknown name the name itself, its underscores as spaces."""
    person, _, entry = name.partition("_")
    if person in _PERSONS and entry in _ENTRIES:
        (vi, en), (whose_vi, whose_en) = _ENTRIES[entry], _PERSONS[person]
        return Message(f"{vi} {whose_vi}", f"{en} {whose_en}")
    if name in _ENTRIES:
        vi, en = _ENTRIES[name]
        return Message(vi, en)
    plain = name.replace("_", " ")
    return Message(plain, plain)


def shown_value(name: str, value: str) -> Message:
    """A normal form as people write it: dates by day, month and year."""
    if value in _VALUES:
        return _VALUES[value]
    if "date_of_" in name:
        value = "/".join(reversed(value.split("-")))
    return Message(value, value)
