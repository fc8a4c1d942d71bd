"""Text messages: the check of a number, and a channel that writes files for a gateway's program."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from service.notices.channels import Notice, NoticeFailed
from service.wire.errors import Unprocessable
from storage.files import write_file

_PHONE = re.compile(r"(?:\+84|0)\d{9,10}")


def checked_phone(typed: str) -> str:
    """The number as `+84…`, if it is a Vietnamese telephone number. Raises Unprocessable."""
    bare = re.sub(r"[\s.-]", "", typed)
    if not _PHONE.fullmatch(bare):
        raise Unprocessable(
            Message("Số điện thoại không hợp lệ", "The telephone number is not valid"), code="phone.invalid"
        )
    return "+84" + bare.removeprefix("+84").removeprefix("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSms:
    """A `Channel` that puts each message into a folder as `<message id>.json`, for a program that sends them, or for
    a person. Sending the same message again writes the same file."""

    folder: Path

    def send(self, notice: Notice, target: str) -> None:
        body = json.dumps({"to": target, "text": notice.short}, ensure_ascii=False).encode()
        try:
            write_file(self.folder / f"{notice.message_id}.json", body, mode=0o600)
        except ResourceError as error:
            raise NoticeFailed(error.message) from error
