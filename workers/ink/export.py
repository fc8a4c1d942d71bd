"""From an office's decided lines to an ink pack."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ocr_models.adaptation.adapt import Model
from ocr_models.adaptation.lines import CorrectedLine
from pipeline.domain.message import Message
from storage.books import Correction, corrections_of
from storage.catalogue import Catalogue
from storage.ink import GivenPiece, InkGiven
from storage.objects import ObjectStore
from workers.ink.choosing import Candidate, chosen, now_given
from workers.ink.cutting import pieces
from workers.ink.errors import NoConsent, TooFewPieces
from workers.ink.keys import OfficeKey
from workers.ink.pack import InkLine, packed

LEAST_PIECES = 30
"""Fewer pieces of ink do not hide each other, and teach nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A pack and what it is made of: decided lines there are, lines whose act is not known (they stay), acts with a
    line that could leave, and pieces of ink that leave, one of an act."""

    pack: bytes
    lines: int
    of_no_act: int
    acts: int
    pieces: int


def export_ink(
    *,
    catalogue: Catalogue,
    objects: ObjectStore,
    key: OfficeKey,
    consent: bool,
    actor: str,
    model: Model | None = None,
    least: int = LEAST_PIECES,
) -> Export:
    """A pack of what may leave, noted as given before it is handed over, so that no later pack gives another piece.

    `consent`: the office lets lines leave (`ReviewPolicy.share_ink`). Raises `NoConsent`, `TooFewPieces`, `ModelError`s
    and the stores' errors; then nothing is noted.
    """
    if not consent:
        raise NoConsent(
            Message(
                "Cơ quan chưa đồng ý cho nét chữ viết ra ngoài: đặt share_ink = true trong review.toml.",
                "The office has not consented to ink leaving it: set share_ink = true in review.toml.",
            )
        )
    lines = _decided(catalogue, objects)
    cut = list(_cut(lines, model or Model.load()))
    with catalogue.unit() as unit:
        given = InkGiven(unit)
        acts = given.same_act({one.origin.document_id for one in lines if one.origin is not None})
        candidates = [
            Candidate(piece=one.piece, acts=acts[one.document_id], text=one.text, ink=one.ink)
            for one in cut
            if one.document_id in acts
        ]
        leaving = chosen(candidates, key=key.drawing, given=given.all())
        if len(leaving) < least:
            raise _too_few(len(leaving), least)
        pack = packed([InkLine(ink=one.ink, text=one.text) for one in leaving], key)
        digest = hashlib.sha256(pack).hexdigest()
        given.note(now_given(leaving), count=len(leaving), pack=f"sha256:{digest}", actor=actor)
        unit.commit()
    return Export(
        pack=pack,
        lines=len(lines),
        of_no_act=sum(one.origin is None or one.origin.document_id not in acts for one in lines),
        acts=len({one.acts for one in candidates}),
        pieces=len(leaving),
    )


def _decided(catalogue: Catalogue, objects: ObjectStore) -> list[Correction]:
    """The newest correction of every line of every book."""
    with catalogue.books() as books:
        names = books.names()
    return [kept.correction for name in names for kept in corrections_of(objects, catalogue, name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _CutPiece:
    document_id: str
    piece: GivenPiece
    text: str
    ink: bytes


def _cut(lines: Iterable[Correction], model: Model) -> Iterable[_CutPiece]:
    for line in lines:
        if line.origin is None:
            continue
        image = hashlib.sha256(line.image).hexdigest()
        for piece in pieces(CorrectedLine(line.image, line.text), line.origin.grammar, model=model):
            yield _CutPiece(
                document_id=line.origin.document_id,
                piece=GivenPiece(image, piece.part),
                text=piece.text,
                ink=piece.ink,
            )


def _too_few(pieces: int, least: int) -> TooFewPieces:
    return TooFewPieces(
        Message(
            f"Mới có {pieces} mẩu nét chữ viết của chừng ấy giấy tờ, cần ít nhất {least}; hãy duyệt thêm.",
            f"Only {pieces} pieces of ink, of as many papers; at least {least} are needed. Decide more at the desk.",
        )
    )
