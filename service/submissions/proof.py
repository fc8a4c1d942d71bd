"""Proof of identity: a lookup code together with the birth date of the person the submission is about."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

from pipeline.domain.model import CivilRecord
from pipeline.values import normalise
from service.wire.keys import Keys

_BIRTH = "date_of_birth"
_MOST = 4  # birth dates declared, and as many read: of the person concerned, an applicant, two spouses
_PURPOSE = "proof"


def birth_date(typed: str) -> str | None:
    """A birth date as a person may type it (8/3/1957, 1957-03-08) in its normal form; None for what is not a date."""
    return normalise("date", typed).value if typed.strip() else None


def proof_of(keys: Keys, code: str, declared: Mapping[str, str], records: Iterable[CivilRecord] = ()) -> str | None:
    """Digests that a right birth date is checked against: of those that were read on the papers and of every declared
    one, which may be mistyped. Never of a registered one: guesses at it would make the register speak.

    Without the installation's key nothing of the dates can be learned from them. None when no birth date is known.
    """
    read = [field.value for record in records for field in record.fields if field.name == _BIRTH]
    typed = [birth_date(value) for name, value in declared.items() if name.endswith(_BIRTH)]
    known = [date for dates in (typed, read) for date in list(dict.fromkeys(filter(None, dates)))[:_MOST]]
    return " ".join(keys.digest(_PURPOSE, code, date) for date in dict.fromkeys(known)) or None


def proves(keys: Keys, code: str, proof: str | None, typed: str) -> bool:
    """Whether the typed date is one of them. Takes the same time for every date, however many are known."""
    typed_digest = keys.digest(_PURPOSE, code, birth_date(typed) or "")
    digests = [*(proof or "").split(), *["-" * len(typed_digest)] * (2 * _MOST)][: 2 * _MOST]
    matches = [hmac.compare_digest(typed_digest, digest) for digest in digests]
    return any(matches)
