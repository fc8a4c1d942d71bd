"""Labels of fields and papers at the desk: Vietnamese, then English."""

from __future__ import annotations

import re
from typing import Final

from pipeline.forms.loading import load_forms

_ENTRIES: Final[dict[str, tuple[str, str]]] = {
    "full_name": ("Họ, chữ đệm, tên", "Full name"),
    "personal_id": ("Số định danh cá nhân", "Personal identification number"),
    "old_national_id": ("Số chứng minh nhân dân 9 số", "Nine-digit identity card number"),
    "insurance_number": ("Mã số bảo hiểm xã hội", "Insurance number"),
    "date_of_birth": ("Ngày sinh", "Date of birth"),
    "date_of_birth_words": ("Ngày sinh bằng chữ", "Date of birth in words"),
    "birth_year": ("Năm sinh", "Year of birth"),
    "time_of_birth": ("Giờ sinh", "Time of birth"),
    "age": ("Tuổi", "Age"),
    "sex": ("Giới tính", "Sex"),
    "ethnicity": ("Dân tộc", "Ethnicity"),
    "nationality": ("Quốc tịch", "Nationality"),
    "religion": ("Tôn giáo", "Religion"),
    "occupation": ("Nghề nghiệp", "Occupation"),
    "place_of_birth": ("Nơi sinh", "Place of birth"),
    "place_of_origin": ("Quê quán", "Place of origin"),
    "place_of_residence": ("Nơi thường trú", "Place of residence"),
    "permanent_residence": ("Nơi thường trú", "Permanent residence"),
    "residence": ("Nơi cư trú", "Residence"),
    "last_residence": ("Nơi cư trú cuối cùng", "Last residence"),
    "identifying_marks": ("Đặc điểm nhận dạng", "Identifying marks"),
    "identity_document": ("Giấy tờ tùy thân", "Identity document"),
    "document": ("Giấy tờ tùy thân", "Identity document"),
    "document_issue_date": ("Ngày cấp giấy tờ", "Date of issue of the paper"),
    "document_issue_place": ("Nơi cấp giấy tờ", "Place of issue of the paper"),
    "relationship": ("Quan hệ", "Relationship"),
    "relationship_to_head": ("Quan hệ với chủ hộ", "Relationship to the head"),
    "document_number": ("Số giấy tờ", "Document number"),
    "book_number": ("Quyển số", "Book number"),
    "sheet_number": ("Tờ số", "Sheet number"),
    "file_number": ("Hồ sơ số", "File number"),
    "register_number": ("Sổ đăng ký số", "Register number"),
    "registration_number": ("Số đăng ký", "Registration number"),
    "household_number": ("Số sổ", "Household book number"),
    "date_of_issue": ("Ngày cấp", "Date of issue"),
    "date_of_expiry": ("Có giá trị đến", "Date of expiry"),
    "date_of_registration": ("Ngày đăng ký", "Date of registration"),
    "moved_in_date": ("Ngày chuyển đến", "Date of moving in"),
    "temporary_from": ("Tạm trú từ ngày", "Temporary residence from"),
    "temporary_until": ("Tạm trú đến ngày", "Temporary residence until"),
    "place_of_registration": ("Nơi đăng ký", "Place of registration"),
    "removed": ("Lý do xóa đăng ký", "Reason for removal"),
    "date_of_death": ("Ngày chết", "Date of death"),
    "date_of_death_words": ("Ngày chết bằng chữ", "Date of death in words"),
    "time_of_death": ("Giờ chết", "Time of death"),
    "place_of_death": ("Nơi chết", "Place of death"),
    "cause_of_death": ("Nguyên nhân chết", "Cause of death"),
    "death_notice": ("Giấy báo tử", "Death notice"),
    "issuing_officer": ("Người cấp", "Issuing officer"),
    "registrar_full_name": ("Người ký", "Registrar"),
    "birth_attendant": ("Người đỡ đẻ", "Birth attendant"),
    "birth_weight_g": ("Cân nặng (gam)", "Weight in grams"),
    "number_of_children": ("Số con trong lần sinh", "Number of children born"),
    "condition_of_child": ("Tình trạng của con", "Condition of the child"),
    "qr": ("Mã QR", "QR code"),
    "mrz": ("Dòng máy đọc (MRZ)", "Machine-readable zone"),
}
_PERSONS: Final[dict[str, tuple[str, str]]] = {
    "mother": ("của mẹ", "of the mother"),
    "father": ("của cha", "of the father"),
    "declarant": ("của người đi khai", "of the declarant"),
    "applicant": ("của người yêu cầu", "of the applicant"),
    "wife": ("của vợ", "of the wife"),
    "husband": ("của chồng", "of the husband"),
    "spouse": ("của vợ hoặc chồng", "of the spouse"),
    "head": ("của chủ hộ", "of the head of the household"),
}
# Where the forms of one type share a name, or no form is known.
_TYPES: Final[dict[str, tuple[str, str]]] = {
    "citizen_id_chip": ("Căn cước công dân gắn chip", "Citizen identity card with chip"),
    "citizen_id_barcode": ("Căn cước công dân mã vạch", "Citizen identity card with barcode"),
    "citizen_id_2024": ("Thẻ căn cước 2024", "Identity card of 2024"),
    "national_id_9": ("Chứng minh nhân dân 9 số", "Nine-digit identity card"),
    "national_id_12": ("Chứng minh nhân dân 12 số", "Twelve-digit identity card"),
    "household_book": ("Sổ hộ khẩu", "Household book"),
    "temporary_residence_book": ("Sổ tạm trú", "Temporary residence book"),
    "birth_certificate": ("Giấy khai sinh", "Birth certificate"),
    "birth_certificate_old": ("Giấy khai sinh mẫu cũ", "Birth certificate, old form"),
    "birth_extract": ("Trích lục khai sinh", "Extract of a birth entry"),
    "birth_register_entry": ("Sổ đăng ký khai sinh", "Birth register entry"),
    "birth_notification": ("Giấy chứng sinh", "Birth notification"),
    "marriage_certificate": ("Giấy chứng nhận kết hôn", "Marriage certificate"),
    "death_certificate": ("Giấy chứng tử, trích lục khai tử", "Death certificate"),
    "other": ("Giấy tờ khác, theo mẫu của cơ quan", "Other paper, by a form of the office"),
    "unknown": ("Chưa rõ loại giấy tờ", "Kind of paper not known"),
}
_REPEATED: Final = re.compile(r"(?P<of>\w+)\[(?P<at>\d*)\]\.(?P<name>.+)")


