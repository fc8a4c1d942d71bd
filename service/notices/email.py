"""E-mail by SMTP."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from pipeline.domain.message import Message
from service.notices.channels import Notice, NoticeFailed
from service.wire.errors import Unprocessable

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_TIMEOUT_S = 20.0


def checked_address(typed: str) -> str:
    """The address, if it can stand in a mail header and is nothing else. Raises Unprocessable."""
    if not _ADDRESS.fullmatch(typed):
        raise Unprocessable(
            Message("Địa chỉ thư không hợp lệ", "The e-mail address is not valid"), code="email.invalid"
        )
    return typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """Sends through a mail server. `tls`: "starttls", "tls" or "none" (only to a server on this machine)."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    connect: Callable[..., Any] | None = None

    def send(self, notice: Notice, target: str) -> None:
        self.mail(target, subject=notice.subject, text=notice.text, message_id=notice.message_id)

    def mail(self, target: str, *, subject: str, text: str, message_id: str) -> None:
        """Returns when the server has taken it. Raises NoticeFailed."""
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = target
        message["Subject"] = subject
        message["Message-ID"] = f"<{message_id}@hotich>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._open() as server:
                if self.tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise NoticeFailed(
                Message("Không gửi được thư", f"The mail could not be sent ({type(error).__name__})")
            ) from error

    def _open(self) -> Any:
        if self.connect is not None:
            return self.connect(self.host, self.port)
        if self.tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_S, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_S)
