"""From what was read to the answer that is stored and sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.geometry import Quad
from pipeline.verdict import DocumentVerdict, FieldVerdict, Outcome, Reason, Verdict
from service.contract import DocumentModel, FieldModel, ReasonModel, VerdictModel, WantedModel, Words
from storage.service import State

STATES = {
    Outcome.USABLE: State.ACCEPTED,
    Outcome.REVIEW: State.IN_REVIEW,
    # Whether the paper or the form is wrong is for a person to say.
    Outcome.CONTRADICTS: State.IN_REVIEW,
    Outcome.RETAKE: State.REFUSED,
}
_HIDDEN = "•••"


def verdict_model(verdict: Verdict, files: Mapping[str, int], kept: Mapping[str, str]) -> VerdictModel:
    """The answer on the wire. `files`: number of a file by the name it was read under; `kept`: holding code by
    document. Values of papers that are only shown are masked: they are compared and forgotten."""
    shown = {document.role for document in verdict.documents if document.role and not document.keep}
    return VerdictModel(
        outcome=verdict.outcome.value,
        document_type=verdict.document_type.value,
        reasons=[_reason(one, files) for one in verdict.reasons],
        fields=[_field(one, files, masked=one.role in shown) for one in verdict.fields],
        documents=[_document(one, files, kept) for one in verdict.documents],
        wanted=[
            WantedModel(
                role=one.role,
                name=Words.of(one.name),
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


def _reason(one: Reason, files: Mapping[str, int]) -> ReasonModel:
    return ReasonModel(
        code=one.code,
        message=Words.of(one.message),
        outcome=one.outcome.value,
        file=files.get(one.file or ""),
        page=one.page,
        place=_place(one.place),
        field=one.field,
        role=one.role,
    )


def _field(one: FieldVerdict, files: Mapping[str, int], *, masked: bool) -> FieldModel:
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
        file=files.get(one.file or ""),
        page=one.page,
        box=_place(one.box),
    )


def _document(one: DocumentVerdict, files: Mapping[str, int], kept: Mapping[str, str]) -> DocumentModel:
    return DocumentModel(
        document_type=one.document_type.value,
        role=one.role,
        file=files.get(one.file),
        sides=list(one.sides),
        keep=one.keep,
        holding_code=kept.get(one.document_id),
        held_as=one.held_as,
    )


def _place(quad: Quad | None) -> list[list[float]] | None:
    return None if quad is None else [[round(x, 1), round(y, 1)] for x, y in quad]
