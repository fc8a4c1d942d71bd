"""One whole document: its pages with every field's place, and its edits as plain forms."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from pipeline.domain.errors import HotichError, InputError
from pipeline.domain.message import Message
from pipeline.records.archival.decided import with_decisions
from pipeline.records.contract import record_bytes
from pipeline.records.copies.pages import only_pages
from service.context import ServiceContext
from service.desk import wording
from service.desk.desk_user import DeskUser, FormUser, PageUser, redirect_to
from service.desk.keys import BY_NAME
from service.desk.paper_view import addable, added_name, fields_on, kinds_of_paper, shown_text, upright
from service.desk.trash import keeps_the_archive
from service.pages import page
from service.people.access import TheContext
from service.people.reviewers import decides
from service.wire.errors import NotThere, Unprocessable, status_of
from storage.review.queue import REVIEWER

router = APIRouter(include_in_schema=False, prefix="/ban-duyet/giay")

TheDocument = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
ThePage = Annotated[int | None, Query(ge=1, le=10_000, alias="trang")]
_NAME = re.compile(r"[a-z_0-9]+(?:\[\d{1,4}\]\.[a-z_0-9]+)?")
_DONE = {
    "sua": Message("Đã ghi bản sửa", "The correction is noted"),
    "them": Message("Đã ghi mục thêm", "What was missed is noted"),
    "loai": Message("Đã đổi loại giấy tờ", "The type is changed"),
    "tach": Message("Đã tách", "Split"),
    "gop": Message("Đã gộp", "Joined"),
}


@router.get("/{document_id}")
def paper(
    document_id: TheDocument,
    context: TheContext,
    user: PageUser,
    number: ThePage = None,
    field: Annotated[str, Query(max_length=100)] = "",
    xong: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """One page of the document, the entries on it, and possible edits. `field` leads to the page it stands on."""
    return _paper_page(context, user, document_id, number=number, field=field, done=_DONE.get(xong))


@router.get("/{document_id}/trang/{number}.jpg")
def picture(
    document_id: TheDocument, number: Annotated[int, Path(ge=1, le=10_000)], context: TheContext, user: PageUser
) -> Response:
    """A page as it was scanned. The browser must not keep it."""
    document, _, _ = context.desk.document(user.person, document_id)
    data = context.evidence.page(document, number)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.get("/{document_id}/ban-sao.pdf")
def archival_copy(document_id: TheDocument, context: TheContext, user: PageUser) -> Response:
    """The archival copy: the scan with the text over it, of what people decided where they did. Of a file with papers
    of several people the pages of this one."""
    document, decided, _ = context.desk.document(user.person, document_id)
    if document.archival is None:
        raise NotThere(Message("Giấy tờ này không có bản sao PDF", "This document has no PDF copy"))
    name = f"{document.holding_code}.pdf"
    title = f"{wording.paper_words(document.document_type, document.form).vi} {document.holding_code}"
    copy = with_decisions(context.parts.objects.get(document.archival), decided, title=title)
    return _file(only_pages(copy, {page.number for page in decided.pages}), "application/pdf", name)


@router.get("/{document_id}/ho-so.json")
def record(document_id: TheDocument, context: TheContext, user: PageUser) -> Response:
    """The record, with everything that people decided so far."""
    document, decided, _ = context.desk.document(user.person, document_id)
    return _file(record_bytes(decided), "application/json", f"{document.holding_code}.json")


@router.post("/{document_id}/sua")
def correct(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Corrects a value of the record, with a reason."""
    return _change(context, user, document_id, "sua", lambda: _note(context, user, document_id, user.text("field")))


