"""Books written by one clerk: corrected lines, models learnt from them, which model is in use. All append-only.

What a line says is personal data: it stands in the `correction` object (JSON), never in a table or in the log.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.catalogue.audit import LINE_ERASED, AuditLog
from storage.catalogue.tables import audit, book_choices, book_lines, book_models
from storage.objects.key import ObjectKey, ObjectRole
from storage.telling import touch
from storage.times import Clock, clean, time_text

BASE = 0
"""The version that stands for the base model."""

_LONGEST_NAME = 80


class Reason(StrEnum):
    """Why a book's model was chosen.

    `BETTER`: its held-out lines are read better. `NOT_BETTER`, `FORGETS`: the new one was kept as evidence, the one
    in use stays. `CREDULOUS`: so was one that the register taught and that would read wrong entries into the ink.
    `BASE_BETTER`: newly corrected lines are read better by the base. `STILL_BETTER`: they are not.
    """

    BETTER = "better"
    NOT_BETTER = "not_better"
    FORGETS = "forgets"
    CREDULOUS = "credulous"
    BASE_BETTER = "base_better"
    STILL_BETTER = "still_better"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """One corrected line. Lines of a book count from 1 in the order in which they came."""

    book: str
    number: int
    image: ObjectKey
    correction: ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class BookModel:
    """A model of a book. Versions count from 1. `lines`: the newest line known when it was made."""

    book: str
    version: int
    weights: ObjectKey
    manifest: ObjectKey
    lines: int
    facts: Mapping[str, Any]
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChoice:
    """Since `chosen_at` the book is read with `version` (`BASE`: the base model), for the reason given.

    `lines`: the newest line that was considered.
    """

    book: str
    number: int
    version: int
    reason: Reason
    lines: int
    facts: Mapping[str, Any]
    chosen_at: str


def line_erased() -> sa.ColumnElement[bool]:
    """Whether the line went with the document that it was cut from."""
    subject = sa.literal("book:") + book_lines.c.book + sa.literal("#") + sa.cast(book_lines.c.number, sa.Text)
    gone = audit.c.action.startswith(f"{LINE_ERASED}:", autoescape=True)
    return sa.select(audit.c.seq).where(audit.c.subject == subject, gone).exists()


def checked_book(name: str) -> str:
    """The book's name in NFC. Raises WrongUse unless it is 1 to 80 letters, digits and `._-/()`, and spaces inside."""
    book = unicodedata.normalize("NFC", name)
    if not is_book(book):
        raise WrongUse(
            Message(
                "Mã sổ gồm 1 đến 80 chữ, số và các dấu . _ - / ( )",
                "A book's ID is 1 to 80 letters, digits and the signs . _ - / ( )",
            )
        )
    return book


def is_book(name: str) -> bool:
    """Whether a name in NFC can be a book's."""
    sound = all(c.isalnum() or c in "._-/() " for c in name) and name == name.strip()
    return sound and 0 < len(name) <= _LONGEST_NAME


