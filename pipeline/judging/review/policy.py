"""How many people decide a field, and how much of what was settled is looked at again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message


class FieldClass(StrEnum):
    """Kinds of fields that are decided alike. `PAPER` is the document itself: its type, its pages, its rules."""

    NAME = "name"
    DATE = "date"
    IDENTIFIER = "identifier"
    PLACE = "place"
    CHOICE = "choice"
    TEXT = "text"
    PAPER = "paper"


class Scheme(StrEnum):
    """`SINGLE`: one person decides. `DOUBLE`: a second one too, blind; where they differ a third arbitrates.
    `AUDITED`: as `DOUBLE`, and the second is an auditor."""

    SINGLE = "single"
    DOUBLE = "double"
    AUDITED = "audited"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """The desk's rules; the meaning of each stands in `policy.toml`. Shares are between 0 and 1."""

    sample_accepted: float
    sample_reviewed: float
    sample_least: int
    seed_share: float
    learn: bool
    share_ink: bool
    lease_s: int
    schemes: Mapping[FieldClass, Scheme]
    schemes_by_field: Mapping[str, Scheme]

    def scheme(self, field: str) -> Scheme:
        """The scheme of a field by its name in a record; of the document itself for an empty one."""
        named = self.schemes_by_field.get(bare_name(field))
        return named or self.schemes.get(class_of(field), Scheme.SINGLE)


def bare_name(field: str) -> str:
    """A field's name without its place among others of the kind: `members[2].full_name` is `full_name`."""
    return field.rpartition(".")[2]


_CHOICES = ("sex", "ethnicity", "nationality", "religion", "relationship_to_head", "declarant_relationship")
_IDENTIFIERS = ("personal_id", "old_national_id", "insurance_number", "qr", "mrz")


def class_of(field: str) -> FieldClass:
    """The class of a field by its name in a record."""
    name = bare_name(field)
    if not name:
        return FieldClass.PAPER
    if name.endswith(("full_name", "issuing_officer", "birth_attendant")):
        return FieldClass.NAME
    if name.endswith(_CHOICES):
        return FieldClass.CHOICE
    if name.endswith(_IDENTIFIERS) or name.endswith("_number"):
        return FieldClass.IDENTIFIER
    if "date" in name or name.endswith(("birth_year", "time_of_birth", "temporary_from", "temporary_until")):
        return FieldClass.PLACE if name.endswith("_place") else FieldClass.DATE
    if name.startswith("place_") or "_place" in name or name.endswith("residence"):
        return FieldClass.PLACE
    return FieldClass.TEXT


@cache
def default_policy() -> ReviewPolicy:
    """The policy that holds where the office has no file of its own."""
    text = resources.files("pipeline.judging.review").joinpath("policy.toml").read_text(encoding="utf-8")
    return _policy(tomllib.loads(text), None, "policy.toml")


def load_policy(path: Path) -> ReviewPolicy:
    """The office's policy: what its file says, the defaults for the rest. Raises WrongUse, naming the entry."""
    if not path.exists():
        return default_policy()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUse(Message(f"{path.name}: không đọc được", f"cannot be read: {type(error).__name__}")) from error
    return _policy(table, default_policy(), path.name)


def _policy(table: Mapping[str, Any], base: ReviewPolicy | None, name: str) -> ReviewPolicy:
    known = {field.name: field for field in fields(ReviewPolicy)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise WrongUse(Message(f"{name}: không có mục “{key}”", f"there is no entry “{key}”"))
        try:
            values[key] = _checked(key, value)
        except (TypeError, ValueError) as error:
            raise WrongUse(
                Message(f"{name}: giá trị của “{key}” không dùng được", f"“{key}” cannot be that")
            ) from error
    if base is None:
        return ReviewPolicy(**values)
    for key in ("schemes", "schemes_by_field"):
        if key in values:
            values[key] = {**getattr(base, key), **values[key]}
    return replace(base, **values)


def _checked(key: str, value: Any) -> Any:
    if key == "schemes":
        return {FieldClass(name): Scheme(scheme) for name, scheme in value.items()}
    if key == "schemes_by_field":
        return {str(name): Scheme(scheme) for name, scheme in value.items()}
    if key in ("learn", "share_ink"):
        if not isinstance(value, bool):
            raise TypeError(key)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(key)
    if key in ("lease_s", "sample_least"):
        if not isinstance(value, int) or value < 1:
            raise ValueError(key)
        return value
    if not 0.0 <= value <= 1.0:
        raise ValueError(key)
    return float(value)
