"""`hotich hold set|lift|list`: papers that nothing removes while a court or an inspection needs them."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from hotich.papers import ids_of
from hotich.settings import Settings, load_settings
from hotich.wiring.stores import actor, first_store, keep_the_rest, open_replicas, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.review.wording import paper_label

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.holds import ObjectsHeld
    from storage.objects import ObjectStore


def put_on(arguments: Namespace) -> int:
    """First the catalogue, then the stores that can hold objects: run again, it holds what was missed."""
    from storage.holds import hold

    settings = _settings(arguments)
    with stores(settings) as (catalogue, objects):
        with catalogue.unit() as unit:
            wanted = ids_of(unit, arguments.papers)
            taken = hold(unit, wanted, reason=arguments.reason, actor=actor(settings))
            unit.commit()
        keep_the_rest(catalogue)
        in_stores = _in_stores(settings, catalogue, objects, wanted, on=True)
    return _told(arguments, "held", taken, in_stores, "giấy tờ được giữ / papers put on hold")


def lift_off(arguments: Namespace) -> int:
    """First the stores, then the catalogue: until it is done, the paper is on hold."""
    from storage.holds import lift

    settings = _settings(arguments)
    with stores(settings) as (catalogue, objects):
        with catalogue.unit() as unit:
            wanted = ids_of(unit, arguments.papers)
        in_stores = _in_stores(settings, catalogue, objects, wanted, on=False)
        with catalogue.unit() as unit:
            lifted = lift(unit, wanted, reason=arguments.reason, actor=actor(settings))
            unit.commit()
    return _told(arguments, "lifted", lifted, in_stores, "giấy tờ thôi giữ / holds lifted")


def show(arguments: Namespace) -> int:
    """What is on hold, since when, by whom and why."""
    from storage.holds import holds

    with stores(_settings(arguments)) as (catalogue, _), catalogue.database.read() as connection:
        found = holds(connection)
    if arguments.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return 0
    for one in found:
        paper = paper_label(one.document_type, one.form or "")[0]
        print(f"{one.holding_code}  {paper}  từ / since {one.held_at[:10]}  {one.actor}  {one.reason}")
    print(f"{len(found)} giấy tờ đang giữ / papers on hold", file=sys.stderr)
    return 0


def _settings(arguments: Namespace) -> Settings:
    settings = load_settings(arguments.home)
    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    return settings


def _in_stores(
    settings: Settings, catalogue: Catalogue, objects: ObjectStore, document_ids: list[str], *, on: bool
) -> list[ObjectsHeld]:
    from storage.holds import hold_objects

    every = [first_store(settings, objects), *open_replicas(settings, for_writing=True)]
    with catalogue.database.read() as connection:
        return hold_objects(connection, every, document_ids, on=on)


def _told(arguments: Namespace, what: str, ids: list[str], in_stores: list[ObjectsHeld], words: str) -> int:
    if arguments.json:
        print(json.dumps({what: ids, "stores": [asdict(one) for one in in_stores]}, ensure_ascii=False, indent=2))
    print(f"{len(ids)} {words}", file=sys.stderr)
    for one in in_stores:
        if one.without:
            print(
                f"  {one.store}: {one.without} đối tượng chỉ được giữ theo danh mục, kho không khóa được"
                f" / {one.without} objects by the catalogue alone: the store cannot hold them",
                file=sys.stderr,
            )
    return 0
