"""Why a job was ended, in words for a clerk."""

from __future__ import annotations

from pipeline.domain.message import Message
from workers.errors import OverMemory, OverTime, WorkerCrashed, WorkerUnusable


def over_memory(megabytes: int, page: int | None) -> OverMemory:
    vi, en = _where(page)
    return OverMemory(
        Message(
            f"{vi} cần hơn {megabytes} MB bộ nhớ; hãy quét ở độ phân giải thấp hơn hoặc nâng giới hạn",
            f"{en} needs more than {megabytes} MB of memory; scan at a lower resolution or raise the limit",
        ),
        page=page,
    )


def over_time(seconds: float, page: int | None) -> OverTime:
    vi, en = _where(page)
    return OverTime(
        Message(
            f"{vi} vượt quá {seconds:g} giây xử lý; hãy xem lại tệp hoặc nâng giới hạn",
            f"{en} took more than {seconds:g} s of processing; look at the file or raise the limit",
        ),
        page=page,
    )


def crashed(page: int | None) -> WorkerCrashed:
    vi, en = _where(page)
    return WorkerCrashed(
        Message(
            f"thư viện đọc ảnh bị sập hai lần ở {vi}; hãy chuyển tệp sang định dạng khác rồi gửi lại",
            f"a library crashed twice at {en}; convert the file to another format and send it again",
        ),
        page=page,
    )


def cannot_start(why: str) -> WorkerUnusable:
    return WorkerUnusable(
        Message(
            f"Không khởi động được tiến trình đọc ({why}); hãy chạy `hotich doctor`.",
            f"No worker process can be started ({why}); run `hotich doctor`.",
        )
    )


def _where(page: int | None) -> tuple[str, str]:
    return ("tệp", "the file") if page is None else (f"trang {page}", f"page {page}")
