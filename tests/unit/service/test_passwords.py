"""Which passwords are refused, and that good ones are not."""

from __future__ import annotations

import pytest

from service.people.browsers import browser_of
from service.people.one_time_codes import OneTimeCodes, address_of, qr_picture
from service.people.passwords import check_password, temporary_password
from service.wire.errors import Unprocessable
from service.wire.keys import Keys

LONG = " ".join(f"mưa{n * n}" for n in range(20))


def code_of(password: str) -> str:
    """The code it is refused by, empty for a good one."""
    try:
        check_password(password, "lan.pham", name="Phạm Thị Quỳnh Lan", office="hang-bac")
    except Unprocessable as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "123456789012", "matkhau123456", "Matkhau@123456", "mật khẩu 123456", "qwertyuiop123", "P@ssw0rd12345",
        "Abc@123456789", "nguyenvanan1990", "anhyeuemnhieulam", "hotich2026hotich", "ubndphuong2026!", "15011990nguyen",
        "0912345678ab", "xinchaovietnam1", "khongcomatkhau",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert code_of(password) == "password.common"


@pytest.mark.parametrize("password", ["lan.pham-2026!xyz", "cô QUỲNH dạy toán hay", "HàngBạc mưa phùn 88"])
def test_what_holds_its_owner_s_login_name_or_office_is_refused(password: str) -> None:
    assert code_of(password) == "password.personal"


@pytest.mark.parametrize("password", ["ngắn", "a" * 20, "abab" * 4, "x" * 12 + "yz1", "đ" * 201])
def test_what_is_too_short_too_long_or_all_alike_is_refused(password: str) -> None:
    assert code_of(password) == "password.weak"


@pytest.mark.parametrize(
    "password",
    [
        "chó vàng ăn mây tím",
        "trâu bay qua cầu sắt",
        "Tr0ub4dor&3x!",
        "correct horse battery",
        " ".join(f"mưa{n * n}" for n in range(20)),
    ],
)
def test_unrelated_words_and_random_signs_are_taken(password: str) -> None:
    assert code_of(password) == ""


def test_what_is_given_by_hand_is_never_alike_and_good() -> None:
    given = {temporary_password() for _ in range(20)}
    assert len(given) == 20
    assert {code_of(password) for password in given} == {""}


def test_a_phone_reads_the_picture_as_the_address() -> None:
    import base64

    import cv2
    import numpy as np
    import zxingcpp

    address = address_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "lan.pham")
    data = base64.b64decode(qr_picture(address).partition("base64,")[2])
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    [code] = zxingcpp.read_barcodes(picture)
    assert code.text == address


def test_a_recovery_code_is_known_however_it_is_typed_and_only_as_its_person_s() -> None:
    codes = OneTimeCodes(keys=Keys(master=bytes(32)))
    [code, *others] = codes.new_recovery_codes()
    assert len({code, *others}) == 10
    digest = codes.recovery_digest("u", code)
    assert digest == codes.recovery_digest("u", code.lower().replace("-", " "))
    assert digest != codes.recovery_digest("v", code)
    assert codes.recovery_digest("u", "123456") is None


def test_what_a_page_offers_is_taken_back_only_from_the_person_it_was_offered_to() -> None:
    codes = OneTimeCodes(keys=Keys(master=bytes(32)))
    secret, offer = codes.offer("u")
    assert codes.offered("u", offer) == secret
    assert [codes.offered("v", offer), codes.offered("u", secret), codes.offered("u", "đ")] == [None, None, None]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/120 Chrome/114.0 Safari/537.36", "Cốc Cốc, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_session_is_known_by_its_browser_and_machine(said: str, shown: str) -> None:
    assert browser_of(said) == shown
