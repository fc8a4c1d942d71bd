"""Checks a proof bundle of a civil-registry archive (`hotich proof`) without the archive and without its software.

    python verify_proof.py PROOF.zip --roots roots.pem --public KEY

Needs Python 3.9 or later and the package `cryptography`; nothing else, and no network. It reads:

- `--roots`: a PEM file of root certificates that you trust the office's certificate by;
- `--public`: the public key of the archive's checkpoints (base64), from the office or from its page in the safe.

Get both from the office, not from the bundle. Without one of them the bundle is only checked against itself.

What is checked, each named in what is printed:

1. the office signed `statement.json`, with a certificate that goes back to a root you trust, and that was valid then;
2. every other file but `made*` is the one that the statement names by its SHA-256, and `reading.json` says what the
   statement says;
3. each decision's hash is that of what it says;
4. `chain.jsonl`: the archive's log from the entry that stored the record on. An entry's hash is SHA-256 over the JSON
   array of its other values, the hash of the entry before among them; the last is the one that `checkpoint.json` names;
5. `checkpoint.json` is signed (Ed25519) with the checkpoint key;
6. where the bundle has them, `made.jsonl` and `made-checkpoint.json` show the same of this proof: the log's entry
   names the SHA-256 of `statement.json`.

Time stamps (`*.tsr`, RFC 3161) are checked by OpenSSL with the authority's root certificates:
`openssl ts -verify -data checkpoint.json -in checkpoint.tsr -CAfile authority.pem`.

Ends with 0 when everything holds and was checked against what you trust, 1 when something is broken, 2 for wrong use,
3 when the bundle holds in itself and `--roots` or `--public` was not given.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

FORM = "hotich proof 1"
NEEDED = (
    "statement.json", "statement.sig", "certificates.pem", "crop.png", "page.png", "reading.json", "decision.json",
    "chain.jsonl", "checkpoint.json",
)  # fmt: skip
MAY_BE = ("README.txt", "checkpoint.tsr", "made.jsonl", "made-checkpoint.json", "made-checkpoint.tsr")
UNSTATED = {"statement.json", "statement.sig", "made.jsonl", "made-checkpoint.json", "made-checkpoint.tsr"}
MOST_BYTES = 256 << 20


class Broken(Exception):
    """What does not hold, in words."""


class Checked:
    """What was looked at, and whether it held."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.held: list[str] = []
        self.open: list[str] = []

    def check(self, what: str, look) -> object:
        try:
            found = look()
        except Broken as error:
            self.broken.append(f"{what}: {error}")
        except Exception as error:
            self.broken.append(f"{what}: không đọc được / cannot be read ({type(error).__name__})")
        else:
            self.held.append(what)
            return found
        return None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kiểm bằng chứng / checks a proof bundle")
    parser.add_argument("bundle")
    parser.add_argument("--roots", help="chứng thư gốc mà bạn tin, PEM / root certificates that you trust")
    parser.add_argument("--public", help="khóa công khai của điểm mốc, base64 / the checkpoints' public key")
    given = parser.parse_args(arguments)
    try:
        files = unpacked(given.bundle)
        roots = None
        if given.roots:
            with open(given.roots, "rb") as pem:  # noqa: PTH123
                roots = x509.load_pem_x509_certificates(pem.read())
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"không mở được / cannot be opened: {error}", file=sys.stderr)
        return 2
    checked = verify(files, roots, given.public)
    for what in checked.held:
        print(f"ĐÚNG / holds   {what}")
    for what in checked.open:
        print(f"CHƯA KIỂM / not checked   {what}")
    for what in checked.broken:
        print(f"SAI / BROKEN   {what}")
    if checked.broken:
        return 1
    print(said(json.loads(files["statement.json"])))
    return 3 if checked.open else 0


