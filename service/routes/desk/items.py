"""The review desk for its work page and for programs of the office: claims, decisions, pictures."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.context import ServiceContext
from service.desk.contract import (
    ClaimedModel,
    ClaimRequest,
    ClaimsModel,
    DecidedModel,
    DecisionRequest,
    HeldModel,
    HeldRequest,
    ItemViewModel,
    UndoRequest,
)
from service.desk.desk import ItemToDecide, ProposedDecision
from service.desk.desk_user import JsonUser
from service.desk.evidence import ItemView, page_asked
from service.desk.fragments import fragment
from service.desk.views import box_of
from service.people.access import TheContext
from service.wire.problems import problems
from storage.review import Choice, Filters

router = APIRouter(tags=["desk"], prefix="/desk")

TheItem = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The item")]
_PICTURE = {
    200: {"description": "The picture", "content": {"image/jpeg": {"schema": {"type": "string"}}}},
    **problems(401, 403, 404, 422, 429, 503),
}


@router.post(
    "/claims",
    summary="Claim items to decide",
    response_model=ClaimsModel,
    responses=problems(400, 401, 403, 422, 429, 503),
)
def claim(body: ClaimRequest, context: TheContext, user: JsonUser) -> ClaimsModel:
    """At most so many that wait in the person's office; nobody else gets them until the leases end."""
    for tab in (body.tab, *body.dead) if body.fresh else ():
        context.desk.release(user.person, tab)
    names = ("document_type", "field_class", "field", "book", "reason", "stage", "document_id")
    filters = Filters(**{name: getattr(body, name) for name in names})
    items = context.desk.claim(user.person, body.tab, filters, body.count, only=body.item)
    claimed = [context.desk.item_to_decide(user.person, item.item_id) for item in items]
    context.evidence.prepare((claim.document, claim.record, claim.item.field) for claim in claimed)
    return ClaimsModel(items=[_claimed_model(context, claim) for claim in claimed])


@router.post(
    "/claims/keep",
    summary="Keep claimed items",
    response_model=HeldModel,
    responses=problems(400, 401, 403, 422, 429, 503),
)
def keep(body: HeldRequest, context: TheContext, user: JsonUser) -> HeldModel:
    """Renews the leases of a tab; answers with the items that are still its own."""
    return HeldModel(items=context.desk.keep(user.person, body.tab, body.items))


@router.post(
    "/claims/release",
    status_code=204,
    summary="Give claimed items back",
    responses=problems(400, 401, 403, 422, 429, 503),
)
def release(body: HeldRequest, context: TheContext, user: JsonUser) -> None:
    """Gives items back undecided, for whoever claims next."""
    context.desk.release(user.person, body.tab, body.items)


@router.post(
    "/decisions",
    summary="Decide an item",
    response_model=DecidedModel,
    responses=problems(400, 401, 403, 404, 409, 422, 429, 503),
)
def decide(body: DecisionRequest, context: TheContext, user: JsonUser) -> DecidedModel:
    """Sent again with the same `decision_id` it is the same decision. 409: the item is no longer this person's to
    decide; 422 `review.invalid_form`: what was typed cannot stand in that field, unless it is insisted on."""
    proposed = ProposedDecision(
        decision_id=body.decision_id,
        item_id=body.item_id,
        lease=body.lease,
        choice=Choice(body.choice),
        text=body.text,
        comment=body.comment,
        insist=body.insist,
        page=body.page,
        box=box_of(body.box) if body.box is not None else None,
        seconds=body.seconds,
        keys=body.keys,
    )
    receipt = context.desk.decide(user.person, proposed)
    return DecidedModel(
        decision_id=receipt.decision_id,
        item_id=receipt.item_id,
        state=receipt.state.value,
        repeated=receipt.repeated,
        said=receipt.recorded,
    )


@router.post(
    "/decisions/{decision_id}/undo",
    summary="Take a decision back",
    response_model=ClaimedModel,
    responses=problems(400, 401, 403, 404, 409, 422, 429, 503),
)
def undo(
    decision_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")], body: UndoRequest, context: TheContext, user: JsonUser
) -> ClaimedModel:
    """Takes back one's own last decision on an item; the item is this tab's again, and the decision stays in the
    history. 409: somebody else has decided since."""
    item = context.desk.undo(user.person, decision_id, body.tab)
    return _claimed_model(context, context.desk.item_to_decide(user.person, item.item_id))


@router.get("/items/{item_id}/line.jpg", summary="The line of an item", response_class=Response, responses=_PICTURE)
def line(item_id: TheItem, context: TheContext, user: JsonUser) -> Response:
    """The field's place on the scan, straightened, in colour."""
    to_decide = context.desk.item_to_decide(user.person, item_id)
    return _jpeg(context.evidence.line(to_decide.document, to_decide.record, to_decide.item.field))


@router.get("/items/{item_id}/page.jpg", summary="The page of an item", response_class=Response, responses=_PICTURE)
def page(
    item_id: TheItem,
    context: TheContext,
    user: JsonUser,
    number: Annotated[int | None, Query(alias="page", ge=1)] = None,
) -> Response:
    """The page the field stands on, or another page of its document, as it was scanned."""
    to_decide = context.desk.item_to_decide(user.person, item_id)
    own_page = page_asked(to_decide.item, to_decide.record)
    return _jpeg(context.evidence.page(to_decide.document, number or own_page))


@router.get(
    "/items/{item_id}/view.json",
    summary="What is known of an item",
    response_model=ItemViewModel,
    responses=problems(401, 403, 404, 422, 429, 503),
)
def view(item_id: TheItem, context: TheContext, user: JsonUser) -> ItemViewModel:
    """As the desk's page shows it: never why the item is asked, nor who decided what."""
    to_decide = context.desk.item_to_decide(user.person, item_id)
    return ItemViewModel.model_validate(dataclasses.asdict(_view(context, to_decide)))


def _view(context: ServiceContext, to_decide: ItemToDecide) -> ItemView:
    return context.evidence.view(to_decide.item, to_decide.document, to_decide.record, to_decide.opinions)


def _claimed_model(context: ServiceContext, to_decide: ItemToDecide) -> ClaimedModel:
    item, html = to_decide.item, fragment(_view(context, to_decide))
    return ClaimedModel(item_id=item.item_id, lease=item.lease or "", until=item.lease_until or "", html=html)


def _jpeg(data: bytes) -> Response:
    """A browser must not keep it: it shows a person's paper."""
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
