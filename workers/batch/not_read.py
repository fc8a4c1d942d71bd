"""What is told of a file that this run did not read, or not newly."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.errors import HotichError, InputError
from pipeline.domain.message import Message
from workers.batch.inputs import InputFile, printable
from workers.batch.results import Fate, FileResult


def timed(result: FileResult, seconds: float) -> FileResult:
    return replace(result, seconds=seconds)


def set_aside(file: InputFile, error: HotichError) -> FileResult:
    message = error.message
    if not message.vi.startswith(file.shown):
        message = message.before(file.shown)
    return FileResult(file=file.name, status=Fate.SET_ASIDE, code=error.code, message=message)


def same_as(file: InputFile, other: str, pages: int) -> Message:
    shown = printable(other)
    return Message(
        f"{file.shown}: trùng nội dung với {shown}: {pages} trang quét hai lần",
        f"{file.shown}: same content as {shown}: {pages} pages scanned twice",
    )


def withdrawn(file: InputFile, count: int) -> Message:
    return Message(
        f"{file.shown}: {count} giấy tờ của tệp này đã được rút khỏi kho; khôi phục: hotich trash restore",
        f"{file.shown}: {count} papers of this file were withdrawn; to bring them back: hotich trash restore",
    )


def gone(error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError(
            Message("tệp đã biến mất; kiểm tra rồi chạy lại", "vanished; check and run again"), code="input.vanished"
        )
    reason = error.strerror or type(error).__name__
    return InputError(
        Message(
            f"hệ thống không cho đọc ({reason}); kiểm tra quyền đọc và ổ đĩa",
            f"the system will not let it be read ({reason}); check read permission and the disk",
        ),
        code="input.unreadable",
    )
