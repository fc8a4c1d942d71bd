"""The overview's pages: figures of the work, the items behind each number, each table as CSV."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pipeline.domain.message import Message
from service.desk import wording
from service.desk.desk_user import PageUser
from service.desk.overview.items import PERIODS, RESULTS, STATES, filters_in_words, list_items
from service.desk.overview.overview import Period, promised_words
from service.desk.overview.plots import decimal, english, number, percent
from service.desk.overview.tables import csv_bytes
from service.pages import page
from service.people.access import TheContext
from service.wire.errors import NotThere

router = APIRouter(include_in_schema=False, prefix="/ban-duyet")

_PAGE: Final = 100
_FURTHEST: Final = 100  # pages; for more, narrow the filters
ThePeriod = Annotated[Period, Query()]
By = Annotated[Literal["class", "form", "book"] | None, Query()]


@router.get("/tong-quan")
def overview(user: PageUser, context: TheContext, period: ThePeriod = Period.WEEK, by: By = None) -> Response:
    """The figures of the person's office."""
    summary = context.overview.of(user.person, period, by=by)
    return page(
        "overview.html",
        session=user.session,
        summary=summary,
        promised=promised_words(summary),
        by=by,
        periods=[(choice.value, PERIODS[choice]) for choice in Period],
        number=number,
        percent=percent,
        english=english,
        days=lambda value: decimal(value, 0 if value >= 10 else 1),
    )


@router.get("/tong-quan/{name}.csv")
def table_as_csv(
    name: str, user: PageUser, context: TheContext, period: ThePeriod = Period.WEEK, by: By = None
) -> Response:
    """One table of the overview for a spreadsheet."""
    table = context.overview.of(user.person, period, by=by).tables.get(name)
    if table is None:
        raise NotThere(Message("Không có bảng này", "There is no such table"))
    headers = {"Content-Disposition": f'attachment; filename="{table.name}.csv"'}
    return Response(csv_bytes(table), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/muc")
def items(
    request: Request, context: TheContext, user: PageUser, trang: Annotated[int, Query(ge=1, le=_FURTHEST)] = 1
) -> Response:
    """The items behind a number: what they are and their state, without any value."""
    query = {name: value[:200] for name, value in request.query_params.items() if name != "trang"}
    listed = list_items(context.reviews, user.person, query, most=_PAGE + 1, skip=(trang - 1) * _PAGE)
    return page(
        "overview_items.html",
        session=user.session,
        items=listed[:_PAGE],
        more=len(listed) > _PAGE and trang < _FURTHEST,
        at_page=trang,
        query=query,
        filter_words=filters_in_words(query),
        wording=wording,
        results=RESULTS,
        states=STATES,
    )
