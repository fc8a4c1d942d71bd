"""Words of the citizens' pages: declared values, answers, states. Data and its look-up."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pipeline.domain.message import Message


def words(vi: str, en: str) -> Message:
    """A text of a template."""
    return Message(vi, en)


# A declared name is one of these entries, alone or of one of these persons ("mother_full_name").
_ENTRIES: Final[Mapping[str, Message]] = {
    "full_name": Message("Họ, chữ đệm, tên", "Full name"),
    "personal_id": Message("Số định danh cá nhân hoặc số CMND", "Personal identification number"),
    "old_national_id": Message("Số chứng minh nhân dân 9 số", "Nine-digit identity card number"),
    "date_of_birth": Message("Ngày sinh", "Date of birth"),
    "date_of_registration": Message("Ngày đăng ký", "Date of registration"),
    "date_of_issue": Message("Ngày cấp", "Date of issue"),
    "sex": Message("Giới tính", "Sex"),
    "ethnicity": Message("Dân tộc", "Ethnicity"),
    "nationality": Message("Quốc tịch", "Nationality"),
    "document_number": Message("Số giấy tờ", "Document number"),
    "book_number": Message("Quyển số", "Book number"),
    "household_number": Message("Số sổ", "Book number"),
    "place_of_birth": Message("Nơi sinh", "Place of birth"),
    "place_of_origin": Message("Quê quán", "Place of origin"),
    "residence": Message("Nơi cư trú", "Residence"),
}
_PERSONS: Final[Mapping[str, Message]] = {
    "mother": Message("của mẹ", "of the mother"),
    "father": Message("của cha", "of the father"),
    "declarant": Message("của người đi khai", "of the declarant"),
    "applicant": Message("của người yêu cầu", "of the applicant"),
    "wife": Message("của bên nữ", "of the bride"),
    "husband": Message("của bên nam", "of the groom"),
    "spouse": Message("của vợ hoặc chồng", "of the spouse"),
    "head": Message("của chủ hộ", "of the head of the household"),
}
_VALUES: Final[Mapping[str, Message]] = {
    "male": Message("Nam", "Male"),
    "female": Message("Nữ", "Female"),
}

HINTS: Final[Mapping[str, Message]] = {
    "name": Message("Viết đủ dấu, như trên giấy tờ", "With all marks, as on the paper"),
    "date": Message("Ngày/tháng/năm, ví dụ 20/11/1985", "Day/month/year"),
    "personal_id": Message("12 chữ số; CMND cũ có 9 chữ số", "12 digits; old cards have 9"),
    "document_number": Message("Như ghi trên giấy tờ, ví dụ 12/1990", "As on the paper"),
}
WRONG: Final[Mapping[str, Message]] = {
    "long": Message("Dài quá 200 ký tự", "Longer than 200 characters"),
    "digits_in_name": Message("Họ tên không có chữ số", "A name has no digits"),
    "letters_in_number": Message("Số này chỉ gồm chữ số", "This number has digits only"),
    "name": Message("Họ tên chỉ gồm chữ cái và khoảng trắng", "A name has letters and spaces only"),
    "date": Message("Cần dạng ngày/tháng/năm, ví dụ 20/11/1985", "Wanted: day/month/year, for example 20/11/1985"),
    "sex": Message("Hãy chọn Nam hoặc Nữ", "Choose male or female"),
    "personal_id": Message("Cần đúng 12 hoặc 9 chữ số", "Exactly 12 or 9 digits are needed"),
    "text": Message("Nội dung này không đúng dạng", "This does not have the right form"),
    "files": Message("Chưa có ảnh hoặc tệp nào", "No photo or file has been chosen"),
}


def missing(label: Message) -> Message:
    """That an entry is needed and empty, by its name."""
    return Message(f"Chưa điền {label.vi[:1].lower()}{label.vi[1:]}", f"{label.en} is missing")


SIDES: Final[Mapping[str, Message]] = {
    "front": Message("Mặt trước", "Front"),
    "back": Message("Mặt sau", "Back"),
}


class AnswerKind(StrEnum):
    """What a submission's page says. `RECEIVED`: there is no answer yet."""

    RECEIVED = "received"
    USABLE = "usable"
    RETAKE = "retake"
    CONTRADICTS = "contradicts"
    REVIEW = "review"
    REFUSED = "refused"
    BRING_PAPER = "bring_paper"


