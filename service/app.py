"""The application: routes, errors and headers, and the start and stop of what runs behind them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from service.context import ServiceContext, ServiceParts
from service.pages.language import ChosenLanguage
from service.routes import asking, general, holdings, language
from service.routes.administration import clients as admin_clients
from service.routes.administration import office as admin_office
from service.routes.administration import people as admin_people
from service.routes.citizens import check as pages_check
from service.routes.citizens import hand_in as pages
from service.routes.citizens import pictures as pages_pictures
from service.routes.citizens import status as pages_status
from service.routes.desk import asking as desk_asking
from service.routes.desk import books as desk_books
from service.routes.desk import given_lanes as desk_given_lanes
from service.routes.desk import items as desk
from service.routes.desk import keeping as desk_keeping
from service.routes.desk import overview as desk_overview
from service.routes.desk import pages as desk_pages
from service.routes.desk import papers as desk_papers
from service.routes.desk import preferences as desk_preferences
from service.routes.desk import search as desk_search
from service.routes.desk import stranded as desk_stranded
from service.routes.desk import submissions as desk_submissions
from service.routes.people import auth, oidc, own_account, sign_in
from service.routes.submissions import decisions as reviews
from service.routes.submissions import submissions, uploads
from service.wire import problems
from service.wire.bodies import Bodies
from service.wire.middleware import BodyLimit, Faults, SecurityHeaders

_DESCRIPTION = (
    "A verdict on scans and photos of civil-registry papers while their sender is still looking. "
    "Errors are problem documents (RFC 9457) with stable codes; texts are Vietnamese and English."
)


def create_app(parts: ServiceParts) -> FastAPI:
    """The application over these parts. Run as a server it also takes up the submissions that wait to be read."""
    context = ServiceContext(parts)

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        context.changes.attach(asyncio.get_running_loop())
        await asyncio.to_thread(context.start)
        try:
            yield
        finally:
            context.stop()

    app = FastAPI(
        title="hotich",
        version=parts.version,
        description=_DESCRIPTION,
        lifespan=life,
        docs_url=None,  # its pages load scripts from another site
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.context = context
    problems.install(app)
    app.include_router(general.router)
    app.include_router(submissions.router)
    app.include_router(reviews.router)
    app.include_router(uploads.router)
    app.include_router(holdings.router)
    app.include_router(asking.router)
    app.include_router(auth.router)
    app.include_router(oidc.router)
    app.include_router(desk.router)
    app.include_router(sign_in.router)
    app.include_router(own_account.router)
    app.include_router(admin_people.router)
    app.include_router(admin_clients.router)
    app.include_router(admin_office.router)
    app.include_router(desk_pages.router)
    app.include_router(desk_papers.router)
    app.include_router(desk_preferences.router)
    app.include_router(desk_submissions.router)
    app.include_router(desk_search.router)
    app.include_router(desk_books.router)
    app.include_router(desk_stranded.router)
    app.include_router(desk_keeping.router)
    app.include_router(desk_given_lanes.router)
    app.include_router(desk_asking.router)
    app.include_router(desk_overview.router)
    app.include_router(pages.router)
    app.include_router(pages_status.router)
    app.include_router(pages_check.router)
    app.include_router(pages_pictures.router)
    app.include_router(pages.static)
    app.include_router(language.router)
    app.openapi = lambda: problems.with_problem_schema(app)  # type: ignore[method-assign]
    app.add_middleware(BodyLimit, most_bytes=parts.limits.max_body_bytes)
    app.add_middleware(Bodies)
    app.add_middleware(Faults)
    app.add_middleware(ChosenLanguage, default=parts.page_language)
    app.add_middleware(SecurityHeaders)
    return app
