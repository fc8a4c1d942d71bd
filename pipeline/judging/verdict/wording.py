"""Every reason a verdict can give: its code, the outcome it leads to, its message."""

from __future__ import annotations

from typing import Any

from pipeline.domain.message import Message
from pipeline.judging.verdict.model import Outcome, Reason

_RETAKE, _CONTRADICTS, _REVIEW, _USABLE = Outcome.RETAKE, Outcome.CONTRADICTS, Outcome.REVIEW, Outcome.USABLE

_SIGNED = Message("Chữ ký số trong tệp", "The file's digital signature")

REASONS: dict[str, tuple[Outcome, Message]] = {
    "capture.blurred": (
        _RETAKE,
        Message(
            "Ảnh mờ: giữ yên máy, đợi lấy nét rồi chụp lại",
            "The picture is blurred: hold still, let it focus, retake it",
        ),
    ),
    "capture.glare": (
        _RETAKE,
        Message(
            "Bị lóa sáng che mất chữ: nghiêng giấy tờ hoặc tắt đèn flash rồi chụp lại",
            "Glare hides writing: tilt the paper or turn the flash off and retake",
        ),
    ),
    "capture.cut_off": (
        _RETAKE,
        Message(
            "Giấy tờ bị cắt mất góc hoặc cạnh: chụp lại cho đủ bốn góc",
            "A corner or an edge is cut off: retake it with all four corners in the picture",
        ),
    ),
    "capture.too_small": (
        _RETAKE,
        Message(
            "Chữ trong ảnh quá nhỏ: đưa máy lại gần rồi chụp lại", "The writing is too small: move closer and retake"
        ),
    ),
    "capture.too_dark": (
        _RETAKE,
        Message("Ảnh quá tối: chụp lại ở nơi sáng hơn", "The picture is too dark: retake it in better light"),
    ),
    "capture.screen": (
        _RETAKE,
        Message(
            "Ảnh chụp lại từ màn hình: hãy chụp giấy tờ thật",
            "This is a photograph of a screen: photograph the paper itself",
        ),
    ),
    "side.missing": (
        _RETAKE,
        Message(
            "Thiếu một mặt của thẻ: chụp đủ mặt trước và mặt sau",
            "One side of the card is missing: send both the front and the back",
        ),
    ),
    "side.wrong": (
        _RETAKE,
        Message("Nhầm mặt thẻ: hãy chụp mặt còn lại", "This is the wrong side of the card: send the other one"),
    ),
    "document.none": (
        _RETAKE,
        Message("Không thấy giấy tờ nào trong ảnh", "There is no document in the picture"),
    ),
    "document.unreadable": (
        _RETAKE,
        Message(
            "Không mở được tệp: hãy gửi ảnh hoặc PDF khác", "The file cannot be opened: send another picture or PDF"
        ),
    ),
    "document.wrong_type": (
        _RETAKE,
        Message("Không phải loại giấy tờ mà thủ tục này cần", "Not a paper that this procedure asks for"),
    ),
    "document.missing": (
        _RETAKE,
        Message("Còn thiếu giấy tờ mà thủ tục này cần", "A paper that this procedure asks for is missing"),
    ),
    "document.expired": (
        _RETAKE,
        Message("Giấy tờ đã hết hạn: hãy gửi giấy tờ còn hạn", "The paper has expired: send one that is still valid"),
    ),
    "document.withdrawn": (
        _RETAKE,
        Message(
            "Loại giấy tờ này không còn giá trị sử dụng: hãy gửi thẻ căn cước",
            "Papers of this kind are no longer valid: send the present identity card",
        ),
    ),
    "declared.differs": (
        _CONTRADICTS,
        Message("Nội dung khai khác với giấy tờ", "What was declared differs from the paper"),
    ),
    "register.differs": (
        _CONTRADICTS,
        Message("Giấy tờ khác với cơ sở dữ liệu dân cư", "The paper differs from the population register"),
    ),
    "register.deceased": (
        _CONTRADICTS,
        Message("Cơ sở dữ liệu dân cư ghi người này đã mất", "The population register says this person has died"),
    ),
    "declared.unlike": (
        _REVIEW,
        Message(
            "Nội dung khai có thể khác với giấy tờ, cần người xem",
            "What was declared may differ from the paper: a clerk looks",
        ),
    ),
    "declared.malformed": (
        _REVIEW,
        Message("Nội dung khai không đúng dạng", "What was declared does not have the form it should have"),
    ),
    "field.not_read": (
        _REVIEW,
        Message("Chưa đọc được mục này trên giấy tờ", "This entry could not be read from the paper"),
    ),
    "field.unsure": (
        _REVIEW,
        Message("Mục này đọc chưa chắc chắn", "This entry was not read with certainty"),
    ),
    "register.unlike": (
        _REVIEW,
        Message(
            "Giấy tờ khác với cơ sở dữ liệu dân cư, cần người xem",
            "The paper and the population register differ: a clerk looks",
        ),
    ),
    "register.unsure": (
        _REVIEW,
        Message(
            "Chưa chắc giấy tờ có khớp cơ sở dữ liệu dân cư không, cần người xem",
            "It is not sure whether the paper agrees with the population register: a clerk looks",
        ),
    ),
    "document.unknown": (
        _REVIEW,
        Message("Chưa nhận ra loại giấy tờ, cần người xem", "The kind of paper is not recognised: a clerk looks"),
    ),
    "document.type_unsure": (
        _REVIEW,
        Message("Chưa chắc loại giấy tờ, cần người xem", "The kind of paper is not certain: a clerk looks"),
    ),
    "document.expiry_unsure": (
        _REVIEW,
        Message(
            "Chưa đọc chắc hạn dùng của giấy tờ, cần người xem", "Its expiry was not read with certainty: a clerk looks"
        ),
    ),
    "document.changed_later": (
        _REVIEW,
        Message(
            "Giấy tờ có ghi chú thay đổi về sau, cần người xem", "Later changes are noted on the paper: a clerk looks"
        ),
    ),
    "document.review": (
        _REVIEW,
        Message("Giấy tờ cần cán bộ kiểm tra trước khi lưu", "A clerk checks the paper before it is kept"),
    ),
    "signature.revoked": (_REVIEW, _SIGNED),
    "signature.changed_after": (_REVIEW, _SIGNED),
    "signature.broken": (_REVIEW, _SIGNED),
    "signature.unreadable": (_REVIEW, _SIGNED),
    "signature.valid": (_USABLE, _SIGNED),
    "signature.revocation_unknown": (_USABLE, _SIGNED),
    "signature.unknown_issuer": (_USABLE, _SIGNED),
    "document.surplus": (_USABLE, Message("Giấy tờ gửi thừa, không cần", "A paper that was not asked for")),
    "document.held": (_USABLE, Message("Giấy tờ này đã được lưu", "This document is already kept")),
}


SIGNATURES = frozenset(code for code in REASONS if code.startswith("signature."))
"""What is told of the signatures that a file brings along, by the codes of its findings."""


def reason(code: str, *, outcome: Outcome | None = None, note: Message | None = None, **about: Any) -> Reason:
    """The reason of this code. `note` is added to both halves; raises KeyError for an unknown code."""
    usual, message = REASONS[code]
    if note is not None:
        message = Message(f"{message.vi}: {note.vi}", f"{message.en}: {note.en}")
    return Reason(code=code, message=message, outcome=outcome or usual, **about)
