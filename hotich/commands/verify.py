"""`hotich verify`: is everything still what it was."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from hotich import stranded
from hotich.settings import load_settings
from hotich.wiring.stores import open_catalogue, open_objects
from storage.review.stranded import stranded_in
from storage.verify import verify
from workers.batch.inputs import printable


def run(arguments: Namespace) -> int:
    """Exit code 0 when everything is whole, 3 when something is not. What waits in nobody's queue is told too; it is
    whole all the same."""
    settings = load_settings(arguments.home)
    catalogue = open_catalogue(settings)
    try:
        report = verify(open_objects(settings), catalogue, known_head=arguments.head)
        waiting = stranded_in(catalogue.database, settings.office)
    finally:
        catalogue.close()
    if arguments.json:
        facts = {"ok": report.ok, **asdict(report), "stranded": stranded.facts(waiting)}
        print(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
    for key in report.corrupt:
        print(f"  hỏng / damaged: {key}", file=sys.stderr)
    for gap in report.missing:
        print(f"  thiếu / missing: {gap.key} ({gap.kind}, {gap.document_id})", file=sys.stderr)
    for page in report.lost_pages:
        print(
            f"  trang không có ở đâu / page accounted for nowhere: {printable(page.file)}, trang/page {page.page}"
            f" (sha256 {page.sha256[:12]}…)",
            file=sys.stderr,
        )
    for subject in report.unrecorded:
        print(f"  không khớp nhật ký / not as the audit log says: {subject}", file=sys.stderr)
    if not report.chain.ok:
        print(f"  nhật ký bị sửa / the audit chain is broken: {report.chain}", file=sys.stderr)
    if report.reads is not None and not report.reads.ok:
        print(f"  nhật ký xem hồ sơ bị sửa / the log of reads is broken: {report.reads}", file=sys.stderr)
    if report.trail is not None and not report.trail.ok:
        print(f"  nhật ký duyệt bị sửa / the trail of decisions is broken: {report.trail}", file=sys.stderr)
    if waiting:
        print(stranded.warning(waiting), file=sys.stderr)
    vi, en = ("toàn vẹn", "whole") if report.ok else ("CÓ LỖI", "NOT WHOLE")
    print(
        f"{report.objects} đối tượng, {report.documents} hồ sơ, đã đếm trang của {report.files} tệp: {vi} / "
        f"{report.objects} objects, {report.documents} documents, pages of {report.files} files counted: {en}",
        file=sys.stderr,
    )
    return 0 if report.ok else 3
