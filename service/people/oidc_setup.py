"""Whether signing in through the office's identity provider is set up, what is missing, and whether it answers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from pipeline.domain.message import Message

_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSetup:
    """What the settings say; the secret itself is not in it. `redirect_uri`: what has to be registered at the
    provider."""

    issuer: str = ""
    client_id: str = ""
    has_secret: bool = False
    redirect_uri: str = ""

    @property
    def wanted(self) -> bool:
        """Whether anything of it is set: an office that sets nothing has local accounts only, which is no fault."""
        return bool(self.issuer or self.client_id or self.has_secret)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the settings that are not set yet."""
        there = {"oidc_issuer": self.issuer, "oidc_client_id": self.client_id, "oidc_client_secret": self.has_secret}
        return tuple(name for name, value in there.items() if not value)

    @property
    def ready(self) -> bool:
        return not self.missing

    def faults(self) -> list[Message]:
        """What is set, and cannot be right."""
        found = []
        if self.issuer and urlsplit(self.issuer).scheme != "https":
            found.append(Message("oidc_issuer phải bắt đầu bằng https://", "oidc_issuer has to begin with https://"))
        redirect = urlsplit(self.redirect_uri)
        if self.wanted and redirect.scheme != "https" and redirect.hostname not in ("127.0.0.1", "localhost"):
            found.append(
                Message(
                    "public_url phải là https:// thì hệ thống định danh mới trả người dùng về đây",
                    "public_url has to be https:// for the provider to send people back here",
                )
            )
        return found


def ask_provider(setup: OidcSetup, http: httpx.Client | None = None) -> Message | None:
    """What is wrong with the provider as it answers now; None where it answers as one. Takes ten seconds at most."""
    with http or httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False) as client:
        try:
            answer = client.get(setup.issuer.rstrip("/") + "/.well-known/openid-configuration")
            told = answer.json() if answer.status_code == 200 else None
            if not isinstance(told, dict):
                return Message(
                    f"Hệ thống định danh không có trang cấu hình (HTTP {answer.status_code}); kiểm tra oidc_issuer",
                    f"The provider has no configuration there (HTTP {answer.status_code}); check oidc_issuer",
                )
            if told.get("issuer") != setup.issuer:
                return Message(
                    "oidc_issuer phải đúng từng ký tự như hệ thống định danh tự xưng",
                    "oidc_issuer has to be to the letter what the provider calls itself",
                )
            if lacking := [name for name in _NEEDED if not isinstance(told.get(name), str)]:
                return Message(f"Cấu hình thiếu {', '.join(lacking)}", f"Its configuration lacks {', '.join(lacking)}")
            keys = client.get(told["jwks_uri"]).json().get("keys", [])
            if not keys:
                return Message("Hệ thống định danh không công bố khóa nào", "The provider publishes no key")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
            return Message("Không hỏi được hệ thống định danh", "The identity provider cannot be asked")
    return None
