"""Finding documents: the newest first, within a bounded time, on either database."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pipeline.domain.model import Status
from pipeline.records.searching import AllOf, AnyOf, Closeness, Question, Wanted, attempts
from pipeline.records.searching.question import one_letter_off
from storage.catalogue.search_index import BUCKET, bucket_term
from storage.catalogue.tables import documents, search_documents, search_head, search_spellings, source_names
from storage.objects.key import ObjectKey

_NEWEST_BUCKETS, _MOST_BUCKETS = 8, 32  # 32,768 and 131,072 documents; looking through more takes longer than all
_AMPLE = 1.25  # times as many as are counted are expected among the newest before these are asked
MOST_COUNTED = 2_000
"""So many finds are counted; of more it is known only that they are more."""

# CROSS JOIN: the index is asked first, whatever SQLite thinks of it.
_SQLITE_IDS = (
    "SELECT d.doc FROM search_words w CROSS JOIN search_documents d ON d.doc = w.rowid WHERE search_words MATCH :terms"
)
_POSTGRESQL_IDS = "SELECT doc FROM search_words WHERE terms @@ CAST(:terms AS tsquery)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    """A document that was found, with what a list shows of it."""

    document_id: str
    revision: int
    holding_code: str
    document_type: str
    form: str | None
    status: Status
    office: str
    book: str
    names: str
    number: str
    date: str
    place: str
    source_name: str
    pages: str
    record: ObjectKey
    archival: ObjectKey | None
    committed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finds:
    """One page of what was found. `count` is at most `MOST_COUNTED` + 1, which stands for more."""

    closeness: Closeness
    count: int
    documents: tuple[FoundDocument, ...]

    @property
    def are_more(self) -> bool:
        return self.count > MOST_COUNTED


class Search:
    """Searches within one transaction that only reads."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def is_complete(self) -> bool:
        """Whether every document is in the index: those of before there was one come into it when it is rebuilt."""
        return bool(self._connection.scalar(sa.select(search_head.c.complete)))

    def find(self, question: Question, *, most: int = 50, skip: int = 0) -> Finds:
        """The documents as close to what was typed as there are any, the last indexed first."""
        closeness = Closeness.EXACT
        for closeness, wanted in attempts(question, self._spellings):
            count, docs = self._docs(wanted, most, skip)
            if count:
                return Finds(closeness=closeness, count=count, documents=tuple(self._found(docs)))
        return Finds(closeness=closeness, count=0, documents=())

    def all(self, question: Question, closeness: Closeness) -> Iterator[FoundDocument]:
        """Everything that is found in this way, in constant memory, the first indexed first."""
        wanted = next((wanted for how, wanted in attempts(question, self._spellings) if how is closeness), None)
        if wanted is None:
            return
        docs = list(self._connection.scalars(sa.text(self._ids + " ORDER BY 1"), {"terms": self._said(wanted)}))
        for start in range(0, len(docs), 500):
            yield from reversed(list(self._found(docs[start : start + 500])))

    @property
    def _ids(self) -> str:
        return _SQLITE_IDS if self._sqlite else _POSTGRESQL_IDS

    def _said(self, wanted: Wanted) -> str:
        return _fts5(wanted) if self._sqlite else _tsquery(wanted)

    def _docs(self, wanted: Wanted, most: int, skip: int) -> tuple[int, list[int]]:
        """How many there are, and the numbers of one page of them."""
        values: dict[str, Any] = {"most": most, "skip": skip, "counted": MOST_COUNTED + 1}
        if not self._sqlite:
            return self._newest_docs(wanted, values)
        values["terms"] = _fts5(wanted)
        # Both stop early: the index gives row numbers in their order.
        counting = sa.text(f"SELECT count(*) FROM ({_SQLITE_IDS} LIMIT :counted)")  # noqa: S608
        count = self._connection.execute(counting, values).scalar_one()
        page = sa.text(f"{_SQLITE_IDS} ORDER BY w.rowid DESC LIMIT :most OFFSET :skip")
        return count, list(self._connection.scalars(page, values)) if count > skip else []

    def _newest_docs(self, wanted: Wanted, values: Mapping[str, Any]) -> tuple[int, list[int]]:
        """Of what many papers have, more than are counted are among the newest; only else all are looked at."""
        newest = self._connection.scalar(sa.select(sa.func.max(search_documents.c.doc))) or 0
        buckets = _NEWEST_BUCKETS
        while buckets <= _MOST_BUCKETS and newest > buckets * BUCKET:
            among = AnyOf(tuple(bucket_term(newest - BUCKET * back) for back in range(buckets)))
            count, docs = self._postgresql_docs(AllOf((wanted, among)), values)
            if count > MOST_COUNTED:
                return count, docs
            buckets = max(2 * buckets, math.ceil(buckets * _AMPLE * MOST_COUNTED / max(1, count)))
        return self._postgresql_docs(wanted, values)

    def _postgresql_docs(self, wanted: Wanted, values: Mapping[str, Any]) -> tuple[int, list[int]]:
        """The index gives the rows as a bitmap, exact as long as it fits into memory; so it is asked once for both."""
        for setting in (
            "enable_seqscan = off",
            "work_mem = '64MB'",
            "jit = off",
            "max_parallel_workers_per_gather = 0",
        ):
            self._connection.exec_driver_sql(f"SET LOCAL {setting}")
        asked = sa.text(
            f"WITH found AS MATERIALIZED ({_POSTGRESQL_IDS}) SELECT (SELECT count(*) FROM found),"  # noqa: S608
            " ARRAY(SELECT doc FROM found ORDER BY doc DESC LIMIT :most OFFSET :skip)"
        )
        count, docs = self._connection.execute(asked, {**values, "terms": _tsquery(wanted)}).one()
        return min(count, MOST_COUNTED + 1), list(docs)

    def _found(self, docs: Sequence[int]) -> Iterator[FoundDocument]:
        if not docs:
            return
        name = sa.select(sa.func.min(source_names.c.name)).where(source_names.c.sha256 == documents.c.source_sha256)
        query = (
            sa.select(search_documents, documents, name.scalar_subquery().label("source_name"))
            .join(
                documents,
                (documents.c.document_id == search_documents.c.document_id)
                & (documents.c.revision == search_documents.c.revision),
            )
            .where(search_documents.c.doc.in_(docs))
            .order_by(search_documents.c.doc.desc())
            .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        )
        for row in self._connection.execute(query):
            yield _found(row)

    def _spellings(self, words: Collection[str]) -> dict[str, list[str]]:
        return {
            word: list(
                self._connection.scalars(
                    sa.select(search_spellings.c.word)
                    .where(search_spellings.c.word.in_(one_letter_off(word)))
                    .order_by(search_spellings.c.word)
                )
            )
            for word in words
        }