def unpacked(path: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
            raise ValueError("too large")
        names = [one.filename for one in packed.infolist()]
        if len(set(names)) != len(names):
            raise ValueError("two files of one name")
        return {name: packed.read(name) for name in names}


def verify(files: dict[str, bytes], roots: list[x509.Certificate] | None, public: str | None) -> Checked:
    checked = Checked()
    for name in NEEDED:
        if name not in files:
            checked.broken.append(f"{name}: thiếu / missing")
    for name in files:
        if name not in NEEDED + MAY_BE:
            checked.broken.append(f"{name}: tệp lạ / not of this bundle")
    if checked.broken:
        return checked
    checked.check("statement.sig", lambda: signature_holds(files))
    statement = checked.check("statement.json", lambda: statement_of(files))
    if statement is None:
        return checked
    if roots is None:
        checked.open.append("certificates.pem: --roots; SHA-256 " + fingerprint(files))
    else:
        checked.check("certificates.pem", lambda: certificate_trusted(files, roots, statement["made_at"]))
    for name in sorted(statement["files"]):
        checked.check(name, lambda name=name: file_as_stated(name, files, statement))
    for name in sorted(set(files) - set(statement["files"]) - UNSTATED):
        checked.broken.append(f"{name}: cơ quan không nêu / the office does not state it")
    checked.check("reading.json, statement.json", lambda: reading_agrees(files, statement))
    checked.check("decision.json, entries", lambda: decisions_sealed(files, statement))
    logged(checked, files, statement, public)
    return checked


def logged(checked: Checked, files: dict[str, bytes], statement: dict, public: str | None) -> None:
    """The chains and their checkpoints."""

    def stored(entry: list) -> bool:
        document = statement["document"]
        record = f"sha256/{document['record_sha256'][:2]}/{document['record_sha256'][2:]}"
        said = [
            statement["entry"]["seq"],
            "document.stored",
            f"{document['document_id']}@{document['revision']}",
            record,
        ]
        return [entry[0], entry[3], entry[4], entry[5]] == said and entry[7] == statement["entry"]["hash"]

    def made(entry: list) -> bool:
        document = statement["document"]
        said = [
            f"proof.made:{statement['field']['name']}", f"{document['document_id']}@{document['revision']}",
            "sha256:" + hashlib.sha256(files["statement.json"]).hexdigest(),
        ]  # fmt: skip
        return [entry[3], entry[4], entry[5]] == said

    checked.check("checkpoint.json", lambda: checkpoint_signed(files["checkpoint.json"], public))
    checked.check("chain.jsonl", lambda: chain_holds(files["chain.jsonl"], files["checkpoint.json"], stored))
    if "made.jsonl" in files or "made-checkpoint.json" in files:
        checked.check("made-checkpoint.json", lambda: checkpoint_signed(files["made-checkpoint.json"], public))
        checked.check("made.jsonl", lambda: chain_holds(files["made.jsonl"], files["made-checkpoint.json"], made))
    if public is None:
        key = json.loads(files["checkpoint.json"])["checkpoint"]["key"] if not checked.broken else "?"
        checked.open.append(f"checkpoint.json: --public; {key}")


def statement_of(files: dict[str, bytes]) -> dict:
    statement = json.loads(files["statement.json"])
    if statement["form"] != FORM:
        raise Broken(f"dạng lạ / unknown form {statement['form']!r}")
    return statement


def signature_holds(files: dict[str, bytes]) -> None:
    key = x509.load_pem_x509_certificates(files["certificates.pem"])[0].public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(files["statement.sig"], files["statement.json"], padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(files["statement.sig"], files["statement.json"], ec.ECDSA(hashes.SHA256()))
        else:
            raise Broken("loại khóa lạ / unknown kind of key")
    except InvalidSignature:
        raise Broken("chữ ký không khớp statement.json / the signature is not of this statement") from None


def certificate_trusted(files: dict[str, bytes], roots: list[x509.Certificate], made_at: str) -> None:
    own, *others = x509.load_pem_x509_certificates(files["certificates.pem"])
    moment = datetime.fromisoformat(made_at.replace("Z", "+00:00"))
    if not own.not_valid_before_utc <= moment <= own.not_valid_after_utc:
        raise Broken("chứng thư không còn hạn lúc ký / the certificate was not valid then")
    one = own
    for _ in range(8):
        issuer = next((root for root in roots if issued(one, root)), None)
        if issuer is not None:
            return
        above = next((other for other in others if other != one and issued(one, other) and is_authority(other)), None)
        if above is None:
            break
        one = above
    raise Broken("không dẫn về chứng thư gốc bạn tin / it does not go back to a root that you trust")


def issued(one: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def is_authority(one: x509.Certificate) -> bool:
    try:
        return bool(one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def fingerprint(files: dict[str, bytes]) -> str:
    try:
        return x509.load_pem_x509_certificates(files["certificates.pem"])[0].fingerprint(hashes.SHA256()).hex()
    except ValueError:
        return "?"


def file_as_stated(name: str, files: dict[str, bytes], statement: dict) -> None:
    if name not in files:
        raise Broken("thiếu / missing")
    if hashlib.sha256(files[name]).hexdigest() != statement["files"][name]:
        raise Broken("không phải tệp đã ký / not the file that was signed")


def reading_agrees(files: dict[str, bytes], statement: dict) -> None:
    record, field = json.loads(files["reading.json"])["record"], statement["field"]
    if [record[name] for name in ("value", "verbatim", "status")] != [
        field[name] for name in ("value", "verbatim", "status")
    ]:
        raise Broken("không nói cùng một giá trị / they do not say the same")


def decisions_sealed(files: dict[str, bytes], statement: dict) -> None:
    for entry in json.loads(files["decision.json"]):
        if (entry["document_id"], entry["field"]) != (
            statement["document"]["document_id"], statement["field"]["name"]
        ):  # fmt: skip
            raise Broken(f"mục {entry['seq']} của giấy tờ khác / entry {entry['seq']} is of something else")
        said = entry["details"]
        if entry.get("commitment") is not None:  # what is sealed of the details since they can be erased
            text = f"{entry['salt']}\n{compact(said)}"
            if "sha256:" + hashlib.sha256(text.encode()).hexdigest() != entry["commitment"]:
                raise Broken(f"mục {entry['seq']}: nội dung bị sửa / entry {entry['seq']}: its details were changed")
            said = entry["commitment"]
        values = [entry[name] for name in ("seq", "at", "actor", "action", "document_id", "field")]
        if sealed([*values, said, entry["prev_hash"]]) != entry["hash"]:
            raise Broken(f"mục {entry['seq']} bị sửa / entry {entry['seq']} was changed")


def chain_holds(lines: bytes, checkpoint: bytes, first_is_right) -> None:
    entries = [json.loads(line) for line in lines.decode().split("\n")[:-1]]
    if "".join(compact(entry) + "\n" for entry in entries).encode() != lines:
        raise Broken("không ở dạng của nhật ký / not in the log's form")
    before = None
    for entry in entries:
        if sealed(entry[:-1]) != entry[-1]:
            raise Broken(f"mục {entry[0]} bị sửa / entry {entry[0]} was changed")
        if before is not None and (entry[-2] != before[-1] or entry[0] != before[0] + 1):
            raise Broken(f"mục {entry[0]} không nối mục trước / entry {entry[0]} does not follow the one before")
        before = entry
    if before is None or not first_is_right(entries[0]):
        raise Broken("không bắt đầu ở mục được nêu / it does not begin with the entry that is stated")
    if json.loads(checkpoint)["checkpoint"]["logs"]["audit"] != [before[0], before[-1]]:
        raise Broken("không dẫn đến điểm mốc / it does not lead to the checkpoint")


def checkpoint_signed(data: bytes, public: str | None) -> None:
    given = json.loads(data)
    told = given["checkpoint"]
    if (compact(given) + "\n").encode() != data:
        raise Broken("không ở dạng của điểm mốc / not in a checkpoint's form")
    if public is not None and told["key"] != public:
        raise Broken("ký bằng khóa khác / signed with another key")
    key = ed25519.Ed25519PublicKey.from_public_bytes(decoded(told["key"]))
    content = compact(told).encode()
    try:
        key.verify(decoded(given["signature"]), b"hotich checkpoint 1\n" + content)
    except InvalidSignature:
        raise Broken("chữ ký không đúng / its signature is not right") from None


def decoded(text: str) -> bytes:
    """The bytes of a base64 text, of which no bit may be another."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Broken("không ở dạng của điểm mốc / not in a checkpoint's form")
    return data


def sealed(values: list) -> str:
    return "sha256:" + hashlib.sha256(compact(values).encode()).hexdigest()


def compact(value: object) -> str:
    """JSON as the archive seals it: keys in order, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def said(statement: dict) -> str:
    document, field = statement["document"], statement["field"]
    trial = "THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ / TEST, NOT VALID\n" if statement["trial"] else ""
    return (
        f"{trial}{statement['office']}, {statement['made_at']}: {document['holding_code']}, {field['name']} ="
        f" {field['value']!r} ({field['status']}), trên giấy / on the paper {field['verbatim']!r}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