def label_of(field: str) -> tuple[str, str]:
    """A field's label, Vietnamese and English: "Ngày sinh của mẹ", "Họ, chữ đệm, tên (thành viên 3)".

    An unknown name is shown as it is, its underscores as spaces. Empty only for an empty name.
    """
    repeated = _REPEATED.fullmatch(field)
    if repeated is not None:
        vi, en = label_of(repeated["name"])
        if not repeated["at"]:
            return f"{vi} (thành viên)", f"{en} (member)"
        number = int(repeated["at"]) + 1
        return f"{vi} (thành viên {number})", f"{en} (member {number})"
    if field in _ENTRIES:
        return _ENTRIES[field]
    person, _, entry = field.partition("_")
    if person in _PERSONS and entry in _ENTRIES:
        (vi, en), (whose_vi, whose_en) = _ENTRIES[entry], _PERSONS[person]
        return f"{vi} {whose_vi}", f"{en} {whose_en}"
    plain = field.replace("_", " ")
    return plain, plain


def paper_label(document_type: str, form: str | None = None) -> tuple[str, str]:
    """A paper's label, Vietnamese and English: the form's own name where the form is known."""
    if form is not None:
        for definition in load_forms():
            if definition.type == document_type and definition.form == form:
                return definition.name_vi, definition.name_en
    return _TYPES.get(document_type, (document_type.replace("_", " "),) * 2)
