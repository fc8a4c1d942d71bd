"""What an official is told of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.domain.message import Message
from pipeline.judging.asking import Base, BaseState, Kind, Outcome

OUTCOMES: Final[Mapping[Outcome, Message]] = {
    Outcome.BY_DATA: Message(
        "Không được yêu cầu giấy tờ này: dữ liệu đã thay thế", "Not to be asked for: data stand in for this paper"
    ),
    Outcome.BY_HOLDING: Message(
        "Không được yêu cầu giấy tờ này: cơ quan đã lưu", "Not to be asked for: the office keeps this paper"
    ),
    Outcome.INCOMPLETE: Message(
        "Dữ liệu chưa đủ hoặc không khớp: chỉ được hỏi thêm các mục dưới đây",
        "Data are incomplete or do not agree: only the fields below may be asked for",
    ),
    Outcome.LAWFUL: Message("Được yêu cầu giấy tờ này", "This paper may be asked for"),
}
NOT_ASKED: Final = Message(
    "CSDL quốc gia về dân cư: không tra cứu, vì không có dữ liệu thay cho giấy tờ này",
    "Population database: not looked up, it holds nothing that stands in for this paper",
)
LOOK_FIRST: Final = Message(
    "Tra cứu CSDL chưa kết nối trước; không có dữ liệu thì được yêu cầu giấy tờ này",
    "First look it up in the database that is not connected; without data there this paper may be asked for",
)
REGISTER: Final[Mapping[BaseState, Message]] = {
    BaseState.FOUND: Message(
        "CSDL quốc gia về dân cư: đã tra cứu, có người này", "Population database: looked up, the person is there"
    ),
    BaseState.NOT_FOUND: Message(
        "CSDL quốc gia về dân cư: đã tra cứu, không có số định danh này",
        "Population database: looked up, there is no such number",
    ),
    BaseState.UNAVAILABLE: Message(
        "CSDL quốc gia về dân cư không trả lời: chỉ dựa vào giấy tờ đã lưu và quy định",
        "The population database does not answer: this rests on stored papers and rules alone",
    ),
    BaseState.NOT_CONNECTED: Message(
        "CSDL quốc gia về dân cư chưa kết nối ở đây: chỉ dựa vào giấy tờ đã lưu và quy định",
        "The population database is not connected here: this rests on stored papers and rules alone",
    ),
}
KINDS: Final[Mapping[Kind, Message]] = {
    Kind.DATA: Message("Dữ liệu thay giấy", "Data instead of paper"),
    Kind.HOLDING: Message("Giấy tờ đã lưu thay giấy", "A stored paper instead of paper"),
    Kind.ASK: Message("Được yêu cầu", "May be asked for"),
}
BASES: Final[Mapping[Base, Message]] = {
    Base.POPULATION: Message("CSDL quốc gia về dân cư", "the population database"),
    Base.CIVIL_STATUS: Message("CSDL hộ tịch điện tử", "the electronic civil-status database"),
}
FIELDS: Final[Mapping[str, Message]] = {
    "personal_id": Message("Số định danh cá nhân", "Personal number"),
    "full_name": Message("Họ, chữ đệm, tên", "Full name"),
    "date_of_birth": Message("Ngày, tháng, năm sinh", "Date of birth"),
    "sex": Message("Giới tính", "Sex"),
    "ethnicity": Message("Dân tộc", "Ethnicity"),
    "place_of_origin": Message("Quê quán", "Place of origin"),
    "residence": Message("Nơi cư trú", "Residence"),
    "father_name": Message("Họ tên cha", "Father's name"),
    "mother_name": Message("Họ tên mẹ", "Mother's name"),
    "old_national_id": Message("Số CMND 9 số", "Nine-digit identity card number"),
    "household_number": Message("Số sổ hộ khẩu", "Household book's number"),
    "document_number": Message("Số giấy tờ", "Document number"),
    "date_of_registration": Message("Ngày đăng ký", "Date of registration"),
    "deceased": Message("Việc còn sống hay đã mất", "Whether the person lives or has died"),
}