@router.post("/{document_id}/them")
def add(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Adds a field that was missed, on the page that was shown."""
    name = added_name(user.text("field"), user.text("member"))
    number = int(user.text("trang")) if user.text("trang").isdecimal() else 1
    return _change(context, user, document_id, "them", lambda: _note(context, user, document_id, name, page=number))


@router.post("/{document_id}/loai")
def retype(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Changes the paper's type or form."""
    kind, _, form = user.text("type").partition("/")
    return _change(
        context, user, document_id, "loai",
        lambda: context.document_edits.retype(user.person, document_id, kind, form or None, user.text("reason")),
    )  # fmt: skip


@router.post("/{document_id}/tach")
def split(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Splits the document: from a page on it is another one."""
    number = int(user.text("page")) if user.text("page").isdecimal() else 0
    return _change(
        context, user, document_id, "tach",
        lambda: context.document_edits.split(user.person, document_id, number, user.text("reason")),
    )  # fmt: skip


@router.post("/{document_id}/gop")
def merge(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Joins the next document of the same file to this one."""
    return _change(
        context, user, document_id, "gop",
        lambda: context.document_edits.merge(user.person, document_id, user.text("other"), user.text("reason")),
    )  # fmt: skip


def _file(data: bytes, media_type: str, name: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)


def _note(context: ServiceContext, user: DeskUser, document_id: str, name: str, *, page: int | None = None) -> None:
    if not _NAME.fullmatch(name):
        raise Unprocessable(
            Message("Chưa rõ mục nào, của thành viên nào", "It is not clear which entry, of which member")
        )
    context.document_edits.correct(
        user.person, document_id, name, user.form.get("text", ""), user.text("reason"),
        tab=secrets.token_hex(16), insist=user.text("insist") == "1", page=page,
    )  # fmt: skip


def _change(
    context: ServiceContext, user: DeskUser, document_id: str, form: str, change: Callable[[], object]
) -> Response:
    """Makes the edit and leads back, or shows the page again with the error and what was typed."""
    number = int(user.text("trang")) if user.text("trang").isdecimal() else None
    try:
        change()
    except InputError as error:
        return _paper_page(context, user, document_id, number=number, field=user.text("field"), form=form, error=error)
    where = f"&trang={number}" if number and form in ("sua", "them") else ""
    return redirect_to(f"/ban-duyet/giay/{quote(document_id)}?xong={form}{where}")


def _paper_page(
    context: ServiceContext,
    user: DeskUser,
    document_id: str,
    *,
    number: int | None = None,
    field: str = "",
    form: str = "",
    error: HotichError | None = None,
    done: Message | None = None,
) -> Response:
    document, record, items = context.desk.document(user.person, document_id)
    known = {field.name: field for field in record.fields}
    pages = sorted({report.number for report in record.pages} | {field.page for field in record.fields}) or [1]
    wanted = number or (known[field].page if field in known else pages[0])
    shown_page = wanted if wanted in pages else pages[0]
    waiting = {item.field for item in items if item.state == "open"}
    size = context.evidence.page_size(document, shown_page)
    turned = upright(
        size or (1, 1), next((report.rotation for report in record.pages if report.number == shown_page), 0)
    )
    return page(
        "desk_paper.html",
        status=status_of(error) if error else 200,
        session=user.session,
        document=document,
        continues=record.continues,
        alike=context.desk.alike(user.person, document_id),
        label=wording.paper_words(document.document_type, document.form),
        pages=pages,
        pages_open={field.page for field in record.fields if field.name in waiting},
        shown_page=shown_page,
        page_size=size,
        frame=turned.frame,
        transform=turned.transform,
        fields=fields_on(record, items, shown_page),
        open_count=len(waiting),
        chosen=field,
        chosen_text=shown_text(record, known[field]) if field in known else "",
        names=set(known),
        correctable=[(name, wording.field_words(name)) for name in known if name not in waiting],
        addable=addable(record),
        members=any(name.startswith("members[") for name, _ in addable(record)),
        types=kinds_of_paper(),
        own_type=f"{document.document_type}/{document.form or ''}",
        next_document=context.desk.next_in_file(document),
        may_change=REVIEWER in user.person.roles,
        decides=decides(user.person),
        keys=user.session.preferences.desk_keys,
        actions=BY_NAME,
        may_withdraw=keeps_the_archive(user.person),
        may_copy=keeps_the_archive(user.person) and context.parts.copies is not None and document.archival is not None,
        again=context.reading_again.state(document),
        reads_otherwise=context.reading_again.would_differ(document),
        problem=error.message if error else None,
        insistable=error is not None and error.code == "review.invalid_form",
        typed={**user.form, "form": form},
        done=done if done else None,
        wording=wording,
    )
