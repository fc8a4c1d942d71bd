"""`hotich trash list|put|undo|restore|empty|imports`: papers taken out of use, brought back, and removed for good."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from hotich.papers import ids_of
from hotich.settings import Settings, load_settings
from hotich.wiring.persons import forget_pictures
from hotich.wiring.stores import actor, keep_the_rest, replicate_after_run, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.review.wording import paper_label
from storage.catalogue import Catalogue
from storage.objects import ObjectStore
from storage.trash import (
    Withdrawn,
    documents_of_import,
    empty_trash,
    in_trash,
    restore,
    withdraw,
    withdrawn_of_import,
)

_MOST_IMPORTS = 50


def show(arguments: Namespace) -> int:
    """What is in the trash."""
    settings = _settings(arguments)
    with stores(settings) as (catalogue, objects), catalogue.database.read() as connection:
        found = in_trash(connection, objects=objects)
    if arguments.json:
        print(json.dumps([_fact(one) for one in found], ensure_ascii=False, indent=2))
        return 0
    for one in found:
        print(_line(one))
    print(f"{len(found)} giấy tờ đã rút / papers withdrawn", file=sys.stderr)
    return 0


def imports(arguments: Namespace) -> int:
    """The newest imports, each with the id by which it is undone."""
    with stores(_settings(arguments)) as (catalogue, _):
        found = catalogue.newest_imports(_MOST_IMPORTS)
    if arguments.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return 0
    for one in found:
        withdrawn = f", {one.withdrawn} đã rút / withdrawn" if one.withdrawn else ""
        print(f"{one.import_id}  {one.files} tệp / files, {one.documents} giấy tờ / papers{withdrawn}  {one.actor}")
    return 0


def put(arguments: Namespace) -> int:
    """Withdraws papers by document id or holding code."""
    settings = _settings(arguments)
    with stores(settings) as (catalogue, objects), catalogue.unit() as unit:
        taken = withdraw(
            unit, objects, ids_of(unit, arguments.papers), reason=arguments.reason, actor=actor(settings),
            days=settings.trash_days,
        )  # fmt: skip
        unit.commit()
    return _told(arguments, "withdrawn", taken, "giấy tờ đã rút / papers withdrawn")


def undo(arguments: Namespace) -> int:
    """Withdraws everything that an import brought. What it read anew of papers held before stays."""
    settings = _settings(arguments)
    with stores(settings) as (catalogue, objects), catalogue.unit() as unit:
        wanted = documents_of_import(unit.connection, arguments.import_id)
        taken = withdraw(
            unit, objects, wanted, reason=arguments.reason or f"bỏ lượt nhập {arguments.import_id}",
            actor=actor(settings), days=settings.trash_days, import_id=arguments.import_id,
        )  # fmt: skip
        unit.commit()
    return _told(arguments, "withdrawn", taken, "giấy tờ đã rút / papers withdrawn")


def bring_back(arguments: Namespace) -> int:
    """Restores papers, or everything of an undone import."""
    settings = _settings(arguments)
    with stores(settings) as (catalogue, objects), catalogue.unit() as unit:
        wanted: list[str] = []
        for name in arguments.papers:
            wanted += withdrawn_of_import(unit.connection, name) or ids_of(unit, [name])
        back = restore(unit, objects, wanted, actor=actor(settings))
        unit.commit()
    return _told(arguments, "restored", back, "giấy tờ đã khôi phục / papers restored")


def empty(arguments: Namespace) -> int:
    """Removes for good what its term is over for, as far as the law lets it go; what stays is told."""
    settings = _settings(arguments)
    with stores(settings) as (catalogue, objects):
        removed = empty_trash(catalogue, objects, decision=arguments.decision or "", actor=actor(settings))
        forget_pictures(settings, catalogue, removed)
        left = _left(catalogue, objects)
        if settings.replica_folder or settings.replica_s3_bucket:  # they lose it too
            keep_the_rest(catalogue)
            replicate_after_run(settings, catalogue, objects)
    for one in left:
        if one.kept_because is not None:
            print(f"{one.holding_code}: giữ lại / kept: {one.kept_because}", file=sys.stderr)
    return _told(arguments, "removed", removed, "giấy tờ đã xóa hẳn / papers removed for good")


def _settings(arguments: Namespace) -> Settings:
    settings = load_settings(arguments.home)
    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    return settings


def _left(catalogue: Catalogue, objects: ObjectStore) -> list[Withdrawn]:
    with catalogue.database.read() as connection:
        return in_trash(connection, objects=objects)


def _told(arguments: Namespace, what: str, ids: list[str], words: str) -> int:
    if arguments.json:
        print(json.dumps({what: ids}))
    print(f"{len(ids)} {words}", file=sys.stderr)
    return 0


def _line(one: Withdrawn) -> str:
    kept = "" if one.kept_because is None else f"; giữ lại / kept: {one.kept_because}"
    return (
        f"{one.holding_code}  {paper_label(one.document_type, one.form)[0]}  {one.file}  đến / until"
        f" {one.keep_until[:10]}  {one.reason}{kept}"
    )


def _fact(one: Withdrawn) -> dict[str, object]:
    return {**asdict(one), "kept_because": None if one.kept_because is None else str(one.kept_because)}
