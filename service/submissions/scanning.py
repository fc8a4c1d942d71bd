"""Scanning uploads for malware where the office runs ClamAV: off by default, fail closed when set.

The protocol is clamd's INSTREAM (clamd(8)): the bytes go over the socket, so that clamd needs no access to the tray.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.domain.errors import InputError, ResourceError, WrongUse
from pipeline.domain.message import Message

_CHUNK = 1 << 16
_LONGEST_REPLY = 4096


class Infected(InputError):
    """The scanner recognises the file as malware. The malware's name goes to the log, not to the sender."""

    code = "upload.infected"


class ScannerUnavailable(ResourceError):
    """The scanner gave no verdict: no file is accepted unscanned."""

    code = "scanner.unavailable"
    retryable = True


class FileScanner(Protocol):
    """Checks a file before anything else reads it."""

    def check(self, path: Path, ordinal: int) -> None:
        """Returns for a clean file. Raises Infected, ScannerUnavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamd:
    """A clamd on a UNIX socket (`host` is its path, `port` 0) or at an address."""

    host: str
    port: int = 0
    timeout_s: float = 30.0

    @staticmethod
    def at(address: str) -> Clamd:
        """From `/run/clamav/clamd.ctl` or `host:port`. Raises WrongUse."""
        if address.startswith("/"):
            return Clamd(host=address)
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise WrongUse(
                Message("clamd: cần đường dẫn socket hoặc máy:cổng", "wanted: a socket's path or host:port"),
                code="setting.clamd",
            )
        return Clamd(host=host.strip("[]"), port=int(port))

    def check(self, path: Path, ordinal: int) -> None:
        try:
            with self._connected() as connection, path.open("rb") as file:
                reply = _ask(connection, file)
        except OSError as error:
            raise _unavailable(type(error).__name__) from error
        if reply.endswith(" FOUND"):
            raise Infected(
                Message(
                    f"Tệp {ordinal} bị phần mềm diệt vi-rút chặn", f"File {ordinal} was stopped by the virus scanner"
                )
            )
        if reply != "stream: OK":
            raise _unavailable("ERROR" if reply.endswith("ERROR") else "?")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if self.port:
            with socket.create_connection((self.host, self.port), timeout=self.timeout_s) as connection:
                yield connection
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(self.timeout_s)
            connection.connect(self.host)
            yield connection


def _ask(connection: socket.socket, file: BinaryIO) -> str:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # clamd says why before it closes the connection
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(_CHUNK):
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < _LONGEST_REPLY:
        more = connection.recv(_LONGEST_REPLY)
        if not more:
            break
        reply += more
    return reply.rstrip(b"\0").decode("utf-8", "replace").strip()


def _unavailable(why: str) -> ScannerUnavailable:
    return ScannerUnavailable(
        Message(
            "Chưa quét được vi-rút, xin thử lại sau",
            f"The virus scanner gave no answer, please try again later ({why})",
        )
    )
