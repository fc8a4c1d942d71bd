"""What needs no account: health, and the procedures with the papers they ask for."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from pipeline.judging.verdict import Procedure, load_procedures
from service.pages import page
from service.pages.api_page import shown_operations
from service.people.access import TheContext
from service.people.visiting import bounded
from service.wire.contract import HealthModel, PaperModel, ProcedureModel, ProceduresModel
from service.wire.problems import problems

router = APIRouter(tags=["general"])


@router.get("/health", summary="Whether the service works", response_model=HealthModel, responses=problems(503))
def health(context: TheContext, response: Response) -> HealthModel:
    """Asks the database too. `failing`: submissions could not be answered, and are tried again."""
    response.headers["Cache-Control"] = "no-store"
    return HealthModel(
        status="failing" if context.queue.troubled else "ok",
        version=context.parts.version,
        waiting=context.queue.waiting,
        notices_failing=context.notices.failing(),
    )


@router.get("/procedures", summary="The procedures and their papers", response_model=ProceduresModel)
def procedures() -> ProceduresModel:
    """The papers each asks for, and the names of the declared values that are compared with them."""
    return ProceduresModel(procedures=[_procedure_model(procedure) for procedure in load_procedures().values()])


@router.get("/docs", include_in_schema=False, dependencies=[Depends(bounded)])
def docs(request: Request, context: TheContext) -> Response:
    """The API for people to read, made from the OpenAPI document; nothing of it comes from elsewhere."""
    groups = shown_operations(request.app.openapi(), context.parts.public_url)
    return page("api.html", groups=groups)


def _procedure_model(procedure: Procedure) -> ProcedureModel:
    return ProcedureModel(
        code=procedure.code,
        name=procedure.name,
        papers=[
            PaperModel(
                role=paper.role,
                name=paper.name,
                document_types=[kind.value for kind in paper.types],
                sides=list(paper.sides),
                required=paper.required,
                keep=paper.keep,
                compare=list(paper.compare),
            )
            for paper in procedure.papers
        ],
    )
