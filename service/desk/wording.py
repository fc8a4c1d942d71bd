"""What the desk's pages call things: Vietnamese, then English. Data and its look-up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from pipeline.judging.review.wording import label_of, paper_label
from pipeline.settling.triage import reason_message
from service.desk.fragments import CHOICES
from service.wire.contract import Words

_VIETNAM: Final = timezone(timedelta(hours=7))
CLASSES: Final[Mapping[str, str]] = {
    "name": "Họ tên / Names",
    "date": "Ngày tháng / Dates",
    "identifier": "Số định danh, số giấy / Numbers",
    "place": "Địa danh / Places",
    "choice": "Giới tính, dân tộc, quốc tịch / Sex, ethnicity, nationality",
    "text": "Chữ khác / Other text",
    "paper": "Cả giấy / Whole papers",
}
STAGES: Final[Mapping[int, str]] = {
    1: "lần đầu / first",
    2: "người thứ hai / second person",
    3: "phân xử / arbitration",
}
STATUSES: Final[Mapping[str, str]] = {
    "accepted": "đã nhận / accepted",
    "review": "chờ xem / to be reviewed",
    "rejected": "không dùng được / rejected",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "usable": "dùng được / usable",
    "review": "máy chưa chắc / not certain",
    "contradicts": "khai khác giấy / declared otherwise",
    "retake": "phải chụp lại / to be sent again",
}
ACTIONS: Final[Mapping[str, str]] = {
    "document.read": "máy đọc / read by machine",
    "decided": "quyết định / decided",
    "settled": "có hiệu lực / settled",
    "undone": "hoàn tác / undone",
    "released": "phát hành bản mới / new version released",
    "retyped": "đổi loại giấy / type changed",
    "split": "tách giấy / split",
    "merged": "gộp giấy / merged",
    "sample.error": "kiểm tra thấy sai / error found in a sample",
}
_DETAILS: Final[Mapping[str, str]] = {
    "choice": "quyết định / decision",
    "value": "giá trị / value",
    "verbatim": "trên giấy / as written",
    "comment": "ghi chú / comment",
    "reason": "lý do / reason",
    "stage": "lượt / stage",
    "revision": "bản / version",
    "record": "mã băm bản ghi / record digest",
    "read_by": "máy đọc / read by",
    "status": "trạng thái / status",
    "asked": "các mục cần xem / asked",
    "decision": "mã quyết định / decision id",
    "page": "trang / page",
    "box": "chỗ trên giấy / place",
    "view": "đã thấy / what was seen",
    "joined": "gộp từ / joined",
    "made": "thành / made",
}
# What of a decision a second person must not learn.
TELLING: Final = frozenset(("value", "verbatim", "comment", "choice"))


def when(text: str) -> str:
    """A stored time as an office in Viet Nam writes it: 22/11/2026 15:04."""
    return datetime.fromisoformat(text).astimezone(_VIETNAM).strftime("%d/%m/%Y %H:%M")


def field_words(field: str) -> Words:
    vi, en = label_of(field) if field else ("Cả giấy", "The whole paper")
    return Words(vi=vi, en=en)


def paper_words(document_type: str, form: str | None = None) -> Words:
    vi, en = paper_label(document_type, form or None)
    return Words(vi=vi, en=en)


def reason_words(code: str) -> Words:
    return Words.of(reason_message(code))


def details_of(details: Mapping[str, Any], *, hidden: bool) -> list[tuple[Words, str]]:
    """The details of a trail entry for a page, what was said first. `hidden`: what a second person must not learn is
    left out."""
    out = []
    for name in sorted(details, key=lambda name: list(_DETAILS).index(name) if name in _DETAILS else len(_DETAILS)):
        value = details[name]
        if value not in (None, "", [], {}) and not (hidden and name in TELLING):
            out.append((Words.of(_DETAILS.get(name, name)), _detail(name, value)))
    return out


def _detail(name: str, value: Any) -> str:
    if name == "choice":
        return CHOICES.get(str(value), str(value))
    if name == "view":
        number, version = value.get("page"), value.get("revision")
        return f"trang {number}, bản {version} / page {number}, version {version}"
    if name == "asked":
        return ", ".join(field_words(field).vi for field in value)
    if name == "box":
        return " ".join(f"{x:.0f},{y:.0f}" for x, y in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
