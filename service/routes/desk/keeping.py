"""What an archivist does with whole papers: withdrawing them, bringing them back, having them read again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from pipeline.domain.errors import InputError, WrongUse
from pipeline.domain.message import Message
from service.context import ServiceContext
from service.desk import wording
from service.desk.desk_user import DeskUser, FormUser, PageUser, redirect_to
from service.desk.issuing import issue_copy
from service.desk.trash import keeps_the_archive, restore_paper, withdraw_paper, withdrawn_papers
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import NotAllowed, status_of
from storage.review.queue import REVIEWER

router = APIRouter(include_in_schema=False, prefix="/ban-duyet")

TheDocument = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.post("/giay/{document_id}/rut")
def withdraw(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Takes the paper out of use and leads to what is withdrawn."""
    context.desk.document(user.person, document_id)
    withdraw_paper(
        context.parts.catalogue, context.parts.objects, user.person, document_id, reason=user.text("reason"),
        days=context.parts.trash_days,
    )  # fmt: skip
    return redirect_to("/ban-duyet/da-rut")


@router.post("/giay/{document_id}/ban-co-ky.pdf")
def signed_copy(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """A new signed copy of the paper, to be handed out."""
    document, _, _ = context.desk.document(user.person, document_id)
    issued = issue_copy(
        context.parts.copies, document, user.person, user.session.name, purpose=user.text("purpose"),
        small=user.text("small") == "1",
    )  # fmt: skip
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{issued.copy.copy_code}.pdf"',
    }
    return Response(issued.pdf, media_type="application/pdf", headers=headers)


@router.post("/giay/{document_id}/doc-lai")
def read_again(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Has the paper's file read again and leads back to it."""
    if not (keeps_the_archive(user.person) or REVIEWER in user.person.roles):
        raise NotAllowed(
            Message("Cần vai trò lưu trữ hoặc duyệt", "An archivist's or reviewer's role"), code="auth.role"
        )
    document, _, _ = context.desk.document(user.person, document_id)
    context.reading_again.ask(document, actor=user.person.login)
    return redirect_to(f"/ban-duyet/giay/{document_id}")


@router.get("/da-rut")
def withdrawn(context: TheContext, user: PageUser) -> Response:
    """What is withdrawn, until when it is kept, and the way back."""
    return _page(context, user)


@router.post("/da-rut/{document_id}/khoi-phuc")
def restore(document_id: TheDocument, context: TheContext, user: FormUser) -> Response:
    """Brings a paper back and leads to it."""
    try:
        restore_paper(context.parts.catalogue, context.parts.objects, user.person, document_id)
    except (InputError, WrongUse) as error:
        return _page(context, user, problem=error.message, status=status_of(error))
    return redirect_to(f"/ban-duyet/giay/{document_id}")


def _page(context: ServiceContext, user: DeskUser, *, problem: Message | None = None, status: int = 200) -> Response:
    return page(
        "desk_withdrawn.html",
        status=status,
        session=user.session,
        papers=withdrawn_papers(context.parts.catalogue, user.person),
        problem=problem,
        wording=wording,
    )
