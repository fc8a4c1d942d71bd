"""The list of what a person has to decide: a table for a spreadsheet, and a page with the pictures."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from pipeline.domain.message import Message
from pipeline.domain.model import CivilRecord, Status
from pipeline.records.contract import NotARecord, read_record
from pipeline.records.same_act import RELATIONS, relation
from pipeline.settling.triage import SEEN_BEFORE, reason_message
from storage.catalogue import Catalogue, StoredDocument
from storage.errors import CorruptObject, ObjectMissing
from storage.objects import ObjectStore
from storage.objects.paper_class import NOTHING, Chosen, classes_of
from workers.batch.earlier_lists import keep_earlier_list
from workers.batch.inputs import printable
from workers.batch.keep_results import crop_path
from workers.batch.paper_to_see import paper_to_see
from workers.batch.results import Fate, FileResult
from workers.batch.review_item import BROKEN, SEEN, ReviewItem, page_of_pdf, relative
from workers.batch.review_page import page_of
from workers.errors import OutputRefused

_AT_THE_DESK = "giấy tờ được mã hóa, xem ở bàn duyệt / the paper is encrypted: see it at the desk"
COLUMNS = (
    "file", "record", "document_type", "field", "read", "status", "reason", "page", "box", "crop", "book",
    "type_name", "field_name", "confidence", "pdf", "desk",
)  # fmt: skip


def review_items(
    results: Iterable[FileResult],
    *,
    catalogue: Catalogue,
    objects: ObjectStore,
    crops: Path,
    desk: str = "",
    encrypted: Chosen = NOTHING,
) -> Iterator[ReviewItem]:
    """Everything in these results that is not accepted, in the order of the files and of the paper; pages that are in
    no record, and where pages of a book may be missing or doubled, after the papers of their file; of each paper first
    which held ones it looks like. `desk`: where the review desk answers; empty: items lead to no desk. `encrypted`: of
    which papers no value and no picture is shown, since the list lies in the open.
    """
    for result in results:
        if result.status is Fate.SET_ASIDE:
            reason = f"{result.code}: {result.message}"
            yield ReviewItem(file=result.file, status=result.status.value, reason=reason)
            continue
        for number in result.records:
            document = catalogue.document(number)
            if document is not None and result.seen_before:
                yield from _seen_before(result, document, catalogue, objects)
            if document is not None and document.status is not Status.ACCEPTED:
                pdf = _delivered(catalogue, document)
                record = read_record(objects.get(document.json))
                veiled = encrypted.wants(classes_of([record.document_type]))
                for item in _of_record(result, record, crops):
                    if veiled and item.field:
                        item = replace(item, read="", crop=None, reason=f"{item.reason}; {_AT_THE_DESK}")
                    yield replace(item, pdf=pdf, desk=_at_desk(desk, document.document_id, item.field))
        for page in result.open_pages:
            yield ReviewItem(
                file=result.file, status=page.place.value, reason=f"{page.code}: {page.message}", page=page.number
            )
        for one in result.breaks:
            finding = one.finding
            reason = f"{finding.code}: {finding.message}"
            yield ReviewItem(file=result.file, status=BROKEN, reason=reason, page=one.after.page)


def write_review_list(
    results: Iterable[FileResult],
    folder: Path,
    *,
    catalogue: Catalogue,
    objects: ObjectStore,
    crops: Path,
    desk: str = "",
    encrypted: Chosen = NOTHING,
) -> Path | None:
    """Writes the review list of these results; its page's path, or None when there is nothing to review. `desk` and
    `encrypted` as `review_items` takes them."""
    results = list(results)
    items = list(
        review_items(results, catalogue=catalogue, objects=objects, crops=crops, desk=desk, encrypted=encrypted)
    )
    try:
        keep_earlier_list(folder, results)
    except OSError as error:
        raise _refused(error) from error
    page = write_review(folder, items)
    return page if items else None


def write_review(folder: Path, items: Sequence[ReviewItem]) -> Path:
    """Writes `review.csv` and `review.html` into the folder, and gives the page's path.

    Raises OutputRefused. The table begins with a byte order mark, without which spreadsheet programs
    show Vietnamese as rubbish, and no cell can be taken for a formula.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "review.csv").open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            writer.writerows(_row(item, folder) for item in items)
        page = folder / "review.html"
        page.write_text(page_of(items, folder), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise _refused(error) from error
    return page


def _refused(error: OSError) -> OutputRefused:
    reason = error.strerror or type(error).__name__
    return OutputRefused(
        Message(f"Không ghi được danh sách cần xem ({reason}).", f"The review list cannot be written ({reason}).")
    )


def _of_record(result: FileResult, record: CivilRecord, crops: Path) -> Iterator[ReviewItem]:
    book = (result.ledger.book_of(record.document_id) if result.ledger else None) or ""
    paper = paper_to_see(record, result.ledger)
    if paper is not None:
        yield ReviewItem(
            file=result.file,
            record=record.document_id,
            document_type=record.document_type.value,
            form=record.form,
            status=record.status.value,
            reason="; ".join(dict.fromkeys(str(reason) for reason in paper.reasons)),
            page=paper.page,
            book=book,
        )
    messages = {finding.code: str(finding.message) for finding in record.findings}
    for field in record.fields:
        if field.status is Status.ACCEPTED:
            continue
        crop = crop_path(crops, record.document_id, field.name)
        reasons = [messages.get(code) or str(reason_message(code)) for code in field.findings]
        yield ReviewItem(
            file=result.file,
            record=record.document_id,
            document_type=record.document_type.value,
            form=record.form,
            field=field.name,
            confidence=field.confidence,
            read=field.value if field.value is not None else field.verbatim,
            status=field.status.value,
            reason="; ".join(reasons) or _sureness(field.confidence),
            page=field.page,
            box=" ".join(f"{x:g},{y:g}" for x, y in field.box),
            crop=crop if crop.exists() else None,
            book=book,
        )


def _seen_before(
    result: FileResult, document: StoredDocument, catalogue: Catalogue, objects: ObjectStore
) -> Iterator[ReviewItem]:
    """The papers held before this one that it looks like: what each is to it, its holding code and its file."""
    held = catalogue.held_before(document.document_id)
    record = read_record(objects.get(document.json)) if held else None
    for other in held:
        with suppress(CorruptObject, ObjectMissing, NotARecord):
            assert record is not None
            words = RELATIONS[relation(record, read_record(objects.get(other.json)))]
            name = printable(next(iter(catalogue.names(other.source_sha256)), ""))
            where = Message(f"{other.holding_code}, tệp {name}", f"{other.holding_code}, file {name}")
            yield ReviewItem(
                file=result.file,
                record=document.document_id,
                document_type=document.document_type,
                status=SEEN,
                reason=f"{SEEN_BEFORE}: {words.vi}: {where.vi} / {words.en}: {where.en}",
            )


def _delivered(catalogue: Catalogue, document: StoredDocument) -> Path | None:
    """The archival copy that was delivered to somebody's folder, if it is there still."""
    places = catalogue.outputs_of(document.source_sha256)
    return next((Path(path) for path, key in places.items() if key == document.archival and Path(path).exists()), None)


def _at_desk(desk: str, document_id: str, field: str) -> str:
    if not desk:
        return ""
    return f"{desk.rstrip('/')}/ban-duyet/giay/{document_id}" + (f"?field={quote(field)}" if field else "")


def _sureness(confidence: float | None) -> str:
    if confidence is None:
        return "máy đọc chưa đủ tin cậy / not sure enough"
    return f"máy đọc chưa đủ tin cậy ({confidence:.0%}) / not sure enough ({confidence:.0%})"


def _row(item: ReviewItem, folder: Path) -> list[str]:
    cells = [
        item.file, item.record, item.document_type, item.field, item.read, item.status, item.reason,
        "" if item.page is None else str(item.page), item.box, relative(item.crop, folder), item.book,
        item.type_name, item.field_name, "" if item.confidence is None else f"{item.confidence:.4f}",
        page_of_pdf(item, folder), item.desk,
    ]  # fmt: skip
    return [_not_a_formula(cell) for cell in cells]


def _not_a_formula(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
