"""`hotich rebuild`: the catalogue is lost, the store is there."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from hotich.progress import counter
from hotich.settings import Settings, load_settings
from hotich.wiring.stores import actor, checkpoint_places, open_catalogue_to_rebuild, open_objects, stores
from pipeline.domain.message import Message


def run(arguments: Namespace) -> int:
    """Exit code 0 when all is there again, 3 when some revision's record is damaged or tells otherwise."""
    from storage.catalogue.audit import REBUILT
    from storage.checkpoints import read_checkpoints
    from storage.log_parts import LogDamaged
    from storage.rebuilding import rebuild

    settings = load_settings(arguments.home)
    if arguments.tell:
        return _tell(settings, arguments.quiet)
    objects = open_objects(settings)
    checkpoints = read_checkpoints(checkpoint_places(settings, objects), public=settings.checkpoint_public)
    if checkpoints.faults:
        raise LogDamaged(
            Message(
                "Điểm mốc không còn như đã ký; xem hotich verify", "checkpoints are not as signed; see hotich verify"
            )
        )
    catalogue = open_catalogue_to_rebuild(settings)
    try:
        made = rebuild(
            objects,
            catalogue,
            anchors=checkpoints.anchors("audit"),
            forward=arguments.forward,
            on_document=counter("hồ sơ / documents", arguments.quiet),
        )
        catalogue.note(actor=actor(settings), action=REBUILT, subject="catalogue")
    finally:
        catalogue.close()
    if arguments.json:
        print(json.dumps(asdict(made), ensure_ascii=False, indent=2))
    for name in made.without_record:
        print(f"  hồ sơ hỏng hoặc thiếu / record damaged or missing: {name}", file=sys.stderr)
    for name in made.differing:
        print(f"  nhật ký nói khác hồ sơ / the log tells otherwise than the record: {name}", file=sys.stderr)
    for name in made.untold:
        print(f"  tên tệp, chữ trên trang hỏng hoặc thiếu / names and page words damaged: {name}", file=sys.stderr)
    for fault in made.faults:
        print(f"  phần nhật ký hỏng / part of the log: {fault.name} ({fault.what})", file=sys.stderr)
    print(
        f"Đã lập lại danh mục / catalogue made anew: {made.files} tệp / files, {made.documents} hồ sơ / documents, "
        f"{made.entries} mục nhật ký / log entries\n"
        "Người dùng, bàn duyệt, hồ sơ nộp: khôi phục từ bản sao lưu (docs/keeping.md) / people, the desk, submissions: "
        "restore them from a backup",
        file=sys.stderr,
    )
    return 3 if made.without_record or made.differing or made.untold else 0


def _tell(settings: Settings, quiet: bool) -> int:
    from storage.store_log import tell_older

    with stores(settings) as (catalogue, _):
        count = tell_older(catalogue.database, on_file=counter("tệp / files", quiet))
    print(f"Đã ghi vào nhật ký của kho / told: {count} tệp / files", file=sys.stderr)
    return 0
