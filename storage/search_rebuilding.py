"""The search index made anew from what is stored: for stores of before there was one, and whenever it is in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

import sqlalchemy as sa

from pipeline.records.contract import read_record
from storage.catalogue import Catalogue, StoredDocument
from storage.catalogue.tables import documents
from storage.objects import ObjectKey, ObjectStore
from storage.review.tables import review_documents
from storage.submissions.tables import submission_documents, submissions

PageTexts = Callable[[bytes], Mapping[int, str]]
"""What stands on each page of an archival copy."""

_FILES_AT_ONCE = 50


def rebuild_search_index(
    objects: ObjectStore, catalogue: Catalogue, *, page_texts: PageTexts, on_file: Callable[[], None] = lambda: None
) -> int:
    """Indexes every current document anew; returns how many. `on_file` is called after each file.

    Until it ends the index is not complete (`Catalogue.finds_everything`); stopped half-way it can be run again. What
    is stored meanwhile is indexed as always. Raises the stores' errors, for a damaged object too: such a store is to be
    verified first.
    """
    with catalogue.unit() as unit:
        unit.search.clear()
        unit.commit()
    offices, left_out = _offices(catalogue), _joined(catalogue)
    count = 0
    for files in _in_groups(catalogue):
        with catalogue.unit() as unit:
            for stored in files:
                if not (current := [one for one in stored if unit.documents.current(one.document_id) == one]):
                    continue
                unit.search.put_pages(current[0].source_sha256, _texts(objects, current, page_texts))
                for document in current:
                    if document.document_id not in left_out:
                        office = offices.get(document.document_id, "")
                        record = read_record(objects.get(document.json))
                        unit.search.put(
                            record, revision=document.revision, work_id=_work(unit.connection, document), office=office
                        )
                        count += 1
                on_file()
            unit.commit()
    with catalogue.unit() as unit:
        unit.search.mark_complete()
        unit.commit()
    return count


def files_to_index(catalogue: Catalogue) -> int:
    """How many files have a current document."""
    query = sa.select(sa.func.count(sa.distinct(documents.c.source_sha256))).where(documents.c.current)
    with catalogue.database.read() as connection:
        return int(connection.scalar(query) or 0)


def _in_groups(catalogue: Catalogue) -> Iterator[list[list[StoredDocument]]]:
    """The current documents of some files at a time."""
    group: list[list[StoredDocument]] = []
    current = (document for document in catalogue.all_documents() if document.current)
    for _, stored in groupby(current, key=lambda document: document.source_sha256):
        group.append(list(stored))
        if len(group) == _FILES_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _texts(objects: ObjectStore, current: list[StoredDocument], page_texts: PageTexts) -> dict[int, str]:
    """Of every copy that the file's documents have: usually one."""
    copies: dict[ObjectKey, None] = dict.fromkeys(one.archival for one in current if one.archival is not None)
    found: dict[int, str] = {}
    for copy in copies:
        found.update(page_texts(objects.get(copy)))
    return found


def _work(connection: sa.Connection, document: StoredDocument) -> str:
    query = sa.select(documents.c.work_id).where(
        documents.c.document_id == document.document_id, documents.c.revision == document.revision
    )
    return str(connection.execute(query).scalar_one())


def _offices(catalogue: Catalogue) -> dict[str, str]:
    """The office of each document that came with a submission."""
    with catalogue.database.read() as connection:
        if not sa.inspect(connection).has_table(submissions.name):
            return {}
        query = (
            sa.select(submission_documents.c.document_id, sa.func.min(submissions.c.office))
            .join(submissions)
            .group_by(submission_documents.c.document_id)
        )
        return {row[0]: row[1] for row in connection.execute(query)}


def _joined(catalogue: Catalogue) -> set[str]:
    """Documents that went into others."""
    with catalogue.database.read() as connection:
        if not sa.inspect(connection).has_table(review_documents.name):
            return set()
        query = sa.select(review_documents.c.document_id).where(review_documents.c.retired)
        return set(connection.scalars(query))
