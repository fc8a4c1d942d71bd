"""`hotich verify`: is everything still what it was."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

from hotich import stranded
from hotich.leftovers import WAY_OUT, left_behind
from hotich.progress import counter
from hotich.settings import Settings, load_settings
from hotich.wiring.keeping import check
from hotich.wiring.stores import first_store, open_replicas, open_to_check
from storage.checkpoints import CheckpointFault
from storage.checks import Checks
from storage.review.stranded import stranded_in
from storage.sealed_log import ChainReport
from storage.verify import VerifyReport
from workers.batch.inputs import printable

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore
    from storage.repairing import Repaired

_MOST = 20  # of what is no fault
_PART_FAULTS = {"altered": "bị sửa / altered", "missing": "thiếu / missing", "foreign": "tệp lạ / foreign"}
_CHECKPOINT_FAULTS = {
    "altered": "bị sửa / altered",
    "missing": "không còn / missing",
    "other_key": "ký bằng khóa khác / signed with another key",
    "not_in_order": "không nối với điểm trước / does not follow the one before",
    "stamp_wrong": "dấu thời gian không đúng / its time stamp is not right",
    "unreadable": "không đọc được nơi giữ / the place cannot be read",
    "not_as_noted": "không như nhật ký ghi / not as the audit log noted it",
}


def run(arguments: Namespace) -> int:
    """Exit code 0 when everything is whole, 3 when something is not. What waits in nobody's queue is told too; it is
    whole all the same."""
    settings = load_settings(arguments.home)
    checks = Checks(settings.home / "checks")
    if arguments.history:
        return _tell_history(checks, as_json=arguments.json)
    catalogue, objects = open_to_check(settings)
    try:
        report = check(
            settings, catalogue, objects, checks if arguments.keep or arguments.resume else None,
            head=arguments.head, place=arguments.checkpoints, public=arguments.public, resume=arguments.resume,
            progress=counter("đã kiểm đối tượng / objects read", arguments.quiet),
        )  # fmt: skip
        compared = _compare(settings, catalogue, objects, arguments.quiet) if arguments.replicas else None
        waiting = stranded_in(catalogue.database, settings.office)
        left = left_behind(settings, catalogue.database)
    finally:
        catalogue.close()
    ok = report.ok and (compared is None or not (compared.healed or compared.lost))
    if arguments.json:
        others = None if compared is None else asdict(compared)
        facts = {
            **asdict(report),
            "ok": ok,
            "replicas": others,
            "stranded": stranded.facts(waiting),
            "left_behind": left.facts,
        }
        print(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
    for line in (*_faults(report), *_replica_faults(compared), *_remarks(report)):
        print(f"  {line}", file=sys.stderr)
    if waiting:
        print(stranded.warning(waiting), file=sys.stderr)
    if left.stays:
        print(f"  tải dở, tệp bỏ lại / half sent, left behind: {left}\n  → {WAY_OUT}", file=sys.stderr)
    vi, en = ("toàn vẹn", "whole") if ok else ("CÓ LỖI", "NOT WHOLE")
    print(
        f"{report.objects} đối tượng, {report.documents} hồ sơ, đã đếm trang của {report.files} tệp: {vi} / "
        f"{report.objects} objects, {report.documents} documents, pages of {report.files} files counted: {en}",
        file=sys.stderr,
    )
    return 0 if ok else 3


def _tell_history(checks: Checks, *, as_json: bool) -> int:
    found = list(checks.history())
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    for one in found:
        vi_en = "toàn vẹn / whole" if one.get("ok") else "CÓ LỖI / NOT WHOLE"
        print(f"{one.get('begun')}  {one.get('objects')} đối tượng / objects  {vi_en}")
    return 0


def _compare(settings: Settings, catalogue: Catalogue, objects: ObjectStore, quiet: bool) -> Repaired:
    """Every object of every store, each store held against the others; nothing is written."""
    from storage.repairing import named_objects, repair, taken_out

    with catalogue.database.snapshot() as connection:
        return repair(
            [first_store(settings, objects), *open_replicas(settings)],
            wanted=named_objects(connection),
            without=taken_out(connection),
            dry_run=True,
            on_object=counter("đã so giữa các kho / compared between stores", quiet),
        )


def _replica_faults(compared: Repaired | None) -> Iterator[str]:
    if compared is None:
        return
    for healed in compared.healed:
        was = {"damaged": "hỏng / damaged", "missing": "thiếu / missing"}[healed.was]
        yield f"{was}: {healed.name} ({healed.store}); còn nguyên ở / whole in {healed.source}: hotich repair"
    yield from (f"không nơi nào còn nguyên / whole nowhere: {name}" for name in compared.lost)


_ERASED = {
    "erased": "nhật ký báo đã xóa mà giấy tờ không bị xóa / said to be erased, and its papers were not removed",
    "trail": "nội dung lịch sử duyệt mất hoặc trở lại trái với nhật ký / details of the trail are gone, or are back,"
    " against the log",
}


def _faults(report: VerifyReport) -> Iterator[str]:
    yield from (f"cơ sở dữ liệu hỏng / the database is damaged: {text}" for text in report.database)
    yield from (f"hỏng / damaged: {key}" for key in report.corrupt)
    for key_id, count in report.keys_missing.items():
        yield (
            f"thiếu khóa mã hóa {key_id}: {count} đối tượng không đọc được, bản mã còn nguyên / encryption key"
            f" {key_id} is missing: {count} objects cannot be read, their ciphertext is whole"
        )
    for gap in report.missing:
        yield f"thiếu / missing: {gap.key} ({gap.kind}, {gap.document_id})"
    for page in report.lost_pages:
        yield (
            f"trang không có ở đâu / page accounted for nowhere: {printable(page.file)}, trang/page {page.page}"
            f" (sha256 {page.sha256[:12]}…)"
        )
    yield from (f"không khớp nhật ký / not as the audit log says: {subject}" for subject in report.unrecorded)
    for found in report.differing:
        if found.what in _ERASED:
            yield f"{_ERASED[found.what]}: {found.subject}"
            continue
        yield f"danh mục bị sửa / the catalogue was changed: {found.subject}: {found.what}"
    yield from _log_faults("nhật ký", "the audit log", report.chain)
    yield from _log_faults("nhật ký xem hồ sơ", "the log of reads", report.reads)
    yield from _log_faults("nhật ký duyệt", "the trail of decisions", report.trail)
    for part in report.log_in_store.faults:
        yield f"nhật ký trong kho / log in the store: {_PART_FAULTS[part.what]}: {part.name}"
    if report.log_in_store.differing is not None:
        yield (
            "nhật ký trong kho và trong danh mục khác nhau từ mục"
            f" / the log in the store and the catalogue's differ from entry {report.log_in_store.differing}"
        )
    if report.head_found is False:
        yield "không nhật ký nào có đầu chuỗi này / none of the logs has this head: --head"
    yield from map(_checkpoint_fault, report.checkpoint_faults)


def _log_faults(vi: str, en: str, log: ChainReport | None) -> Iterator[str]:
    if log is None:
        return
    if log.broken_at is not None:
        yield f"{vi} bị sửa ở mục / {en} is broken at entry {log.broken_at} ({log.entries})"
    if log.rewritten_at is not None:
        cut = log.rewritten_at > log.entries
        done = ("bị cắt", "was cut off") if cut else ("bị viết lại", "was rewritten")
        yield (
            f"{vi} {done[0]} / {en} {done[1]}: điểm mốc ở mục / checkpoint at entry {log.rewritten_at} ({log.entries})"
        )


def _checkpoint_fault(fault: CheckpointFault) -> str:
    number = f" {fault.number}" if fault.number else ""
    place = f", {fault.place}" if fault.place else ""
    return f"điểm mốc / checkpoint{number}: {_CHECKPOINT_FAULTS[fault.what]}{place}"


def _remarks(report: VerifyReport) -> Iterator[str]:
    """What is no fault and may tell something all the same."""
    logs = {"nhật ký / audit log": report.chain, "nhật ký xem / reads": report.reads, "duyệt / trail": report.trail}
    for name, log in logs.items():
        if log is not None and log.backwards_at is not None:
            yield f"thời gian lùi / time runs backwards: {name}, mục/entry {log.backwards_at}"
    if report.log_in_store.behind:
        yield f"chưa chép vào kho / not in the store's log yet: {report.log_in_store.behind} mục / entries"
    lists = {
        "không hồ sơ nào nêu / named by nothing": (report.orphans, report.orphans_in_all),
        "tệp lạ trong kho / foreign in the store": (report.foreign, len(report.foreign)),
    }
    for what, (names, in_all) in lists.items():
        yield from (f"{what}: {printable(str(name))}" for name in islice(names, _MOST))
        if in_all > _MOST:
            yield f"{what}: … {in_all}"
    if not report.checkpoints:
        yield (
            "chưa có điểm mốc: nhật ký bị cắt hay viết lại sẽ không thấy được (hotich checkpoint)"
            " / no checkpoint: a log cut off or rewritten would not be seen"
        )
    else:
        yield (
            f"{report.checkpoints} điểm mốc, {report.stamps} có dấu thời gian, khóa"
            f" / checkpoints, {report.stamps} with a time stamp, key: {report.checkpoint_key}"
        )
