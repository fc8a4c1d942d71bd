"""Which source files are worth reading again: chosen by what was made of them, by when, and by which software."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from storage.catalogue.tables import documents, fields, source_names, sources, work
from storage.objects import ObjectKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadChoice:
    """Conditions that all must hold; None asks nothing. `read_before`: UTC text as the catalogue keeps it.

    `inputs`: digests of source files. `software`: what read it begins so. `not_by` is never chosen: it is what would
    read it now.
    """

    inputs: tuple[str, ...] | None = None
    document_type: str | None = None
    form: str | None = None
    read_before: str | None = None
    software: str | None = None
    not_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSource:
    """A source file in the store, under the first name in order it was met by; `size` in bytes.

    `pages`: how many of its pages hold a field of a current document.
    """

    original: ObjectKey
    name: str
    size: int
    pages: int


def sources_to_reread(connection: sa.Connection, choice: RereadChoice) -> list[StoredSource]:
    """The source files of current documents that fit, in order of their names."""
    conditions = [documents.c.current, work.c.software != choice.not_by]
    if choice.inputs is not None:
        conditions.append(documents.c.source_sha256.in_(choice.inputs))
    if choice.document_type is not None:
        conditions.append(documents.c.document_type == choice.document_type)
    if choice.form is not None:
        conditions.append(documents.c.form == choice.form)
    if choice.read_before is not None:
        conditions.append(documents.c.committed_at < choice.read_before)
    if choice.software is not None:
        conditions.append(work.c.software.startswith(choice.software, autoescape=True))
    chosen = sa.select(documents.c.source_sha256).join(work, work.c.work_id == documents.c.work_id).where(*conditions)
    pages = (
        sa.select(sa.func.count(sa.distinct(fields.c.page)))
        .join(
            documents, (documents.c.document_id == fields.c.document_id) & (documents.c.revision == fields.c.revision)
        )
        .where(documents.c.source_sha256 == sources.c.sha256, documents.c.current)
        .scalar_subquery()
    )
    name = sa.func.min(source_names.c.name).label("name")
    query = (
        sa.select(sources.c.sha256, sources.c.size, name, pages.label("pages"))
        .join(source_names, source_names.c.sha256 == sources.c.sha256)
        .where(sources.c.sha256.in_(chosen))
        .group_by(sources.c.sha256, sources.c.size)
        .order_by(name)
    )
    return [
        StoredSource(original=ObjectKey(row.sha256), name=row.name, size=row.size, pages=row.pages)
        for row in connection.execute(query)
    ]
