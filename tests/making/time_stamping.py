"""A real time-stamp authority on this machine: OpenSSL's, behind a small HTTP server."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@dataclass
class Authority:
    """`answer`: what is answered instead of a stamp; None: a stamp."""

    url: str
    roots: Path
    answer: bytes | None = None


def make_authority(folder: Path, name: str = "Test") -> None:
    """Root, certificate and keys of an invented authority."""
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    subject = ["-subj", f"/O=Invented/CN={name} root"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    config = ["-config", "tsa.cnf"]
    _openssl(folder, "req", "-x509", *config, *curve, "-keyout", "root.key", "-out", "root.pem", *subject,
             "-days", "3650", "-extensions", "root")  # fmt: skip
    _openssl(folder, "req", *config, *curve, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj",
             f"/O=Invented/CN={name} stamping")  # fmt: skip
    _openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-out", "tsa.pem",
             "-days", "3650", "-set_serial", "2", "-extfile", "tsa.cnf", "-extensions", "stamping")  # fmt: skip


@contextlib.contextmanager
def running_authority(folder: Path) -> Iterator[Authority]:
    """Answers until the block ends."""
    authority = Authority("", folder / "root.pem")

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = folder / "query.tsq"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            if authority.answer is None:
                _openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
            answer = (folder / "reply.tsr").read_bytes() if authority.answer is None else authority.answer
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
