"""The values that machine-readable marks on a paper give."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.geometry import Quad


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One QR code or barcode. `kind` is "qr" or "barcode"; `box` is in the upright image's pixels.

    `text` is what it holds, decoded as UTF-8 wherever its bytes allow that.
    """

    kind: str
    symbology: str
    text: str
    box: Quad


@dataclass(frozen=True, slots=True, kw_only=True)
class Separator:
    """What a separator sheet says of the papers that follow it, up to the next sheet; "" where it says nothing."""

    book: str = ""
    document_type: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenQr:
    """The payload of a citizen card's QR code, by position; an empty place is an empty string.

    Dates are ISO at the precision that is given, "" when missing or impossible. `extra` holds whatever
    follows the issue date, untouched. The plain payload is not signed: it proves nothing about the card.
    """

    raw: str
    personal_id: str
    old_national_id: str
    full_name: str
    date_of_birth: str
    sex: str
    residence: str
    date_of_issue: str
    extra: tuple[str, ...] = ()

    def as_fields(self) -> dict[str, str]:
        """The values under the record contract's names, empty ones left out."""
        fields = {
            "personal_id": self.personal_id,
            "old_national_id": self.old_national_id,
            "full_name": self.full_name,
            "date_of_birth": self.date_of_birth,
            "sex": self.sex,
            "place_of_residence": self.residence,
            "date_of_issue": self.date_of_issue,
        }
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mrz:
    """A machine-readable zone of a chip card (ICAO 9303 TD1), after repair.

    `lines` are the three lines of 30 as they must stand on the card; `raw` what was read. `repaired` counts
    the characters that differ. `valid` says that all five check digits and the doubled id agree; values
    of a zone that is not valid are hints only. `date_of_expiry` is `INDEFINITE` for a card without an end.
    `name` is upper case, without marks, Đ as D.
    """

    lines: tuple[str, str, str]
    raw: tuple[str, ...]
    repaired: int
    valid: bool
    personal_id: str
    date_of_birth: str
    sex: str
    date_of_expiry: str
    surname: str
    given_names: str

    @property
    def name(self) -> str:
        return f"{self.surname} {self.given_names}".strip()

    def as_fields(self) -> dict[str, str]:
        """The values under the record contract's names; the name is left out, since it has lost its marks."""
        fields = {
            "personal_id": self.personal_id,
            "date_of_birth": self.date_of_birth,
            "sex": self.sex,
            "date_of_expiry": self.date_of_expiry,
            "mrz": "\n".join(self.lines),
        }
        return {name: value for name, value in fields.items() if value}
