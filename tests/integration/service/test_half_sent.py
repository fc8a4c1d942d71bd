"""What somebody began to send and did not end, on the wire: nothing of it lies where nobody looks."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from service.wire.connections import ConnectionLimits
from tests.integration.service.conftest import JPEG, open_desk
from tests.integration.service.test_pushing import Pushed, listening
from tests.integration.service.test_uploads import TUS, begin, send
from tests.making.clock import Clock

SECRET = b"001190123456 Tran Thi Thu "
PHOTO = JPEG + SECRET * 120_000  # 3 MB: more than is held in memory
_TICK = threading.Event()


@pytest.fixture
def pushed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pushed]:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    desk = open_desk(home, clock=Clock())
    with listening(desk, ConnectionLimits()) as served:
        yield served
    desk.context.parts.tray.close()
    desk.catalogue.close()


def cut_off(
    pushed: Pushed,
    method: str,
    path: str,
    body: bytes,
    length: int,
    headers: dict[str, str],
    arrived: Callable[[], bool],
) -> None:
    """Sends `body` of so many announced bytes, and once it has arrived tears the connection down as a network that
    breaks does."""
    parts = urlsplit(pushed.address)
    head = {"Host": "localhost", "Content-Length": str(length), **pushed.desk.bearer(), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection((parts.hostname, parts.port), 5) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        assert soon(arrived)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if holds():
            return True
        _TICK.wait(0.01)  # the server's threads are at it
    return holds()


def spooled() -> list[str]:
    """Files that this process has open and that have no name any more."""
    found = []
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            target = str(handle.readlink())
            if "(deleted)" in target and "memfd" not in target:
                found.append(target)
    return found


def lying(home: Path, *others: Path) -> list[Path]:
    """Files in which something of a photo lies."""
    return [
        path for root in (home, *others) for path in root.rglob("*") if path.is_file() and SECRET in path.read_bytes()
    ]


def form(boundary: str = "b") -> bytes:
    fields = f'--{boundary}\r\nContent-Disposition: form-data; name="procedure"\r\n\r\n1.004222\r\n'
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
    return (fields + file).encode() + PHOTO


def test_of_a_form_that_was_cut_off_nothing_is_left(pushed: Pushed, tmp_path: Path) -> None:
    before = len(spooled())
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    for n in range(1, 3):
        cut_off(pushed, "POST", "/submissions", form(), len(form()) + 1_000, multipart, lambda: len(spooled()) > before)
        assert soon(lambda: len(spooled()) <= before), f"{n}"
    assert lying(pushed.desk.home, tmp_path) == []


def test_a_piece_that_was_cut_off_goes_on_or_is_removed_after_its_term(pushed: Pushed) -> None:
    desk = pushed.desk
    url = begin(desk, len(PHOTO)).headers["Location"]
    data = desk.home / "tray" / "uploads" / url.rpartition("/")[2] / "data"
    piece = {"Content-Type": "application/offset+octet-stream", **TUS}
    for sent in (400_000, 700_000):
        offset = data.stat().st_size
        body, headers = PHOTO[offset:sent], {**piece, "Upload-Offset": str(offset)}
        cut_off(pushed, "PATCH", url, body, len(PHOTO), headers, lambda: bool(desk.context.uploads._busy))
        assert soon(lambda: not desk.context.uploads._busy), "nobody holds it any more"
    offset = data.stat().st_size
    assert send(desk, url, offset, PHOTO[offset:800_000]).status_code == 204
    assert data.read_bytes() == PHOTO[:800_000]
    assert lying(desk.home) == [data]
    desk.clock.advance(timedelta(hours=25))
    desk.context.uploads.sweep()
    assert list((desk.home / "tray" / "uploads").iterdir()) == []


def test_an_original_that_a_killed_service_was_reading_again_goes_at_the_next_start(pushed: Pushed) -> None:
    left = pushed.desk.home / "tray" / "again" / ("a" * 32)
    left.parent.mkdir()
    left.write_bytes(PHOTO)
    pushed.desk.context.start()
    assert lying(pushed.desk.home) == []