def _found(row: Any) -> FoundDocument:
    archival = row.documents_archival
    return FoundDocument(
        document_id=row.documents_document_id,
        revision=row.documents_revision,
        holding_code=row.documents_holding_code,
        document_type=row.documents_document_type,
        form=row.documents_form,
        status=Status(row.documents_status),
        office=row.search_documents_office,
        book=row.search_documents_book,
        names=row.search_documents_names,
        number=row.search_documents_number,
        date=row.search_documents_date,
        place=row.search_documents_place,
        source_name=row.source_name or "",
        pages=row.search_documents_pages,
        record=ObjectKey.parse(row.documents_record),
        archival=None if archival is None else ObjectKey.parse(archival),
        committed_at=row.documents_committed_at,
    )


_NOTHING = "nothing_has_this_term"


def _fts5(wanted: Wanted) -> str:
    """For FTS5's MATCH. Terms are quoted: none is an operator."""
    return _said(wanted, '"{}"', " AND ", " OR ")


def _tsquery(wanted: Wanted) -> str:
    """For a cast to `tsquery`, which takes terms as they are."""
    return _said(wanted, "'{}'", " & ", " | ")


def _said(wanted: Wanted, quoted: str, both: str, either: str) -> str:
    if isinstance(wanted, str):
        return quoted.format(wanted)
    parts = [_said(part, quoted, both, either) for part in wanted.parts]
    if isinstance(wanted, AnyOf):
        parts = parts or [quoted.format(_NOTHING)]
        return f"({either.join(parts)})"
    assert isinstance(wanted, AllOf)
    return f"({both.join(parts)})" if parts else quoted.format("a")
