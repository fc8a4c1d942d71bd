"""Proof of who asks: a lookup code together with the birth date of the person the submission is about."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

from pipeline.model import CivilRecord
from pipeline.normal import normalise
from service.keys import Keys

_DECLARED = ("date_of_birth", "birth_date", "applicant_date_of_birth", "declarant_date_of_birth")
_PURPOSE = "proof"


def birth_date(typed: str) -> str | None:
    """A birth date as a person may type it (8/3/1957, 1957-03-08) in its one form; None when it is none."""
    return normalise("date", typed).value if typed.strip() else None


def known_birth_date(declared: Mapping[str, str], records: Iterable[CivilRecord] = ()) -> str | None:
    """Whose birth date proves: the declared one, else the first that was read with nothing said against it."""
    for name in _DECLARED:
        found = birth_date(declared.get(name, ""))
        if found is not None:
            return found
    for record in records:
        for value in record.fields:
            if value.name == "date_of_birth" and value.value:
                return value.value
    return None


def proof_of(keys: Keys, code: str, date: str) -> str:
    """What is stored of it: nothing of the date can be told from it without the installation's key."""
    return keys.digest(_PURPOSE, code, date)


def proves(keys: Keys, code: str, proof: str | None, typed: str) -> bool:
    """Whether the typed date is the one. Takes the same time whatever it is."""
    date = birth_date(typed) or ""
    return hmac.compare_digest(proof_of(keys, code, date), proof or "")
