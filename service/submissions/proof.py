"""Proof of who asks: a lookup code together with the birth date of the person the submission is about."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

from pipeline.domain.model import CivilRecord
from pipeline.values import normalise
from service.wire.keys import Keys

_BIRTH = "date_of_birth"
_MOST = 4  # birth dates that prove: of the person concerned, an applicant, two spouses
_PURPOSE = "proof"


def birth_date(typed: str) -> str | None:
    """A birth date as a person may type it (8/3/1957, 1957-03-08) in its one form; None when it is none."""
    return normalise("date", typed).value if typed.strip() else None


def proof_of(keys: Keys, code: str, declared: Mapping[str, str], records: Iterable[CivilRecord] = ()) -> str | None:
    """What is stored to know a right birth date by: of every person it was declared for, else those that were read.

    Nothing of the dates can be told from it without the installation's key. None when no birth date is known.
    """
    dates = [birth_date(value) for name, value in declared.items() if name.endswith(_BIRTH)]
    if not any(dates):
        dates = [field.value for record in records for field in record.fields if field.name == _BIRTH]
    known = list(dict.fromkeys(date for date in dates if date))[:_MOST]
    return " ".join(keys.digest(_PURPOSE, code, date) for date in known) or None


def proves(keys: Keys, code: str, proof: str | None, typed: str) -> bool:
    """Whether the typed date is one of them. Takes the same time whatever it is."""
    typed_digest = keys.digest(_PURPOSE, code, birth_date(typed) or "")
    matches = [hmac.compare_digest(typed_digest, digest) for digest in (proof or "-").split()]
    return any(matches)
