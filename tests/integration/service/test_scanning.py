"""Uploads are scanned where the office runs clamd: what it finds is refused, and nothing is taken in unscanned."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain.errors import WrongUse
from service.submissions.scanning import Clamd, Infected, ScannerUnavailable
from tests.integration.service.conftest import Desk, picture

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Session(socketserver.StreamRequestHandler):
    """clamd's side of INSTREAM."""

    server: Scanner

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
            if len(data) > self.server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(data)
        self.wfile.write(b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0")


class Scanner(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.most = 1 << 30
        super().__init__(("127.0.0.1", 0), _Session)


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    made = Scanner()
    threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def scanned(desk: Desk, scanner: Scanner) -> Desk:
    """A service whose uploads go through this clamd."""
    object.__setattr__(desk.context.parts, "scanner", Clamd.at(f"127.0.0.1:{scanner.server_address[1]}"))
    return desk


def test_a_clean_upload_is_taken_and_was_seen_whole(scanned: Desk, scanner: Scanner) -> None:
    assert scanned.submit(picture("card")).status_code == 200
    assert scanner.seen == [picture("card")]


def test_a_long_file_goes_over_in_pieces(tmp_path: Path, scanner: Scanner) -> None:
    data = bytes(range(256)) * 2000
    (tmp_path / "long").write_bytes(data)
    Clamd.at(f"127.0.0.1:{scanner.server_address[1]}").check(tmp_path / "long", 1)
    assert scanner.seen == [data]


def test_an_infected_upload_is_refused_and_leaves_nothing(scanned: Desk) -> None:
    answer = scanned.submit(picture("card"), picture("card") + EICAR)
    assert (answer.status_code, answer.json()["code"]) == (422, "upload.infected")
    assert "Eicar" not in answer.text
    assert scanned.reader.read == []
    assert list((scanned.home / "tray").glob("*/*")) == []


def test_nothing_is_taken_in_unscanned(scanned: Desk, scanner: Scanner) -> None:
    scanner.most = 4  # as a clamd with a small StreamMaxLength
    answer = scanned.submit(picture("card"))
    assert (answer.status_code, answer.json()["code"]) == (503, "scanner.unavailable")
    assert list((scanned.home / "tray").glob("*/*")) == []


def test_a_scanner_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(ScannerUnavailable):
        Clamd.at(str(tmp_path / "no.socket")).check(tmp_path / "file", 1)


def test_a_scanner_on_a_unix_socket_is_asked_too(tmp_path: Path) -> None:
    class OnSocket(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        seen: list[bytes] = []  # noqa: RUF012
        most = 1 << 30

    (tmp_path / "file").write_bytes(EICAR)
    with OnSocket(str(tmp_path / "clamd.ctl"), _Session) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        with pytest.raises(Infected):
            Clamd.at(str(tmp_path / "clamd.ctl")).check(tmp_path / "file", 1)
        server.shutdown()


@pytest.mark.parametrize("address", ["clamd", "host:", ":3310", "host:port", "host:99999"])
def test_a_setting_that_names_no_scanner_is_refused(address: str) -> None:
    with pytest.raises(WrongUse):
        Clamd.at(address)
