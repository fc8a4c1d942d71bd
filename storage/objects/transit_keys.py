"""Data keys wrapped by a key-management server that never gives its key away.

It speaks the HTTP API of the transit engine of HashiCorp Vault and OpenBao (*Transit secrets engine (API)*: `encrypt`,
`decrypt`, `keys`), with `associated_data`, which binds a wrapped key to its object (Vault 1.13 and later, AEAD keys).
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import certifi
import urllib3
from urllib3.util import Retry, Timeout

from pipeline.domain.errors import HotichError, WrongUse
from pipeline.domain.message import Message
from storage.errors import AccessRefused, StoreUnavailable
from storage.objects.key_ring import NotUnwrapped, key_missing

_ADDRESS = re.compile(r"(https://[^/\s]+)/([a-z0-9/_-]+)/([A-Za-z0-9_.-]+)")
_WRAPPED = re.compile(r"vault:v([0-9]+):.+")
_ATTEMPTS = 3


class TransitKeys:
    """A `KeyKeeper` over one key of a transit engine. Ids of its keys name the key and its version: when the server has
    a newer version, data keys are wrapped anew by it as by any other new key."""

    def __init__(self, address: str, *, token: str, ca_file: Path | None = None, timeout_s: float = 10.0) -> None:
        """`address`: `https://HOST:PORT/MOUNT/KEY`. `ca_file`: certificates that the server's own goes back to, instead
        of the public ones. Talks to the server only when a key is wanted. Raises WrongUse."""
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise WrongUse(
                Message(
                    f"encryption_keys: {address} không phải https://MÁY:CỔNG/MOUNT/KHÓA",
                    f"encryption_keys: {address} is not https://HOST:PORT/MOUNT/KEY",
                )
            )
        self._host, self._mount, self._name = found[1], found[2], found[3]
        self._token = token
        self._http = urllib3.PoolManager(
            timeout=Timeout(connect=min(5.0, timeout_s), read=timeout_s),
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(ca_file) if ca_file else certifi.where(),
            retries=Retry(total=0, redirect=0, raise_on_status=False),
        )
        self._version = 0
        self._bound = False

    @property
    def current(self) -> str:
        """Asks the server once which version of the key is the newest. Raises StoreUnavailable, AccessRefused."""
        if not self._version:
            self._version = int(self._asked("GET", f"keys/{self._name}")["latest_version"])
        return self._id(self._version)

    def holds(self, key_id: str) -> bool:
        """Whether it is a version of this key; whether the server still opens it, only opening shows."""
        return key_id.rpartition(":")[0] == self._id(0).rpartition(":")[0]

    def wrap(self, data_key: bytes, *, about: bytes) -> bytes:
        version = self.current.rpartition(":")[2]
        told = self._asked(
            "POST", f"encrypt/{self._name}", plaintext=_b64(data_key), associated_data=_b64(about),
            key_version=int(version),
        )  # fmt: skip
        wrapped = str(told["ciphertext"])
        found = _WRAPPED.fullmatch(wrapped)
        if found is None or found[1] != version:
            raise _odd(self._host)
        self._check_bound(wrapped)
        return wrapped.encode()

    def unwrap(self, wrapped: bytes, *, key_id: str, about: bytes) -> bytes:
        if not self.holds(key_id):
            raise key_missing(key_id)
        text = wrapped.decode("ascii", errors="replace")
        if not _WRAPPED.fullmatch(text):
            raise NotUnwrapped
        told = self._asked("POST", f"decrypt/{self._name}", ciphertext=text, associated_data=_b64(about))
        return base64.b64decode(str(told["plaintext"]))

    def _id(self, version: int) -> str:
        return f"{self._mount}/{self._name}:{version}"

    def _check_bound(self, wrapped: str) -> None:
        """A server that does not know `associated_data` leaves it out without a word: such a one is not used."""
        if self._bound:
            return
        try:
            self._asked("POST", f"decrypt/{self._name}", ciphertext=wrapped)
        except NotUnwrapped:
            self._bound = True
            return
        raise WrongUse(
            Message(
                f"{self._host}: máy chủ khóa không gắn khóa với đối tượng (associated_data): cần máy chủ mới hơn, và"
                " khóa loại AEAD",
                f"{self._host}: the key server does not bind keys to objects (associated_data): a newer one is needed,"
                " and a key of an AEAD type",
            )
        )

    def _asked(self, method: str, path: str, **told: Any) -> dict[str, Any]:
        """The `data` of the answer. Raises NotUnwrapped for what the server cannot open, AccessRefused,
        StoreUnavailable after some attempts."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._asked_once(method, path, told)
            except StoreUnavailable:
                if attempt == _ATTEMPTS:
                    raise
        raise _odd(self._host)

    def _asked_once(self, method: str, path: str, told: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._http.request(
                method, f"{self._host}/v1/{self._mount}/{path}", body=json.dumps(told).encode() if told else None,
                headers={"X-Vault-Token": self._token, "Content-Type": "application/json"},
            )  # fmt: skip
        except urllib3.exceptions.HTTPError as error:
            raise _unavailable(self._host, type(getattr(error, "reason", None) or error).__name__) from error
        if answer.status in (401, 403):
            raise AccessRefused(
                Message(
                    f"{self._host}: máy chủ khóa từ chối; kiểm tra encryption_token và quyền với khóa {self._name}",
                    f"{self._host}: the key server refuses; check encryption_token and its rights to {self._name}",
                )
            )
        if answer.status == 400 and path.startswith("decrypt/"):
            raise NotUnwrapped
        if answer.status != 200:
            raise _unavailable(self._host, f"HTTP {answer.status}")
        try:
            data = json.loads(answer.data)["data"]
            return dict(data)
        except (ValueError, KeyError, TypeError) as error:
            raise _odd(self._host) from error


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unavailable(host: str, why: str) -> StoreUnavailable:
    return StoreUnavailable(
        Message(f"{host}: máy chủ khóa không trả lời ({why})", f"{host}: the key server does not answer ({why})")
    )


def _odd(host: str) -> HotichError:
    return StoreUnavailable(
        Message(f"{host}: máy chủ khóa trả lời không hiểu được", f"{host}: the key server's answer makes no sense")
    )
