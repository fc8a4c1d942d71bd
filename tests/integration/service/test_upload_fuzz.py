"""Uploads that are broken in every way a machine can think of: an answer each time, and never one of our faults."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.integration.service.conftest import RESIDENCE, Desk, picture
from tests.integration.service.page_desk import CARD_FORM, HTML, get, hidden

_BOUNDARY = b"x-boundary"
_PIECES = (
    b"\r\n", b"--", _BOUNDARY, b"\x00", b"\xff\xfe", b'filename="../../etc/passwd"', b"filename*=UTF-8''%ff%00",
    b"Content-Type: multipart/mixed; boundary=y", b"Content-Transfer-Encoding: base64", b'name="procedure"', b";" * 40,
    b"\r\n\r\n", b'name="files"', b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"II*\x00" + b"\xff" * 12,
)  # fmt: skip


def _body(fields: dict[str, str]) -> bytes:
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (_BOUNDARY, name.encode(), value.encode())
        for name, value in fields.items()
    ]
    parts += [
        b'--%s\r\nContent-Disposition: form-data; name="files"; filename="a%d.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%s\r\n" % (_BOUNDARY, n, picture("card", n))
        for n in range(2)
    ]
    return b"".join(parts) + b"--%s--\r\n" % _BOUNDARY


def _spoilt(body: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(body) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            body = body[:at]
        elif kind == 1:
            body = body[:at] + chance.choice(_PIECES) + body[at:]
        elif kind == 2:
            body = body[:at] + bytes(chance.randrange(256) for _ in range(chance.randint(1, 8))) + body[at + 4 :]
        else:
            end = at + chance.randint(1, 60)
            body = body[:end] + body[at:]
    return body


@pytest.mark.parametrize("seed", range(2))
def test_a_programs_upload_is_answered_whatever_it_is(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    headers = desk.bearer() | {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"}
    whole = _body({"procedure": RESIDENCE, "declared": "{}"})
    for _ in range(40):
        answer = desk.http.post("/submissions", content=_spoilt(whole, chance), headers=headers)
        assert answer.status_code < 500
    assert desk.http.post("/submissions", content=whole, headers=headers).status_code in (200, 202)


@pytest.mark.parametrize("seed", range(2))
def test_a_pages_upload_is_answered_whatever_it_is(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    given = hidden(get(desk, f"/nop/{RESIDENCE}").text)
    headers = HTML | {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"}
    whole = _body(given | CARD_FORM)
    for _ in range(25):
        answer = desk.http.post(
            f"/nop/{RESIDENCE}", content=_spoilt(whole, chance), headers=headers, follow_redirects=False
        )
        assert answer.status_code < 500


def test_nothing_of_a_broken_upload_stays(desk: Desk) -> None:
    before = sorted(path.name for path in Path(desk.home, "tray").rglob("*"))
    chance = random.Random(9)
    headers = desk.bearer() | {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"}
    for _ in range(20):
        broken = _body({"procedure": RESIDENCE, "declared": "{}"})[: chance.randrange(10, 200)]
        assert 400 <= desk.http.post("/submissions", content=broken, headers=headers).status_code < 500
    assert sorted(path.name for path in Path(desk.home, "tray").rglob("*")) == before
