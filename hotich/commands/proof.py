"""`hotich proof`: one field of one paper, with what shows that it was written, read and decided so."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.commands.copy import check_new
from hotich.settings import Settings, load_settings
from hotich.wiring.keeping import key_file, take_signed
from hotich.wiring.processes import view_renderer
from hotich.wiring.signing import pdf_signing
from hotich.wiring.stores import actor, checkpoint_places, stores, time_stamp_roots
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.checkpoints import Checkpoints
    from storage.objects import ObjectStore


def run(arguments: Namespace) -> int:
    """Exit code 0. Writes the bundle, and says whether it is itself below a checkpoint."""
    from storage.files import write_file
    from storage.office.store import OfficeStore
    from storage.review.trail import TrailEntry, trail_of
    from workers.finding import Seeker
    from workers.proving import ProofMaker

    settings = load_settings(arguments.home)
    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    check_new(arguments.out)
    renderer = view_renderer(settings)
    try:
        with stores(settings) as (catalogue, objects):
            document = catalogue.named(arguments.document)
            if document is None:
                raise WrongUse(Message("không có giấy tờ này", "there is no such paper").about(arguments.document))

            def trail(document_id: str) -> list[TrailEntry]:
                with catalogue.database.read() as connection:
                    return trail_of(connection, document_id)

            maker = ProofMaker(
                catalogue=catalogue,
                objects=objects,
                office=OfficeStore(catalogue.database),
                trail=trail,
                signing=lambda: pdf_signing(settings),
                renderer=renderer,
                checkpoints=_known(settings, objects),
                anchor=_anchor(settings, catalogue, objects, arguments.key),
                office_name=settings.sign_office,
                working=settings.home / "spool",
            )
            seeker = Seeker(actor=actor(settings), office=settings.office, purpose=arguments.purpose or "hotich proof")
            proof = maker.make(document, arguments.field, seeker)
            write_file(arguments.out, proof.bundle, mode=0o600)
    finally:
        renderer.close()
    if arguments.json:
        facts = {"document_id": document.document_id, "field": arguments.field, "anchored": proof.anchored}
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    print(f"{document.holding_code} {arguments.field}: {arguments.out}", file=sys.stderr)
    if not proof.anchored:
        print(
            "Hồ sơ nằm dưới điểm mốc đã ký, bằng chứng này thì chưa: thêm --key FILE hoặc checkpoint_key"
            " / the record is below a signed checkpoint, this proof is not: give --key FILE or set checkpoint_key",
            file=sys.stderr,
        )
    return 0


def _known(settings: Settings, objects: ObjectStore) -> Checkpoints:
    from storage.checkpoints import read_checkpoints

    places = checkpoint_places(settings, objects)
    return read_checkpoints(places, public=settings.checkpoint_public, roots=time_stamp_roots(settings))


def _anchor(
    settings: Settings, catalogue: Catalogue, objects: ObjectStore, named: Path | None
) -> Callable[[], Checkpoints] | None:
    """Takes a checkpoint over the proof's own entry, where the key is at hand."""
    if named is None and not settings.checkpoint_key:
        return None
    key = key_file(settings, named)

    def take() -> Checkpoints:
        take_signed(settings, catalogue, key, checkpoint_places(settings, objects))
        return _known(settings, objects)

    return take
