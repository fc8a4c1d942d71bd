"""From a line of the population CSV to a row of the register."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from pipeline.domain.message import Message
from pipeline.values.keys import ascii_key, squeeze

COLUMNS = (
    "personal_id",
    "old_national_id",
    "full_name",
    "date_of_birth",
    "sex",
    "ethnicity",
    "place_of_origin",
    "residence",
    "father_name",
    "mother_name",
    "household_number",
    "deceased",
)
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SEXES = {"": "", "MALE": "male", "NAM": "male", "FEMALE": "female", "NU": "female"}
_NO = frozenset({"", "0", "FALSE", "NO", "N", "KHONG"})
_YES = frozenset({"1", "TRUE", "YES", "Y", "X", "CO"})


class BadValue(ValueError):
    """A line that cannot be a person; `code` says why, without the value."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date at the precision that is known."""

    year: int
    month: int | None = None
    day: int | None = None

    @staticmethod
    def parse(text: str) -> PartialDate | None:
        """From ISO 8601 (`1957`, `1957-03`, `1957-03-08`); None for anything that is no real date."""
        match = _ISO.fullmatch(text)
        if match is None:
            return None
        year, month, day = (None if part is None else int(part) for part in match.groups())
        return _real(year or 0, month, day)

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        return text if self.day is None else f"{text}-{self.day:02d}"


def _real(year: int, month: int | None, day: int | None) -> PartialDate | None:
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return PartialDate(year, month, day)


def person_row(raw: Mapping[str, str | None]) -> dict[str, Any]:
    """The register row of a CSV line, keyed as `tables.PERSON_COLUMNS`. Raises BadValue.

    A person is known by personal id, else by old national id, else by the digest of the whole line.
    """
    values = {name: _squeezed(raw.get(name) or "") for name in COLUMNS}
    if not values["full_name"]:
        raise BadValue("register.no_name", Message("thiếu họ tên", "no full name"))
    name_key = ascii_key(values["full_name"])
    if not name_key:
        raise BadValue("register.bad_name", Message("họ tên không có chữ cái", "a name without a letter"))
    born = _birth(values["date_of_birth"])
    row: dict[str, Any] = {name: values[name] or None for name in COLUMNS}
    row["personal_id"] = _digits(values["personal_id"], 12, "register.bad_personal_id")
    row["old_national_id"] = _digits(values["old_national_id"], 9, "register.bad_old_national_id")
    row["date_of_birth"] = "" if born is None else str(born)
    row["birth_year"] = None if born is None else born.year
    row["sex"] = _sex(values["sex"])
    row["deceased"] = _deceased(values["deceased"])
    row["name_key"] = name_key
    row["register_id"] = _identity(row)
    return row


def _squeezed(text: str) -> str:
    """`squeeze`, made cheap: two columns in three are plain ASCII, and places repeat."""
    return " ".join(text.split()) if text.isascii() else _squeezed_letters(text)


_squeezed_letters = lru_cache(maxsize=1 << 14)(squeeze)


def _identity(row: Mapping[str, Any]) -> str:
    if row["personal_id"]:
        return str(row["personal_id"])
    if row["old_national_id"]:
        return f"cmnd:{row['old_national_id']}"
    content = json.dumps([row[name] for name in COLUMNS], ensure_ascii=False)
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


def _digits(text: str, length: int, code: str) -> str | None:
    digits = text.replace(" ", "").replace(".", "")
    if not digits:
        return None
    if len(digits) != length or not (digits.isascii() and digits.isdigit()):
        raise BadValue(code, Message(f"không phải {length} chữ số", f"not {length} digits"))
    return digits


def _birth(text: str) -> PartialDate | None:
    if not text:
        return None
    born = PartialDate.parse(text)
    day_first = _DAY_FIRST.fullmatch(text)
    if born is None and day_first is not None:
        day, month, year = (int(part) for part in day_first.groups())
        born = _real(year, month, day)
    if born is None or born.year < 1800:
        raise BadValue("register.bad_date", Message("ngày sinh không hợp lệ", "not a date of birth"))
    return born


def _sex(text: str) -> str:
    sex = _SEXES.get(ascii_key(text))
    if sex is None:
        raise BadValue("register.bad_sex", Message("giới tính không rõ", "sex is neither male nor female"))
    return sex


def _deceased(text: str) -> bool:
    key = ascii_key(text)
    if key in _NO:
        return False
    if key in _YES or PartialDate.parse(text) or _DAY_FIRST.fullmatch(text):
        return True
    raise BadValue("register.bad_deceased", Message("cột deceased không rõ", "deceased is neither yes nor no"))
