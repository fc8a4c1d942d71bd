"""Words of the desk's pages, Vietnamese and English: data and its look-up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from pipeline.domain.message import Message
from pipeline.judging.review.display import display_value
from pipeline.judging.review.wording import label_of, paper_label
from pipeline.settling.triage import reason_message
from service.desk.fragments import CHOICES

_VIETNAM: Final = timezone(timedelta(hours=7))
CLASSES: Final[Mapping[str, Message]] = {
    "name": Message("Họ tên", "Names"),
    "date": Message("Ngày tháng", "Dates"),
    "identifier": Message("Số định danh, số giấy tờ", "Numbers"),
    "place": Message("Địa danh", "Places"),
    "choice": Message("Giới tính, dân tộc, quốc tịch", "Sex, ethnicity, nationality"),
    "text": Message("Chữ khác", "Other text"),
    "paper": Message("Cả giấy tờ", "Whole papers"),
}
STAGES: Final[Mapping[int, Message]] = {
    1: Message("lần đầu", "first"),
    2: Message("người thứ hai", "second person"),
    3: Message("phân xử", "arbitration"),
}
STATUSES: Final[Mapping[str, Message]] = {
    "accepted": Message("đã chấp nhận", "accepted"),
    "review": Message("chờ xem", "to be reviewed"),
    "rejected": Message("không đọc được", "rejected"),
}
OUTCOMES: Final[Mapping[str, Message]] = {
    "usable": Message("dùng được", "usable"),
    "review": Message("máy chưa chắc", "not certain"),
    "contradicts": Message("khai khác giấy tờ", "declared otherwise"),
    "retake": Message("phải chụp lại", "to be sent again"),
}
ACTIONS: Final[Mapping[str, Message]] = {
    "document.read": Message("máy đọc", "read by machine"),
    "decided": Message("quyết định", "decided"),
    "settled": Message("đã chốt", "settled"),
    "undone": Message("hoàn tác", "undone"),
    "released": Message("phát hành phiên bản mới", "new version released"),
    "retyped": Message("đổi loại giấy tờ", "type changed"),
    "split": Message("tách giấy tờ", "split"),
    "merged": Message("gộp giấy tờ", "merged"),
    "moved": Message("chuyển cơ quan", "moved to another office"),
    "withdrawn": Message("rút khỏi kho", "withdrawn"),
    "restored": Message("khôi phục", "brought back"),
    "sample.error": Message("kiểm tra thấy sai", "error found in a sample"),
}
_DETAILS: Final[Mapping[str, Message]] = {
    "choice": Message("quyết định", "decision"),
    "value": Message("giá trị", "value"),
    "verbatim": Message("trên giấy tờ", "as written"),
    "comment": Message("ghi chú", "comment"),
    "reason": Message("lý do", "reason"),
    "stage": Message("lần duyệt", "stage"),
    "revision": Message("phiên bản", "version"),
    "record": Message("mã băm", "record digest"),
    "read_by": Message("máy đọc", "read by"),
    "status": Message("trạng thái", "status"),
    "asked": Message("các mục cần xem", "asked"),
    "decision": Message("mã quyết định", "decision id"),
    "page": Message("trang", "page"),
    "box": Message("vị trí trên giấy tờ", "place"),
    "view": Message("nội dung đã hiển thị", "what was seen"),
    "joined": Message("gộp từ", "joined"),
    "made": Message("thành", "made"),
    "from": Message("từ", "from"),
    "to": Message("đến", "to"),
}
# What of a decision a second person must not learn.
TELLING: Final = frozenset(("value", "verbatim", "comment", "choice"))


def when(text: str) -> str:
    """A stored time as an office in Viet Nam writes it: 22/11/2026 15:04."""
    return datetime.fromisoformat(text).astimezone(_VIETNAM).strftime("%d/%m/%Y %H:%M")


def day(text: str) -> str:
    """A date of a paper as people write it, at the precision it has."""
    return display_value("date", text)


def field_words(field: str) -> Message:
    vi, en = label_of(field) if field else ("Cả giấy tờ", "The whole paper")
    return Message(vi, en)


def paper_words(document_type: str, form: str | None = None) -> Message:
    vi, en = paper_label(document_type, form or None)
    return Message(vi, en)


def reason_words(code: str) -> Message:
    return reason_message(code)


def details_of(details: Mapping[str, Any], *, hidden: bool) -> list[tuple[Message, Message | str]]:
    """The details of a trail entry for a page, the most important first. `hidden`: without what a second person must
    not learn."""
    shown = []
    for name in sorted(details, key=lambda name: list(_DETAILS).index(name) if name in _DETAILS else len(_DETAILS)):
        value = details[name]
        if value not in (None, "", [], {}) and not (hidden and name in TELLING):
            shown.append((_DETAILS.get(name, Message.same(name)), _detail(name, value)))
    return shown


def _detail(name: str, value: Any) -> Message | str:
    if name == "choice":
        return CHOICES.get(str(value), str(value))
    if name == "view":
        number, version = value.get("page"), value.get("revision")
        return Message(f"trang {number}, phiên bản {version}", f"page {number}, version {version}")
    if name == "asked":
        return ", ".join(field_words(field).vi for field in value)
    if name == "box":
        return " ".join(f"{x:.0f},{y:.0f}" for x, y in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
