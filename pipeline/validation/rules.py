"""Every finding a check may raise: stable code, severity, what it says to a clerk. No message holds a value.

    code                          severity  raised when
    id.malformed                  error     a personal id is not twelve digits
    id.province_unknown           warning   its first three digits are no province and no country
    id.sex_mismatch               warning   its century-and-sex digit says the other sex
    id.birth_year_mismatch        warning   its year says another year of birth
    id.old_malformed              error     an old number is not nine digits
    sources.conflict              error     two sources on the paper (print, QR, MRZ, words) differ in a field
    mrz.invalid                   warning   the machine-readable zone's check digits do not agree
    date.birth_after_event        error     birth after registration, issue or notification
    date.in_future                error     a date after the day of processing (only when that day is given)
    date.expiry_before_issue      error     a card expires before it is issued
    date.expiry_age               warning   a card's expiry is not the 14th, 25th, 40th or 60th birthday, or a card
                                            issued to somebody younger than 58 has no end
    date.no_end                   error     a date that is no end is said to be without one
    number.year_mismatch          warning   the act number's year is not the year of registration
    book.year_after_registration  warning   the book was opened after the registration
    form.wrong_time               warning   this form or card was not in use on the date it carries
    parent.mother_age             warning   mother younger than 12 or older than 60 at the birth
    parent.father_age             warning   father younger than 14 or older than 90 at the birth
    parent.whose                  warning   the child has neither parent's surname, and not nearly the father's
    name.sex_unusual              info      "Thị" for a male, "Văn" for a female
    name.surname_differs          info      the child's surname is neither parent's
    ethnicity.not_listed          warning   no ethnic group of the list
    ethnicity.differs_from_parents warning  the child's ethnicity is neither parent's
    place.unit_unknown            info      no administrative unit is recognised in a place
    place.unit_not_then           info      the named unit did not stand at the date of the record
    household.head_differs        warning   the first member is not the head named in the book
    household.duplicate_id        error     two members carry the same number
    household.sex_mismatch        warning   relationship and sex contradict each other

Each is doubt for a person to settle. Many have lawful causes (a corrected sex, a cancelled number, an
adopted child), so none rejects a paper and none changes a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.message import Message
from pipeline.domain.model import Finding


class Severity(StrEnum):
    """`error`: some value is wrong or misread. `warning`: look before accepting. `info`: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    severity: Severity
    message: Message


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
RULES: dict[str, Rule] = {
    "id.malformed": Rule(
        _E, Message("Số định danh cá nhân không đủ 12 chữ số", "The personal id is not twelve digits")
    ),
    "id.province_unknown": Rule(
        _W, Message("Ba số đầu của số định danh không phải mã tỉnh", "The id's first three digits are no province code")
    ),
    "id.sex_mismatch": Rule(_W, Message("Số định danh không khớp giới tính", "The id's sex digit says the other sex")),
    "id.birth_year_mismatch": Rule(
        _W, Message("Số định danh không khớp năm sinh", "The id says another year of birth")
    ),
    "id.old_malformed": Rule(_E, Message("Số CMND không đủ 9 chữ số", "The old national id is not nine digits")),
    "sources.conflict": Rule(
        _E, Message("Các nguồn trên giấy tờ (chữ in, QR, MRZ, bằng chữ) không khớp", "Sources on the paper disagree")
    ),
    "mrz.invalid": Rule(_W, Message("Số kiểm tra của vùng MRZ không khớp", "The MRZ's check digits do not agree")),
    "date.birth_after_event": Rule(
        _E, Message("Ngày sinh sau ngày đăng ký hoặc ngày cấp", "Born after the registration or issue")
    ),
    "date.in_future": Rule(_E, Message("Ngày ở tương lai", "The date lies in the future")),
    "date.expiry_before_issue": Rule(_E, Message("Hạn dùng trước ngày cấp", "The card expires before its issue")),
    "date.expiry_age": Rule(
        _W, Message("Hạn dùng không rơi vào tuổi đổi thẻ", "The expiry is at no age at which cards are renewed")
    ),
    "date.no_end": Rule(
        _E, Message("Ngày này không thể là “không thời hạn”", "Only an end can be without one; this date is none")
    ),
    "number.year_mismatch": Rule(
        _W, Message("Năm trong số đăng ký khác năm đăng ký", "The act number's year is not the registration's")
    ),
    "book.year_after_registration": Rule(
        _W, Message("Quyển số mở sau năm đăng ký", "The book was opened after the registration")
    ),
    "form.wrong_time": Rule(
        _W,
        Message("Mẫu giấy tờ không dùng ở thời điểm ghi trên giấy tờ", "This form was not in use on the paper's date"),
    ),
    "parent.mother_age": Rule(_W, Message("Tuổi người mẹ khi sinh con bất thường", "Unusual age of the mother")),
    "parent.father_age": Rule(_W, Message("Tuổi người cha khi sinh con bất thường", "Unusual age of the father")),
    "parent.whose": Rule(
        _W,
        Message(
            "Con không mang họ của cha, mẹ đọc được: xem thông tin này có đúng của người đó",
            "The child has neither surname read of the parents: see that this is said of that parent",
        ),
    ),
    "name.sex_unusual": Rule(_I, Message("Chữ đệm ít gặp với giới tính này", "A middle name unusual for this sex")),
    "name.surname_differs": Rule(_I, Message("Họ của con khác họ cha và mẹ", "The child has neither parent's surname")),
    "ethnicity.not_listed": Rule(_W, Message("Dân tộc không có trong danh mục", "The ethnic group is not in the list")),
    "ethnicity.differs_from_parents": Rule(
        _W, Message("Dân tộc của con khác cha và mẹ", "The child's ethnic group is neither parent's")
    ),
    "place.unit_unknown": Rule(
        _I, Message("Không nhận ra đơn vị hành chính", "No administrative unit is recognised in the place")
    ),
    "place.unit_not_then": Rule(
        _I,
        Message(
            "Đơn vị hành chính chưa thành lập hoặc đã giải thể tại thời điểm này", "The unit did not stand at that date"
        ),
    ),
    "household.head_differs": Rule(
        _W, Message("Người thứ nhất không phải chủ hộ đã ghi", "The first member is not the head named in the book")
    ),
    "household.duplicate_id": Rule(_E, Message("Hai thành viên trùng số giấy tờ", "Two members carry the same number")),
    "household.sex_mismatch": Rule(
        _W, Message("Quan hệ với chủ hộ không khớp giới tính", "Relationship and sex contradict each other")
    ),
}


def finding(code: str, field: str | None = None) -> Finding:
    """The finding for a code of the table. Raises KeyError for another code."""
    return Finding(code=code, message=RULES[code].message, field=field)


def severity(code: str) -> Severity:
    """The severity of a check's code; a code of another table is a warning."""
    return RULES[code].severity if code in RULES else Severity.WARNING
