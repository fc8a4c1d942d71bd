"""From the verdict to the answer that is stored and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.domain.geometry import Quad
from pipeline.judging.verdict import DocumentVerdict, FieldVerdict, Outcome, Reason, Verdict, procedure
from service.submissions.joining import Joined
from service.wire.contract import DocumentModel, FieldModel, ReasonModel, VerdictModel, WantedModel
from storage.submissions import State

STATES = {
    Outcome.USABLE: State.ACCEPTED,
    Outcome.REVIEW: State.IN_REVIEW,
    # Whether the paper or the form is wrong is for a person to say.
    Outcome.CONTRADICTS: State.IN_REVIEW,
    Outcome.RETAKE: State.REFUSED,
}
_HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Places:
    """Places as the sender knows them. `ordinals`: a file's number by the name under which it was read."""

    ordinals: Mapping[str, int]
    joined: Sequence[Joined] = ()

    def of(self, file: str | None, page: int | None) -> tuple[int | None, int | None]:
        """Number of the file as it was sent, and the page in it."""
        for document in self.joined:
            if len(document.parts) > 1 and document.record.source.file == file:
                file, page = document.place_of(page)
                break
        return self.ordinals.get(file or ""), page


def verdict_model(
    verdict: Verdict, places: Places, kept: Mapping[str, str], *, to_compare: bool = False
) -> VerdictModel:
    """The answer on the wire. `kept`: holding code by document. Values of papers that are only shown are masked, also
    declared ones of a paper that could not be read: they are compared and deleted. `to_compare`: a person has still to
    compare them; they are masked when that is done (`service.submissions.closing`)."""
    shown = {paper.role for paper in procedure(verdict.procedure).papers if not paper.keep and not to_compare}
    return VerdictModel(
        outcome=verdict.outcome.value,
        document_type=verdict.document_type.value,
        reasons=[_reason(reason, places) for reason in verdict.reasons],
        fields=[_field(field, places, masked=field.role in shown) for field in verdict.fields],
        documents=[_document(document, places, kept) for document in verdict.documents],
        wanted=[
            WantedModel(
                role=paper.role,
                name=paper.name,
                document_types=[kind.value for kind in paper.document_types],
                sides=list(paper.sides),
                required=paper.required,
                received=paper.received,
            )
            for paper in verdict.wanted
        ],
    )


def public_verdict(verdict: Mapping[str, Any]) -> VerdictModel:
    """A stored verdict for whoever has only the code: without values and holding codes."""
    full = VerdictModel.model_validate(verdict)
    documents = [document.model_copy(update={"holding_code": None, "held_as": None}) for document in full.documents]
    return full.model_copy(update={"fields": [], "documents": documents})


def _reason(reason: Reason, places: Places) -> ReasonModel:
    file, page = places.of(reason.file, reason.page)
    return ReasonModel(
        code=reason.code,
        message=reason.message,
        outcome=reason.outcome.value,
        file=file,
        page=page,
        place=_place(reason.place),
        field=reason.field,
        role=reason.role,
    )


def _field(field: FieldVerdict, places: Places, *, masked: bool) -> FieldModel:
    file, page = places.of(field.file, field.page)

    def shown(value: str | None) -> str | None:
        return _HIDDEN if masked and value is not None else value

    return FieldModel(
        name=field.name,
        role=field.role,
        declared=shown(field.declared),
        read=shown(field.read),
        registered=shown(field.registered),
        agreement=field.agreement.value,
        confidence=field.confidence,
        file=file,
        page=page,
        box=_place(field.box),
    )


def _document(document: DocumentVerdict, places: Places, kept: Mapping[str, str]) -> DocumentModel:
    return DocumentModel(
        document_type=document.document_type.value,
        role=document.role,
        file=places.of(document.file, None)[0],
        sides=list(document.sides),
        keep=document.keep,
        holding_code=kept.get(document.document_id),
        held_as=document.held_as,
    )


def _place(quad: Quad | None) -> list[list[float]] | None:
    return None if quad is None else [[round(x, 1), round(y, 1)] for x, y in quad]