class Books:
    """The books within one transaction; every change is an entry of the audit log too."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._audit = AuditLog(connection, clock)

    def names(self) -> list[str]:
        """Every book with a corrected line, in order of name."""
        return list(self._connection.scalars(sa.select(book_lines.c.book).distinct().order_by(book_lines.c.book)))

    def add_line(self, book: str, *, image: ObjectKey, correction: ObjectKey, actor: str) -> BookLine | None:
        """Adds a corrected line; None when the image's newest correction is this same one."""
        newest = self._connection.scalar(
            sa.select(book_lines.c.correction)
            .where(book_lines.c.book == book, book_lines.c.image == image.name)
            .order_by(book_lines.c.number.desc())
            .limit(1)
        )
        if newest == correction.name:
            return None
        number = self._next(book_lines.c.number, book_lines.c.book == book)
        row = {
            "book": book,
            "number": number,
            "image": image.name,
            "correction": correction.name,
            "actor": clean(actor),
            "added_at": time_text(self._clock()),
        }
        self._connection.execute(sa.insert(book_lines).values(row))
        touch(self._connection, book_lines, book=book, number=number)
        self._audit.append(
            actor=actor, action="book.line_added", subject=f"book:{book}#{number}", digest=correction.name
        )
        return BookLine(book=book, number=number, image=image, correction=correction)

    def lines(self, book: str) -> list[BookLine]:
        """The newest correction of each line image, in the order in which they came; not those of removed papers."""
        query = sa.select(book_lines).where(book_lines.c.book == book, ~line_erased()).order_by(book_lines.c.number)
        newest = {row.image: row for row in self._connection.execute(query)}
        return sorted(map(_line, newest.values()), key=lambda line: line.number)

    def newest_line(self, book: str) -> int:
        """The number of the newest line, 0 when there is none."""
        return self._next(book_lines.c.number, book_lines.c.book == book) - 1

    def add_model(
        self,
        book: str,
        *,
        weights: ObjectKey,
        manifest: ObjectKey,
        lines: int,
        facts: Mapping[str, Any],
        actor: str,
    ) -> BookModel:
        """Keeps a model as the book's newest version; `choose` puts it in use. `facts`: figures, no texts.

        What taught it (`facts["learnt_from"]`) is an entry of the audit log by itself, with the manifest that names the
        lines.
        """
        version = self._next(book_models.c.version, book_models.c.book == book)
        row = {
            "book": book,
            "version": version,
            "weights": weights.name,
            "manifest": manifest.name,
            "lines": lines,
            "facts": _json(facts),
            "actor": clean(actor),
            "made_at": time_text(self._clock()),
        }
        self._connection.execute(sa.insert(book_models).values(row))
        touch(self._connection, book_models, book=book, version=version)
        subject = f"book:{book}@{version}"
        self._audit.append(actor=actor, action="book.model_made", subject=subject, digest=weights.name)
        if "learnt_from" in facts:
            action = f"book.model_learnt_from:{facts['learnt_from']}"
            self._audit.append(actor=actor, action=action, subject=subject, digest=manifest.name)
        made = self.model(book, version)
        assert made is not None
        return made

    def models(self, book: str) -> list[BookModel]:
        """Every version, oldest first."""
        query = sa.select(book_models).where(book_models.c.book == book).order_by(book_models.c.version)
        return [_model(row) for row in self._connection.execute(query)]

    def model(self, book: str, version: int) -> BookModel | None:
        query = sa.select(book_models).where(book_models.c.book == book, book_models.c.version == version)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _model(row)

    def choose(
        self, book: str, version: int, reason: Reason, *, lines: int, facts: Mapping[str, Any], actor: str
    ) -> BookChoice:
        """From now on the book is read with this version. Raises WrongUse for a version that does not exist."""
        model = self.model(book, version)
        if model is None and version != BASE:
            raise WrongUse(Message.same(f"book {book!r} has no model of version {version}"))
        number = self._next(book_choices.c.number, book_choices.c.book == book)
        row = {
            "book": book,
            "number": number,
            "version": version,
            "reason": reason.value,
            "lines": lines,
            "facts": _json(facts),
            "actor": clean(actor),
            "chosen_at": time_text(self._clock()),
        }
        self._connection.execute(sa.insert(book_choices).values(row))
        touch(self._connection, book_choices, book=book, number=number)
        digest = None if model is None else model.weights.name
        subject = f"book:{book}@{version}"
        self._audit.append(actor=actor, action=f"book.model_in_use:{reason.value}", subject=subject, digest=digest)
        return self.choices(book)[-1]

    def choices(self, book: str) -> list[BookChoice]:
        """Every choice, oldest first."""
        query = sa.select(book_choices).where(book_choices.c.book == book).order_by(book_choices.c.number)
        return [_choice(row) for row in self._connection.execute(query)]

    def in_use(self, book: str) -> BookModel | None:
        """The model the book is read with; None for the base."""
        chosen = self.choices(book)
        return self.model(book, chosen[-1].version) if chosen else None

    def objects(self) -> Iterator[tuple[str, int, ObjectRole, ObjectKey]]:
        """Every object that books name: (book, line number or version, role, key)."""
        for row in self._connection.execute(sa.select(book_lines)):
            yield row.book, row.number, ObjectRole.LINE, ObjectKey.parse(row.image)
            yield row.book, row.number, ObjectRole.CORRECTION, ObjectKey.parse(row.correction)
        for row in self._connection.execute(sa.select(book_models)):
            yield row.book, row.version, ObjectRole.WEIGHTS, ObjectKey.parse(row.weights)
            yield row.book, row.version, ObjectRole.MANIFEST, ObjectKey.parse(row.manifest)

    def _next(self, column: sa.Column[int], which: sa.ColumnElement[bool]) -> int:
        return int(self._connection.scalar(sa.select(sa.func.max(column)).where(which)) or 0) + 1


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)


def _line(row: Any) -> BookLine:
    return BookLine(
        book=row.book,
        number=row.number,
        image=ObjectKey.parse(row.image),
        correction=ObjectKey.parse(row.correction),
    )


def _model(row: Any) -> BookModel:
    return BookModel(
        book=row.book,
        version=row.version,
        weights=ObjectKey.parse(row.weights),
        manifest=ObjectKey.parse(row.manifest),
        lines=row.lines,
        facts=json.loads(row.facts),
        made_at=row.made_at,
    )


def _choice(row: Any) -> BookChoice:
    return BookChoice(
        book=row.book,
        number=row.number,
        version=row.version,
        reason=Reason(row.reason),
        lines=row.lines,
        facts=json.loads(row.facts),
        chosen_at=row.chosen_at,
    )
