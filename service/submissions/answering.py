"""From what was read to the answer that is stored and sent."""

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
    """Where things stand for who sent them. `ordinals`: a file's number by the name it was read under."""

    ordinals: Mapping[str, int]
    joined: Sequence[Joined] = ()

    def of(self, file: str | None, page: int | None) -> tuple[int | None, int | None]:
        """Number of the file as it was sent, and the page in it."""
        for one in self.joined:
            if len(one.parts) > 1 and one.record.source.file == file:
                file, page = one.place_of(page)
                break
        return self.ordinals.get(file or ""), page


def verdict_model(verdict: Verdict, places: Places, kept: Mapping[str, str]) -> VerdictModel:
    """The answer on the wire. `kept`: holding code by document. Values of papers that are only shown are masked,
    what was declared for one that could not be read too: they are compared and forgotten."""
    shown = {paper.role for paper in procedure(verdict.procedure).papers if not paper.keep}
    return VerdictModel(
        outcome=verdict.outcome.value,
        document_type=verdict.document_type.value,
        reasons=[_reason(one, places) for one in verdict.reasons],
        fields=[_field(one, places, masked=one.role in shown) for one in verdict.fields],
        documents=[_document(one, places, kept) for one in verdict.documents],
        wanted=[
            WantedModel(
                role=one.role,
                name=one.name,
                document_types=[kind.value for kind in one.document_types],
                sides=list(one.sides),
                required=one.required,
                received=one.received,
            )
            for one in verdict.wanted
        ],
    )


def public_verdict(verdict: Mapping[str, Any]) -> VerdictModel:
    """A stored verdict for whoever has only the code: no values, no holding codes."""
    full = VerdictModel.model_validate(verdict)
    documents = [one.model_copy(update={"holding_code": None, "held_as": None}) for one in full.documents]
    return full.model_copy(update={"fields": [], "documents": documents})


def _reason(one: Reason, places: Places) -> ReasonModel:
    file, page = places.of(one.file, one.page)
    return ReasonModel(
        code=one.code,
        message=one.message,
        outcome=one.outcome.value,
        file=file,
        page=page,
        place=_place(one.place),
        field=one.field,
        role=one.role,
    )


def _field(one: FieldVerdict, places: Places, *, masked: bool) -> FieldModel:
    file, page = places.of(one.file, one.page)

    def shown(value: str | None) -> str | None:
        return _HIDDEN if masked and value is not None else value

    return FieldModel(
        name=one.name,
        role=one.role,
        declared=shown(one.declared),
        read=shown(one.read),
        registered=shown(one.registered),
        agreement=one.agreement.value,
        confidence=one.confidence,
        file=file,
        page=page,
        box=_place(one.box),
    )


def _document(one: DocumentVerdict, places: Places, kept: Mapping[str, str]) -> DocumentModel:
    return DocumentModel(
        document_type=one.document_type.value,
        role=one.role,
        file=places.of(one.file, None)[0],
        sides=list(one.sides),
        keep=one.keep,
        holding_code=kept.get(one.document_id),
        held_as=one.held_as,
    )


def _place(quad: Quad | None) -> list[list[float]] | None:
    return None if quad is None else [[round(x, 1), round(y, 1)] for x, y in quad]
