"""Signed webhooks, to addresses that cannot be made to point into our own network."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from service.notices.channels import Notice, NoticeFailed
from service.wire.keys import Keys

_TIMEOUT_S = 10.0
Resolve = Callable[[str, int], Sequence[str]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PORTS = frozenset({443, 8443})
# IPv6 addresses of one site as they once were (fec0::/10), and those that lead to an IPv4 one: compatible, mapped,
# translated, NAT64 (RFC 6052, 8215), Teredo, 6to4; where they lead is not ours to judge, and nobody needs them.
_NEVER = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "fec0::/10",
        "2002::/16",
    )
)


def webhook_secret(keys: Keys, client_id: str) -> str:
    """The key with which a client verifies signatures. Derived from the installation's key, stored nowhere."""
    return "whsec_" + keys.digest("webhook", client_id)


def signature(secret: str, moment: int, body: bytes) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 over "<seconds>.<body>">`: the receiver refuses what is old or does not fit."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host. Raises OSError."""
    return list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The address of a webhook that has been checked and may be connected to."""

    host: str
    port: int
    path: str
    address: str
    secure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookGuard:
    """Decides where webhooks may go: public addresses over TLS, at the ports 443 and 8443; others, at any port, only in
    networks the operator named.

    The connection goes to the very address that was checked: the name cannot be made to resolve to another one in
    between.
    """

    networks: tuple[Network, ...] = ()
    resolve: Resolve = resolve

    def check_form(self, url: str) -> None:
        """Raises WrongUse for what cannot be the address of a webhook at all."""
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.fragment:
            raise WrongUse(Message("Địa chỉ webhook phải là https://…", "A webhook's address is https://…"))
        if any(ord(c) < 33 for c in url):
            raise WrongUse(Message("Địa chỉ webhook có ký tự lạ", "The webhook's address holds strange characters"))

    def target(self, url: str) -> Target:
        """The address to connect to. Raises NoticeFailed for one that must not be connected to."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        try:
            host, port = parts.hostname or "", parts.port or (443 if secure else 80)
        except ValueError:
            raise NoticeFailed(Message("Cổng không hợp lệ", "The port is not one")) from None
        try:
            addresses = self.resolve(host, port)
        except OSError:
            raise NoticeFailed(Message("Không tìm thấy máy chủ", "The host was not found")) from None
        allowed = [address for address in addresses if self._allowed(address, port=port, secure=secure)]
        # One forbidden address among several is enough to refuse: an attacker may answer with several.
        if not allowed or len(allowed) != len(addresses):
            raise NoticeFailed(Message("Địa chỉ không được phép", "The address is not one that may be called"))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(host=host, port=port, path=path, address=allowed[0], secure=secure)

    def _allowed(self, text: str, *, port: int, secure: bool) -> bool:
        address = ipaddress.ip_address(text.partition("%")[0])
        if any(address.version == network.version and address in network for network in self.networks):
            return True
        if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _NEVER):
            return False
        return secure and port in _PORTS and address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Posts a notice as JSON to a client's address. `url_of`: a client's address, None when it no longer has one."""

    keys: Keys
    url_of: Callable[[str], str | None]
    guard: WebhookGuard
    now: Callable[[], float] = time.time
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(self, notice: Notice, target: str) -> None:
        url = self.url_of(target)
        if url is None:
            raise NoticeFailed(
                Message("Ứng dụng khách không còn địa chỉ webhook", "The client has no webhook any more")
            )
        where = self.guard.target(url)
        body = _body(notice)
        headers = {
            "Host": where.host if where.port in (80, 443) else f"{where.host}:{where.port}",
            "Content-Type": "application/json",
            "User-Agent": "hotich",
            "Hotich-Delivery": notice.message_id,
            "Hotich-Signature": signature(webhook_secret(self.keys, target), int(self.now()), body),
        }
        connection = _Connection(where, self.tls)
        try:
            connection.request("POST", where.path, body=body, headers=headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise NoticeFailed(Message("Không gửi được", f"Could not be sent ({type(error).__name__})")) from error
        finally:
            connection.close()
        if not 200 <= status < 300:  # redirects are not followed
            raise NoticeFailed(Message("Máy nhận trả lời", f"The receiver answered {status}"))


class _Connection(http.client.HTTPConnection):
    """Connects to the address that was checked, under the host name of the URL."""

    def __init__(self, where: Target, tls: ssl.SSLContext) -> None:
        super().__init__(where.host, where.port, timeout=_TIMEOUT_S)
        self._where = where
        self._tls = tls

    def connect(self) -> None:
        raw = socket.create_connection((self._where.address, self._where.port), timeout=_TIMEOUT_S)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self._where.host) if self._where.secure else raw


def _body(notice: Notice) -> bytes:
    body = {
        "event": notice.event,
        "code": notice.code,
        "status": notice.status,
        "outcome": notice.outcome,
        "procedure": notice.procedure,
        "decided_at": notice.decided_at,
    }
    return json.dumps(body, separators=(",", ":")).encode()
