"""One-time codes (TOTP, RFC 6238) and the recovery codes that stand in for a lost phone."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from service.wire.keys import Keys
from storage.people import User

_STEP_S = 30
_OFFERED_S = 3600
RECOVERY_CODES = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", " ": "", "-": ""})
_DIGITS = 12  # 60 bits, behind a password, slowed, and stored as a keyed digest
ISSUER = "hotich"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCodes:
    """Secrets are encrypted and recovery codes digested under the installation's key."""

    keys: Keys

    def new_secret(self) -> str:
        return pyotp.random_base32()

    def offer(self, user_id: str) -> tuple[str, str]:
        """A new secret, and what a person's page sends back with a code of it: nobody chooses a secret of their own."""
        secret = self.new_secret()
        return secret, self._box().encrypt(f"{user_id}.{secret}".encode()).decode()

    def offered(self, user_id: str, offer: str) -> str | None:
        """The secret that was offered to this person within the last hour; None for anything else."""
        try:
            whose, _, secret = self._box().decrypt(offer.encode(), ttl=_OFFERED_S).decode().partition(".")
        except (InvalidToken, UnicodeError):
            return None
        return secret if whose == user_id else None

    def sealed(self, secret: str) -> str:
        """The secret as it is stored."""
        return self._box().encrypt(secret.encode()).decode()

    def step_of(self, user: User, typed: str, now: datetime) -> int | None:
        """The time step of a right code, this one's or a neighbour's; None for a wrong one."""
        try:
            secret = self._box().decrypt((user.totp or "").encode()).decode()
        except InvalidToken:
            return None
        return step_of(secret, typed, now)

    def new_recovery_codes(self) -> list[str]:
        return [_grouped("".join(secrets.choice(_ALPHABET) for _ in range(_DIGITS))) for _ in range(RECOVERY_CODES)]

    def recovery_digest(self, user_id: str, typed: str) -> str | None:
        """The digest of what may be a recovery code, however it is typed; None for what cannot be one."""
        bare = typed.upper().translate(_READ_AS)
        if len(bare) != _DIGITS or not set(bare) <= set(_ALPHABET):
            return None
        return self.keys.digest("recovery", user_id, bare)

    def _box(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(bytes.fromhex(self.keys.digest("totp"))))


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The time step of a right code of this secret, this one's or a neighbour's; None for a wrong one."""
    current, right = int(now.timestamp()) // _STEP_S, None
    codes = pyotp.TOTP(secret)
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(codes.generate_otp(step).encode(), typed.strip().replace(" ", "").encode()):
            right = step
    return right


def address_of(secret: str, login: str) -> str:
    """The `otpauth:` address that an authenticator takes."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def qr_picture(address: str) -> str:
    """The address as a QR code, a PNG for the `src` of a picture."""
    return str(segno.make(address, error="m").png_data_uri(scale=5, border=4))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