# The heading of an answer, and what it means for its reader.
ANSWERS: Final[Mapping[AnswerKind, tuple[Message, Message]]] = {
    AnswerKind.RECEIVED: (
        Message("Đang đọc giấy tờ", "Reading your papers"),
        Message(
            "Hồ sơ đã được ghi nhận. Thường chỉ mất vài giây.",
            "Your submission is recorded. This usually takes a few seconds.",
        ),
    ),
    AnswerKind.USABLE: (
        Message("Giấy tờ dùng được", "Your papers can be used"),
        Message("Bạn không phải làm gì thêm.", "There is nothing more for you to do."),
    ),
    AnswerKind.RETAKE: (
        Message("Cần gửi lại", "Please send again"),
        Message(
            "Giấy tờ vừa gửi chưa dùng được. Hãy làm theo các chỗ ghi dưới đây rồi gửi lại.",
            "What was sent cannot be used. Please follow the notes below and send again.",
        ),
    ),
    AnswerKind.CONTRADICTS: (
        Message("Nội dung khai khác với giấy tờ", "What you declared differs from the paper"),
        Message(
            "Hồ sơ đã được nhận và cán bộ sẽ xem. Nếu bạn khai nhầm, hãy sửa rồi gửi lại.",
            "It has been received and a clerk will look at it. If you made a mistake, correct it and send again.",
        ),
    ),
    AnswerKind.REVIEW: (
        Message("Đã nhận, cán bộ sẽ xem", "Received; a clerk will look at it"),
        Message(
            "Bạn không phải gửi lại. Hãy tra cứu kết quả bằng mã dưới đây.",
            "You need not send again. Look up the result with the code below.",
        ),
    ),
    AnswerKind.REFUSED: (
        Message("Hồ sơ không được chấp nhận", "Not accepted"),
        Message("Lý do ghi dưới đây.", "The reasons stand below."),
    ),
    AnswerKind.BRING_PAPER: (
        Message("Xin mang giấy tờ đến", "Please bring the paper"),
        Message(
            "Cán bộ đã xem hồ sơ và cần thấy bản chính. Xin mang bản chính cùng mã hồ sơ dưới đây đến nơi nhận hồ sơ.",
            "A clerk has looked at it and has to see the original. Please bring it to the office, with the code below.",
        ),
    ),
}
# What the answers mean where a clerk gave them.
ACCEPTED_BY_CLERK: Final = Message(
    "Cán bộ đã xem và chấp nhận. Bạn không phải làm gì thêm.",
    "A clerk has looked at it and accepted it. There is nothing more for you to do.",
)
ASKED_BY_CLERK: Final = Message(
    "Cán bộ đã xem hồ sơ và cần ảnh khác. Hãy chụp lại như ghi dưới đây rồi gửi lại.",
    "A clerk has looked at it and needs another photo. Please take it as noted below and send again.",
)
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
        label, whose = _ENTRIES[entry], _PERSONS[person]
        return Message(f"{label.vi} {whose.vi}", f"{label.en} {whose.en}")
    return _ENTRIES.get(name) or Message.same(name.replace("_", " "))


def shown_value(name: str, value: str) -> Message:
    """A normal form as people write it: dates by day, month and year."""
    if value in _VALUES:
        return _VALUES[value]
    if "date_of_" in name:
        value = "/".join(reversed(value.split("-")))
    return Message.same(value)
