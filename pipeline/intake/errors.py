"""Why a source file is set aside. The codes are stable: they stand in reports and exports.

    InputError
    +-- IntakeError
        +-- MissingFile          input.missing          no such file
        +-- NotAFile             input.not_a_file       a folder, a pipe, a device
        +-- UnreadableFile       input.unreadable       the system refuses to open it
        +-- EmptyFile            input.empty            zero bytes, or a container without a page
        +-- FileTooLarge         input.too_large        more bytes than the limit
        +-- UnsupportedType      input.unsupported      content of a kind we do not read
        +-- ArchiveFile          input.archive          zip, rar, 7z, tar, ...: unpack it first
        +-- EncryptedFile        input.encrypted        wants a password
        +-- TruncatedFile        input.truncated        the end is missing
        +-- CorruptFile          input.corrupt          damaged or contradictory
        +-- TooManyPixels        input.too_many_pixels  a page larger than the limit (a pixel bomb)
        +-- TooFewPixels         input.too_few_pixels   a picture too thin to hold a letter
        +-- TooManyPages         input.too_many_pages   more pages than the limit

Messages are shown to a clerk: Vietnamese first, then English; what, which page, what to do.
"""

from __future__ import annotations

from typing import Self

from pipeline.domain.errors import InputError
from pipeline.domain.message import Message


class IntakeError(InputError):
    """Base of the reasons above; `about` words the message from the class's two templates."""

    vi = "không đọc được; kiểm tra tệp rồi gửi lại"
    en = "cannot be read; check the file and send it again"

    @classmethod
    def about(cls, name: str, *, page: int | None = None, **facts: object) -> Self:
        """The error for the file `name` (already printable), with `facts` filled into the templates."""
        where_vi = f"{name}, trang {page}" if page is not None else name
        where_en = f"{name}, page {page}" if page is not None else name
        message = Message(f"{where_vi}: {cls.vi.format(**facts)}", f"{where_en}: {cls.en.format(**facts)}")
        return cls(message, page=page)


class MissingFile(IntakeError):
    code = "input.missing"
    vi = "không có tệp này; kiểm tra lại đường dẫn"
    en = "there is no such file; check the path"


class NotAFile(IntakeError):
    code = "input.not_a_file"
    vi = "không phải tệp thường mà là {what_vi}; hãy chỉ đến tệp ảnh hoặc PDF"
    en = "not a regular file but {what_en}; point to an image or PDF file"


class UnreadableFile(IntakeError):
    code = "input.unreadable"
    vi = "hệ thống không cho mở tệp ({reason}); kiểm tra quyền đọc và ổ đĩa"
    en = "the system will not open it ({reason}); check read permission and the disk"


class EmptyFile(IntakeError):
    code = "input.empty"
    vi = "tệp rỗng, không có trang nào; hãy quét hoặc chép lại"
    en = "empty, no page in it; scan or copy it again"


class FileTooLarge(IntakeError):
    code = "input.too_large"
    vi = "tệp quá lớn ({size} byte, giới hạn {limit}); hãy tách nhỏ"
    en = "too large ({size} bytes, limit {limit}); split it"


class UnsupportedType(IntakeError):
    code = "input.unsupported"
    vi = "loại nội dung không đọc được ({kind}); hãy chuyển sang PDF, TIFF, JPEG, PNG, WebP hoặc HEIC"
    en = "content of a type that is not read ({kind}); convert it to PDF, TIFF, JPEG, PNG, WebP or HEIC"


class ArchiveFile(IntakeError):
    code = "input.archive"
    vi = "là tệp nén hoặc tài liệu văn phòng ({kind}); hãy giải nén hoặc in ra PDF rồi gửi các tệp bên trong"
    en = "an archive or office file ({kind}); unpack it or print it to PDF and send what is inside"


class EncryptedFile(IntakeError):
    code = "input.encrypted"
    vi = "tệp có mật khẩu; hãy lưu lại bản không có mật khẩu"
    en = "protected by a password; save a copy without one"


class TruncatedFile(IntakeError):
    code = "input.truncated"
    vi = "tệp bị cụt, thiếu phần cuối; hãy chép hoặc quét lại"
    en = "cut short, its end is missing; copy or scan it again"


class CorruptFile(IntakeError):
    code = "input.corrupt"
    vi = "tệp hỏng ({reason}); hãy chép hoặc quét lại"
    en = "damaged ({reason}); copy or scan it again"


class TooManyPixels(IntakeError):
    code = "input.too_many_pixels"
    vi = "ảnh quá lớn ({width} x {height} điểm ảnh, giới hạn {limit}); hãy quét lại ở 300 dpi"
    en = "too large an image ({width} x {height} pixels, limit {limit}); scan it again at 300 dpi"


class TooFewPixels(IntakeError):
    code = "input.too_few_pixels"
    vi = "ảnh chỉ có {width} x {height} điểm ảnh, không thể có chữ; hãy quét lại cả trang"
    en = "an image of only {width} x {height} pixels, which holds no writing; scan the whole page again"


class TooManyPages(IntakeError):
    code = "input.too_many_pages"
    vi = "quá nhiều trang ({pages}, giới hạn {limit}); hãy tách thành nhiều tệp"
    en = "too many pages ({pages}, limit {limit}); split it into several files"
