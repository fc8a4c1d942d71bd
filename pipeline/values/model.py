"""What reading a value gives: its normal form, what was written, and what is doubtful about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.domain.message import Message
from pipeline.domain.model import Finding

INDEFINITE = "indefinite"
"""The value of an end that never comes: a card or a stay "Không thời hạn"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date as far as it is written. Nothing is filled in; a lunar date is never converted.

    `year` may be missing (None) when only day and month are written; `calendar` is "solar" or "lunar".
    """

    year: int | None
    month: int | None = None
    day: int | None = None
    calendar: str = "solar"
    verbatim: str = ""

    @property
    def precision(self) -> str:
        """ "day", "month", "year" or "none"."""
        if self.year is None:
            return "none"
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def iso(self) -> str | None:
        """ISO 8601 at the written precision; None for a lunar date or one without a year."""
        if self.year is None or self.calendar != "solar":
            return None
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    def possible(self) -> bool:
        """Whether a solar calendar has such a date; of a lunar one, whether its numbers are in range."""
        if self.month is not None and not 1 <= self.month <= 12:
            return False
        if self.day is None:
            return True
        if self.calendar == "lunar":
            return 1 <= self.day <= 30
        try:
            date(self.year or 2000, self.month or 1, self.day)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A legal value near what was read. `cost` is an edit distance: marks count 0.3, letters 1."""

    value: str
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known about the paper before a value is read.

    `century`: first year of the century two-digit years belong to (1900). `earliest` and `latest`:
    dates outside are flagged, never changed.
    """

    century: int | None = None
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """The outcome of `normalise`.

    `value` None: nothing is written (`empty`), a repetition mark stands there (`ditto`), or it could not
    be read as its grammar demands (`valid` False). `findings` are codes of `FINDING_MESSAGES`;
    `candidates` are legal values near the reading, cheapest first, and never include `value`.
    """

    value: str | None
    verbatim: str
    valid: bool = True
    findings: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    ditto: bool = False
    empty: bool = False
    date: PartialDate | None = None


FINDING_MESSAGES: dict[str, Message] = {
    "value.unreadable": Message("Không đọc được giá trị này", "The value could not be read"),
    "value.corrected": (
        Message("Đã chọn từ hợp lệ gần nhất với chữ đọc được", "The nearest legal word to the reading was taken")
    ),
    "value.not_listed": Message("Giá trị không có trong danh mục", "The value is not in the list"),
    "value.ditto": Message("Dấu lặp lại (như trên)", "A ditto mark stands here"),
    "name.odd_characters": Message("Họ tên có ký tự lạ", "The name has characters no name has"),
    "name.odd_syllable": (
        Message("Họ tên có âm tiết không đúng chính tả tiếng Việt", "The name has a syllable Vietnamese cannot spell")
    ),
    "name.single_word": Message("Họ tên chỉ có một từ", "The name is a single word"),
    "name.no_surname": Message(
        "Họ tên không bắt đầu bằng một họ đã biết", "The name does not begin with a known surname"
    ),
    "name.other_name": Message("Có tên gọi khác kèm theo", "Another name stands beside it"),
    "value.cut_short": Message(
        "Chỉ thấy âm tiết đầu của một từ ghép: phần sau có thể đã mất",
        "Only the first syllable of a longer word is seen: the rest may be lost",
    ),
    "place.open_start": Message(
        "Địa chỉ bắt đầu bằng phần cuối tên một đơn vị: chữ đầu có thể đã mất",
        "The address begins with the end of a unit's name: its first word may be lost",
    ),
    "place.open_end": Message(
        "Địa chỉ không kết thúc bằng một đơn vị hành chính đã biết", "The address does not end with a known unit"
    ),
    "value.said_twice": Message(
        "Đọc cùng một chỗ khác trên giấy ghi cùng điều này; cách đọc riêng ở đây nằm trong các lựa chọn",
        "Read together with another place of the paper that says the same; its own reading is an alternative",
    ),
    "value.odd_syllable": Message(
        "Có âm tiết không đúng chính tả tiếng Việt", "There is a syllable Vietnamese cannot spell"
    ),
    "date.impossible": Message("Ngày không có trong lịch", "No calendar has this date"),
    "date.two_digit_year": Message("Năm chỉ ghi hai chữ số", "The year has two digits only"),
    "date.year_missing": Message("Thiếu năm", "The year is missing"),
    "date.day_missing": Message(
        "Chỉ đọc được tháng, năm; hoặc chỉ năm, mà cạnh đó còn chữ ghi ngày, tháng",
        "Only month and year were read; or the year, but beside it stands more of the date",
    ),
    "value.number_before": Message(
        "Có số đứng trước chữ: có thể là số của ô bên cạnh",
        "A number stands before the words: it may be that of the cell beside it",
    ),
    "place.separator_missing": Message(
        "Giữa hai đơn vị hành chính không thấy dấu phẩy hay gạch nối",
        "Nothing is seen between two administrative units: a comma or a dash may be lost",
    ),
    "value.digits_differ": Message(
        "Đọc cả dòng và đọc riêng chỗ này ra hai số khác nhau",
        "The line and this place by itself read as different numbers",
    ),
    "date.lunar": Message("Ngày âm lịch, không tự quy đổi", "A lunar date; it is not converted"),
    "date.out_of_range": Message("Ngày ngoài khoảng hợp lý", "The date is outside the plausible time"),
    "date.century_garbled": Message("Thế kỷ của năm đọc chưa rõ", "The century of the year is not read clearly"),
    "date.repaired": Message("Đã sửa ký tự giống chữ số", "Letters that look like digits were read as digits"),
    "date.separators_missing": Message("Ngày viết liền, không có dấu ngăn", "The date has no separators"),
    "date.parts_unclear": Message("Không tách chắc được ngày và tháng", "Day and month cannot be told apart for sure"),
    "date.words_uncertain": Message("Ngày bằng chữ đọc chưa chắc", "The date in words is not read with certainty"),
    "time.minutes_missing": Message("Thiếu phút", "The minutes are missing"),
    "time.impossible": Message("Giờ không hợp lệ", "No clock has this time"),
    "id.repaired": Message("Số có ký tự giống chữ số, cần kiểm tra", "The number has letters that look like digits"),
    "id.length": Message("Số không đủ hoặc thừa chữ số", "The number has too few or too many digits"),
    "number.parted": Message("Có thể là hai số liền nhau", "It may be two numbers beside each other"),
    "number.impossible": Message("Con số ngoài khoảng hợp lý", "The number is outside the plausible range"),
}


def finding(code: str, field: str | None = None) -> Finding:
    """The full finding for a code of this table. Raises KeyError for another code."""
    return Finding(code=code, message=FINDING_MESSAGES[code], field=field)
