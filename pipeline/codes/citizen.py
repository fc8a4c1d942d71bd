"""The QR payload of citizen cards: UTF-8 fields separated by "|", empty ones kept.

Chip card (2021): id | old number | name | birth ddmmyyyy | Nam/Nữ | residence | issue ddmmyyyy. The card of
2024 adds four fields whose meaning is not published; a six-field variant lacks the old number. Fields
are taken by position, never by dropping empty ones.
"""

from __future__ import annotations

import re
from datetime import date

from pipeline.codes.model import CitizenQr
from pipeline.values import nfc, normalise, squeeze, title_case


def parse_citizen_qr(text: str) -> CitizenQr | None:
    """The payload's fields, or None when the text is not such a payload (its first field is not a 12-digit id)."""
    parts = [squeeze(part) for part in nfc(text.strip("\r\n\x00")).split("|")]
    if len(parts) < 6 or not re.fullmatch(r"[0-9]{12}", parts[0]):
        return None
    if not _is_old_number(parts[1]) and _looks_like_date(parts[2]):
        parts.insert(1, "")
    if len(parts) < 7:
        parts.append("")
    if not parts[2] or not any(c.isalpha() for c in parts[2]):
        return None
    return CitizenQr(
        raw=text,
        personal_id=parts[0],
        old_national_id=parts[1] if _is_old_number(parts[1]) else "",
        full_name=title_case(parts[2]),
        date_of_birth=_iso(parts[3]),
        sex=normalise("sex", parts[4]).value or "",
        residence=parts[5],
        date_of_issue=_iso(parts[6]),
        extra=tuple(parts[7:]),
    )


def _is_old_number(part: str) -> bool:
    return part == "" or re.fullmatch(r"[0-9]{9}|[0-9]{12}", part) is not None


def _looks_like_date(part: str) -> bool:
    return re.fullmatch(r"[0-9]{8}|[0-9]{4}", part) is not None


def _iso(part: str) -> str:
    """ddmmyyyy (00 for a missing part) or yyyy as ISO; "" when it is neither or no calendar has it."""
    if re.fullmatch(r"[0-9]{4}", part):
        return part
    if not re.fullmatch(r"[0-9]{8}", part):
        return ""
    day, month, year = part[:2], part[2:4], part[4:]
    if month == "00":
        return year if day == "00" else ""
    if day == "00":
        return f"{year}-{month}" if 1 <= int(month) <= 12 else ""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
