"""Stored documents instead of paper, for offices; and for everybody, whether a copy is authentic."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from service.holdings.holdings import confirm_copy, fetch_copy, find_holdings, use_holding
from service.people.access import TheClient, TheContext, limited
from service.wire.contract import ConfirmModel, HoldingsModel, UseModel, UseRequest
from service.wire.problems import problems

router = APIRouter(tags=["holdings"])

TheHolding = Annotated[str, Path(pattern=r"^HT-[A-Z2-7]{16}$", description="The holding code")]


@router.get(
    "/holdings",
    summary="Which stored documents can stand in for a paper",
    response_model=HoldingsModel,
    responses=problems(401, 403, 422, 429, 503),
)
def find(
    context: TheContext,
    caller: TheClient,
    personal_id: Annotated[str, Query(min_length=9, max_length=20, examples=["001190123456"])],
    document_type: Annotated[str, Query(max_length=40, examples=["birth_certificate"])],
    purpose: Annotated[str, Query(min_length=3, max_length=300, examples=["Đăng ký thường trú"])],
) -> HoldingsModel:
    """How current each is, why one is not, and what of it is verified. The search is logged with its purpose."""
    return HoldingsModel(holdings=find_holdings(context, personal_id, document_type, purpose=purpose, caller=caller))


@router.post(
    "/holdings/{code}/use",
    status_code=201,
    summary="Use a stored document instead of paper",
    response_model=UseModel,
    responses=problems(400, 401, 403, 404, 409, 422, 429, 503),
)
def use(
    code: TheHolding,
    body: UseRequest,
    context: TheContext,
    caller: TheClient,
    key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    ] = None,
) -> UseModel:
    """Records purpose, procedure and officer; the answer has the address of the copy, its digest and its provenance."""
    return use_holding(context, code, body, caller, key=key)


@router.get(
    "/holdings/uses/{use_id}/copy",
    summary="The archival copy a use was recorded for",
    response_class=Response,
    responses={
        200: {"description": "The copy", "content": {"application/pdf": {"schema": {"type": "string"}}}},
        **problems(401, 403, 404, 422, 429, 503),
    },
)
def copy(use_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], context: TheContext, caller: TheClient) -> Response:
    """For an hour after the use was recorded, for the client that recorded it. Logged each time."""
    data, sha256 = fetch_copy(context, use_id, caller)
    headers = {"ETag": f'"{sha256}"', "Content-Disposition": 'attachment; filename="holding.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)


@router.get(
    "/confirm/{code}/{digest}",
    summary="Whether a copy is authentic",
    response_model=ConfirmModel,
    responses=problems(422, 429, 503),
    dependencies=[Depends(limited)],
)
def confirm(
    code: Annotated[str, Path(max_length=40)],
    digest: Annotated[str, Path(max_length=80, description="SHA-256 of the copy, hexadecimal")],
    context: TheContext,
) -> ConfirmModel:
    """For everybody; shows nothing of the copy's content."""
    confirmation = confirm_copy(context.store, code, digest)
    return ConfirmModel(result=confirmation.value, message=confirmation.message)
