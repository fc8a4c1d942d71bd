"""Classes of papers, as laws and offices tell them apart: what is encrypted and how long it is locked goes by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType


class PaperClass(StrEnum):
    """`IDENTITY`: cards and what shows a portrait, number and origin of one person or household. `REGISTERS`: entries
    of registers and lines cut from them. `SUBMISSIONS`: what was handed in for a procedure. `PAPERS`: every other
    paper. `UNKNOWN`: of a type that nobody knows: it may be any of them."""

    IDENTITY = "identity"
    REGISTERS = "registers"
    SUBMISSIONS = "submissions"
    PAPERS = "papers"
    UNKNOWN = "unknown"


Classes = frozenset[PaperClass]
NO_PAPER: Classes = frozenset()
"""Of objects that are no paper: the weights of a book's model."""

_IDENTITY = frozenset(
    {
        DocumentType.CITIZEN_ID_CHIP,
        DocumentType.CITIZEN_ID_BARCODE,
        DocumentType.CITIZEN_ID_2024,
        DocumentType.NATIONAL_ID_9,
        DocumentType.NATIONAL_ID_12,
        DocumentType.HOUSEHOLD_BOOK,
        DocumentType.TEMPORARY_RESIDENCE_BOOK,
    }
)


def class_of(kind: DocumentType) -> PaperClass:
    """The class of a type of document."""
    if kind in _IDENTITY:
        return PaperClass.IDENTITY
    if kind is DocumentType.BIRTH_REGISTER_ENTRY:
        return PaperClass.REGISTERS
    return PaperClass.UNKNOWN if kind is DocumentType.UNKNOWN else PaperClass.PAPERS


def classes_of(kinds: Iterable[DocumentType], *, handed_in: bool = False) -> Classes:
    """The classes of a file with papers of these types; of one with none nobody knows what it is. `handed_in`: with a
    submission."""
    found = frozenset(map(class_of, kinds)) or frozenset({PaperClass.UNKNOWN})
    return found | {PaperClass.SUBMISSIONS} if handed_in else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which objects are encrypted: those of these classes, or `everything`. Where any are, papers of unknown type are:
    they may be of any class."""

    classes: Classes = frozenset()
    everything: bool = False

    @property
    def anything(self) -> bool:
        return self.everything or bool(self.classes)

    def wants(self, of: Classes) -> bool:
        return self.everything or bool(of & self.classes) or (bool(self.classes) and PaperClass.UNKNOWN in of)

    @classmethod
    def read(cls, text: str) -> Chosen:
        """From a setting: empty, `all`, or names of classes. Raises WrongUse."""
        if text.strip() == "all":
            return cls(everything=True)
        try:
            return cls(classes=frozenset(PaperClass(part.strip()) for part in text.split(",") if part.strip()))
        except ValueError as error:
            wanted = ", ".join(PaperClass)
            raise WrongUse(
                Message(f"Thiết lập encrypt: cần all hoặc {wanted}", f"setting encrypt: all, or of {wanted}")
            ) from error


NOTHING = Chosen()
"""Where nothing is encrypted."""
