"""Whether an identity provider is set up: what is missing, what cannot be right, what the provider says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotich.commands.doctor import _provider
from hotich.settings import Settings
from service.people.oidc_setup import OidcSetup, ask_provider

ISSUER = "https://id.example.test"
WHOLE = OidcSetup(
    issuer=ISSUER, client_id="hotich", has_secret=True, redirect_uri="https://hotich.example.test/auth/oidc/callback"
)
PLACES = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}


def answering(told: Any, keys: Any = ("k",), status: int = 200) -> httpx.Client:
    """A provider that answers so."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/down":
            raise httpx.ConnectError("down")
        if request.url.path == "/jwks_uri":
            return httpx.Response(200, json={"keys": list(keys)})
        return httpx.Response(status, json=told)

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_what_is_missing_is_named_and_nothing_set_is_no_fault() -> None:
    assert (OidcSetup().wanted, OidcSetup().faults()) == (False, [])
    half = OidcSetup(issuer=ISSUER)
    assert (half.wanted, half.ready, half.missing) == (True, False, ("oidc_client_id", "oidc_client_secret"))
    assert (WHOLE.ready, WHOLE.faults()) == (True, [])


def test_addresses_without_tls_are_told_but_for_this_machine_s_own() -> None:
    plain = OidcSetup(issuer="http://id", client_id="x", has_secret=True, redirect_uri="http://hotich/auth")
    assert len(plain.faults()) == 2
    here = OidcSetup(issuer=ISSUER, client_id="x", has_secret=True, redirect_uri="http://127.0.0.1:8000/auth")
    assert here.faults() == []


@pytest.mark.parametrize(
    ("http", "told"),
    [
        (lambda: answering({"issuer": ISSUER, **PLACES}), ""),
        (lambda: answering({"issuer": ISSUER + "/", **PLACES}), "từng ký tự"),
        (lambda: answering({"issuer": ISSUER}), "authorization_endpoint"),
        (lambda: answering({"issuer": ISSUER, **PLACES}, keys=()), "không công bố khóa"),
        (lambda: answering({}, status=404), "HTTP 404"),
        (lambda: answering(["x"]), "không có trang cấu hình"),
        (lambda: answering({"issuer": ISSUER, **PLACES, "jwks_uri": f"{ISSUER}/down"}), "Không hỏi được"),
    ],
)
def test_what_is_wrong_with_the_provider_is_said(http: Callable[[], httpx.Client], told: str) -> None:
    trouble = ask_provider(WHOLE, http())
    assert (trouble is None) if not told else (trouble is not None and told in trouble.vi), trouble


def test_the_doctor_says_how_far_it_is_set_up(tmp_path: Path) -> None:
    assert _provider(Settings(home=tmp_path)).ok
    half = _provider(Settings(home=tmp_path, oidc_issuer=ISSUER))
    assert (half.ok, "oidc_client_id, oidc_client_secret" in half.detail) == (False, True)
