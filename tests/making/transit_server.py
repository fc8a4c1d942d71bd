"""A key server as the transit engine's API documents it, over TLS: AES-256-GCM with associated data, versions of a key,
a token. No Vault can be had here: what it answers is written after its documents, with real encryption."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.making.certificate import own_certificate


@dataclass
class Transit:
    """`versions`: of the key `papers`, by number. `binds`: whether it knows `associated_data`. `failing`: how many of
    the next requests it answers with an error."""

    address: str
    ca_file: Path
    token: str
    versions: dict[int, bytes] = field(default_factory=lambda: {1: secrets.token_bytes(32)})
    binds: bool = True
    failing: int = 0
    asked: list[str] = field(default_factory=list)

    def rotate(self) -> None:
        self.versions[max(self.versions) + 1] = secrets.token_bytes(32)

    def answer(self, method: str, path: str, token: str, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(f"{method} {path}")
        if self.failing:
            self.failing -= 1
            return 503, {"errors": ["Vault is sealed"]}
        if token != self.token:
            return 403, {"errors": ["permission denied"]}
        about = base64.b64decode(told.get("associated_data", "")) if self.binds else b""
        if (method, path) == ("GET", "/v1/transit/keys/papers"):
            return 200, {"data": {"latest_version": max(self.versions), "type": "aes256-gcm96"}}
        if (method, path) == ("POST", "/v1/transit/encrypt/papers"):
            version = int(told.get("key_version") or max(self.versions))
            nonce = secrets.token_bytes(12)
            sealed = AESGCM(self.versions[version]).encrypt(nonce, base64.b64decode(told["plaintext"]), about or None)
            return 200, {"data": {"ciphertext": f"vault:v{version}:{base64.b64encode(nonce + sealed).decode()}"}}
        if (method, path) == ("POST", "/v1/transit/decrypt/papers"):
            _, version_name, sealed_text = told["ciphertext"].split(":")
            sealed = base64.b64decode(sealed_text)
            try:
                key = AESGCM(self.versions[int(version_name[1:])])
                plain = key.decrypt(sealed[:12], sealed[12:], about or None)
            except (InvalidTag, KeyError):
                return 400, {"errors": ["cipher: message authentication failed"]}
            return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}
        return 404, {"errors": []}


@contextlib.contextmanager
def transit_server(folder: Path) -> Iterator[Transit]:
    """Runs while the block does."""
    certificate, key = own_certificate(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, told: dict[str, Any]) -> None:
            status, data = made.answer(self.command, self.path, self.headers.get("X-Vault-Token", ""), told)
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made = Transit(f"https://127.0.0.1:{server.server_port}/transit/papers", certificate, secrets.token_hex(8))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
