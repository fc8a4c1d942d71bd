"""Signing in through the office's identity provider: OpenID Connect, authorization code with PKCE.

The provider says who a person is; what they may do is stored here. A person is let in only when an account names their
subject at that issuer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from cryptography.fernet import Fernet, InvalidToken

from pipeline.domain.message import Message
from service.wire.errors import NotSignedIn
from service.wire.keys import Keys
from storage.errors import StoreUnavailable
from storage.office.store import OfficeStore
from storage.people import User

_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # never a symmetric one, never "none"
_STEP_S = 600  # how long a person may take at the provider
_LEEWAY_S = 60
_TIMEOUT_S = 10.0
_KEYS_S = 300.0  # so long a key that the provider withdrew may still be trusted
_FETCH_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`issuer`: its address, exactly as it signs; `redirect_uri`: our address, as registered there."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInStart:
    """The address to send the browser to, and what it has to bring back in a cookie."""

    url: str
    sealed: str


@dataclass(slots=True, kw_only=True)
class OidcSignIn:
    """`begin` sends a person to the provider, `finish` identifies them when they come back. `http` follows no
    redirects."""

    provider: Provider
    store: OfficeStore
    keys: Keys
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False))
    token: Callable[[int], str] = secrets.token_urlsafe
    now: Callable[[], float] = time.monotonic
    _known: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> SignInStart:
        """A new sign-in. Raises StoreUnavailable when the provider is out of reach."""
        state, nonce, verifier = self.token(24), self.token(24), self.token(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.redirect_uri,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        sealed = self._box().encrypt(json.dumps([state, nonce, verifier]).encode()).decode()
        return SignInStart(url=f"{self._metadata()['authorization_endpoint']}?{urlencode(query)}", sealed=sealed)

    def finish(self, *, code: str, state: str, sealed: str) -> User:
        """The person who came back. Raises NotSignedIn for anything that does not fit, StoreUnavailable."""
        try:
            opened = json.loads(self._box().decrypt(sealed.encode(), ttl=_STEP_S))
        except (InvalidToken, ValueError, UnicodeEncodeError):
            raise _refused() from None
        expected, nonce, verifier = opened
        if not hmac.compare_digest(expected.encode(), state.encode()):
            raise _refused()
        claims = self._claims(self._exchange(code, verifier))
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise _refused()
        with self.store.read() as tables:
            user = tables.users.by_subject(subject_of(self.provider.issuer, str(claims["sub"])))
        if user is None or not user.active:
            raise _refused()
        return user

    def _exchange(self, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.redirect_uri,
            "code_verifier": verifier,
        }
        who = (self.provider.client_id, self.provider.client_secret)
        answer = self._ask("POST", str(self._metadata()["token_endpoint"]), data=form, auth=who)
        if not isinstance(answer.get("id_token"), str):
            raise _refused()
        return str(answer["id_token"])

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(_ALGORITHMS),
                audience=self.provider.client_id,
                issuer=self.provider.issuer,
                leeway=_LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.PyJWTError:
            raise _refused() from None
        if isinstance(claims["aud"], list) and claims.get("azp") != self.provider.client_id and len(claims["aud"]) > 1:
            raise _refused()
        return claims

    def _key(self, kid: str) -> jwt.PyJWK:
        """The provider's key of this name. Keys are trusted for `_KEYS_S` after they were fetched, and fetched again
        when one is unknown, since providers change them; not more often than `_FETCH_S`. A token that names no key
        is refused."""
        if not kid:
            raise _refused()
        for fresh in (False, True):
            for key in self._jwks(fresh=fresh):
                if key.key_id == kid:
                    return key
        raise _refused()

    def _jwks(self, *, fresh: bool) -> list[jwt.PyJWK]:
        age = self.now() - self._known.get("fetched", -math.inf)
        if age > _KEYS_S or (fresh and age > _FETCH_S):
            self._known["keys"] = self._ask("GET", str(self._metadata()["jwks_uri"])).get("keys", [])
            self._known["fetched"] = self.now()
        keys = []
        for key in self._known["keys"]:
            if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP"):
                keys.append(jwt.PyJWK(key))
        return keys

    def _metadata(self) -> dict[str, Any]:
        if self.now() - self._known.get("asked", -math.inf) > _KEYS_S:
            answer = self._ask("GET", self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if answer.get("issuer") != self.provider.issuer:
                raise _unavailable()
            self._known["metadata"], self._known["asked"] = answer, self.now()
        metadata: dict[str, Any] = self._known["metadata"]
        return metadata

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self.http.request(method, url, **more)
        except httpx.HTTPError as error:
            raise _unavailable() from error
        if answer.status_code in (400, 401):
            raise _refused()
        if answer.status_code != 200:
            raise _unavailable()
        try:
            answer_body = answer.json()
        except ValueError as error:
            raise _unavailable() from error
        if not isinstance(answer_body, dict):
            raise _unavailable()
        return answer_body

    def _box(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(self.keys.digest("oidc"))))


def subject_of(issuer: str, subject: str) -> str:
    """The name under which an account knows a person of a provider."""
    return f"{issuer}|{subject}"


def _refused() -> NotSignedIn:
    return NotSignedIn(Message("Đăng nhập không thành công", "Signing in did not succeed"), code="auth.wrong")


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable(
        Message("Không hỏi được hệ thống định danh", "The identity provider cannot be asked"),
        code="auth.provider_unavailable",
    )
