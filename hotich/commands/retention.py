"""`hotich retention`: papers whose term is over, by the setting `retention`; listed, and withdrawn on request."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from hotich.leftovers import left_behind, remove_left_behind
from hotich.rights import rights
from hotich.settings import load_settings
from pipeline.judging.review.wording import paper_label
from storage.retention import due_papers, terms_of
from storage.trash import withdraw


def run(arguments: Namespace) -> int:
    """Changes nothing without `--withdraw`; what is withdrawn goes into the trash, to be removed there by the office's
    decision after the trash's own term. What the law keeps is listed with the reason, and never withdrawn."""
    settings = load_settings(arguments.home)
    terms = terms_of(settings.retention)
    with rights(settings) as here:
        due = list(due_papers(here.catalogue, terms))
        going = [one.document_id for one in due if one.kept_because is None]
        if arguments.withdraw:
            with here.catalogue.unit() as unit:
                going = withdraw(
                    unit, here.objects, going, reason=f"hết thời hạn lưu: {settings.retention}", actor=here.actor,
                    days=settings.trash_days,
                )  # fmt: skip
                unit.commit()
        left = (remove_left_behind if arguments.withdraw else left_behind)(settings, here.catalogue.database)
    if arguments.json:
        facts = [
            {
                "holding_code": one.holding_code, "document_id": one.document_id, "document_type": one.document_type,
                "stored_at": one.stored_at,
                "kept_because": None if one.kept_because is None else str(one.kept_because),
            }
            for one in due
        ]  # fmt: skip
        print(
            json.dumps(
                {"due": facts, "withdrawn": going if arguments.withdraw else [], "left_behind": left.facts},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for one in due:
            kept = "" if one.kept_because is None else f"; giữ lại / kept: {one.kept_because}"
            print(f"{one.holding_code}  {paper_label(one.document_type, None)[0]}  {one.stored_at[:10]}{kept}")
    if left.stays:
        gone = "đã xóa / removed" if arguments.withdraw else "sẽ xóa với --withdraw / would be removed"
        print(f"tải dở, tệp bỏ lại / half sent, left behind: {left}; {gone}", file=sys.stderr)
    if not terms:
        print("Chưa đặt thời hạn (retention): không loại nào hết hạn / no terms are set: none ends", file=sys.stderr)
    done = "đã rút / withdrawn" if arguments.withdraw else "sẽ rút với --withdraw / would be withdrawn"
    print(f"{len(due)} hết hạn / over their term, {len(going)} {done}", file=sys.stderr)
    return 0
