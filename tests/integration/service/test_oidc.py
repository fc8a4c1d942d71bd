"""Signing in through an identity provider, which lives in this process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from service.people.oidc import OidcSignIn, Provider, subject_of
from tests.integration.service.conftest import Desk

ISSUER = "https://id.example.test"
OURS = Provider(
    issuer=ISSUER, client_id="hotich", client_secret="s3", redirect_uri="http://testserver/auth/oidc/callback"
)


class FakeProvider:
    """Answers as a provider does; `change` spoils the claims, `key` is another's when it is forged."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.signs_with: Any = self.key
        self.algorithm = "ES256"
        self.nonce = ""
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.verifiers: list[str] = []
        self.kid: str | None = "k1"
        self.published: list[tuple[str, Any]] = [("k1", self.key)]
        self.fetched = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("openid-configuration"):
            places = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return httpx.Response(200, json={"issuer": ISSUER, **places})
        if path == "/jwks_uri":
            self.fetched += 1
            keys = [
                {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}
                for kid, key in self.published
            ]
            return httpx.Response(200, json={"keys": keys})
        self.verifiers.append(parse_qs(request.content.decode())["code_verifier"][0])
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "hotich", "sub": "42", "iat": now, "exp": now + 60, "nonce": self.nonce}
        token = jwt.encode(
            self.change(claims),
            self.signs_with,
            algorithm=self.algorithm,
            headers={} if self.kid is None else {"kid": self.kid},
        )
        return httpx.Response(200, json={"id_token": token})


@pytest.fixture
def provider(desk: Desk) -> FakeProvider:
    made = FakeProvider()
    http = httpx.Client(transport=httpx.MockTransport(made))
    desk.context.oidc = OidcSignIn(provider=OURS, store=desk.context.store, keys=desk.context.keys, http=http)
    desk.context.accounts.add_by_subject(
        "an.cb", name="An", office="00001", roles=["reviewer"], oidc_subject=subject_of(ISSUER, "42")
    )
    return made


def come_back(desk: Desk, provider: FakeProvider, **changes: str) -> Any:
    sent = desk.http.get("/auth/oidc/login", follow_redirects=False)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}
    provider.nonce = asked["nonce"]
    return desk.http.get("/auth/oidc/callback", params={"code": "c", "state": asked["state"]} | changes)


def test_a_person_whom_an_account_names_is_signed_in(desk: Desk, provider: FakeProvider) -> None:
    assert come_back(desk, provider).status_code == 200
    assert desk.http.get("/auth/me").json()["roles"] == ["reviewer"]


def test_who_works_at_the_desk_is_led_there(desk: Desk, provider: FakeProvider) -> None:
    assert 'href="/ban-duyet"' in come_back(desk, provider).text


def test_the_secret_of_the_exchange_never_goes_through_the_browser(desk: Desk, provider: FakeProvider) -> None:
    sent = desk.http.get("/auth/oidc/login", follow_redirects=False)
    come_back(desk, provider)
    assert provider.verifiers[0] not in sent.headers["location"] + sent.headers["set-cookie"]


def test_another_state_is_refused(desk: Desk, provider: FakeProvider) -> None:
    assert come_back(desk, provider, state="x").status_code == 401
    assert provider.verifiers == []


@pytest.mark.parametrize(
    "spoilt",
    [{"iss": "https://evil.test"}, {"aud": "another"}, {"exp": 1}, {"nonce": "old"}, {"sub": "43"},
     {"aud": ["hotich", "another"], "azp": "another"}],
)  # fmt: skip
def test_a_token_that_does_not_fit_is_refused(desk: Desk, provider: FakeProvider, spoilt: dict[str, Any]) -> None:
    provider.change = lambda claims: claims | spoilt
    assert come_back(desk, provider).status_code == 401
    assert desk.http.get("/auth/me").status_code == 401


def test_a_token_of_another_s_key_is_refused(desk: Desk, provider: FakeProvider) -> None:
    provider.signs_with = ec.generate_private_key(ec.SECP256R1())
    assert come_back(desk, provider).status_code == 401


def test_a_key_that_the_provider_withdrew_is_trusted_for_minutes_only(desk: Desk, provider: FakeProvider) -> None:
    now = [0.0]
    assert desk.context.oidc is not None
    desk.context.oidc.now = lambda: now[0]
    assert come_back(desk, provider).status_code == 200
    provider.published = [("k2", ec.generate_private_key(ec.SECP256R1()))]
    now[0] = 301.0
    assert come_back(desk, provider).status_code == 401


def test_a_key_that_the_provider_added_is_known_at_once(desk: Desk, provider: FakeProvider) -> None:
    now = [0.0]
    assert desk.context.oidc is not None
    desk.context.oidc.now = lambda: now[0]
    come_back(desk, provider)
    provider.signs_with, provider.kid = ec.generate_private_key(ec.SECP256R1()), "k2"
    provider.published.append(("k2", provider.signs_with))
    now[0] = 10.0
    assert come_back(desk, provider).status_code == 200


@pytest.mark.parametrize("kid", [None, "", "k9"])
def test_a_token_that_names_no_key_or_an_unknown_one_is_refused(
    desk: Desk, provider: FakeProvider, kid: str | None
) -> None:
    provider.kid = kid
    for _ in range(5):
        assert come_back(desk, provider).status_code == 401
    assert provider.fetched <= 1  # strangers cannot make us ask the provider again and again


def test_a_token_without_a_signature_is_refused(desk: Desk, provider: FakeProvider) -> None:
    provider.signs_with, provider.algorithm = None, "none"
    assert come_back(desk, provider).status_code == 401


def test_a_provider_out_of_reach_is_told_as_such(desk: Desk, provider: FakeProvider) -> None:
    def away(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x")

    assert desk.context.oidc is not None
    desk.context.oidc.http = httpx.Client(transport=httpx.MockTransport(away))
    answer = desk.http.get("/auth/oidc/login", follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (503, "auth.provider_unavailable")


def test_without_a_provider_there_is_no_such_door(desk: Desk) -> None:
    assert desk.http.get("/auth/oidc/login").json()["code"] == "auth.no_provider"
