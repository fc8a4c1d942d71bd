"""`hotich person show|export|correct|block|unblock|erase|take|answer|requests`: the rights of persons over their own
data (Decree 356/2025: an answer within two working days)."""

from __future__ import annotations

import contextlib
import json
import sys
from argparse import Namespace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from hotich.commands.desk import desk_store
from hotich.papers import ids_of
from hotich.person_submissions import (
    apart,
    erase_submissions,
    submission_code,
    submission_line,
    submissions_to_erase,
)
from hotich.rights import rights
from hotich.settings import Settings, load_settings
from hotich.wiring.persons import page_drawer
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from pipeline.judging.answering import WorkingDays, due_on, holidays_of
from pipeline.judging.review.wording import paper_label
from pipeline.records.persons import PersonAsked, Sureness, asked_person
from storage.blocking import block as block_papers
from storage.blocking import unblock as unblock_papers
from storage.holdings import RecordRead
from storage.requests import PersonRequest, RequestKind
from storage.submissions.personal import PersonalSubmissions
from workers.persons.finding import PersonPaper
from workers.persons.submitted import PersonSubmission, submission_fact

_Found = TypeVar("_Found", PersonPaper, PersonSubmission)
_VIETNAM = timezone(timedelta(hours=7))
_STATES = {
    "current": "đang dùng / in use",
    "blocked": "ngừng dùng / blocked",
    "withdrawn": "đã rút / withdrawn",
    "superseded": "bản đọc cũ / an earlier reading",
}


def show(arguments: Namespace) -> int:
    """What is held and was handed in that names the person, and who read it. Exit code 0, also where nothing is."""
    asked = _asked(arguments)
    with rights(load_settings(arguments.home)) as here:
        papers = here.papers(asked, "quyền xem / right of access")
        submitted = here.submissions(asked, "quyền xem / right of access", papers)
        reads, uses = here.reads(papers, submitted), here.uses(papers)
    handed_in = [submission_fact(one) for one in submitted]
    if arguments.json:
        told = {
            "papers": [_fact(one) for one in papers],
            "submissions": handed_in,
            "reads": [_read(one) for one in reads],
            "uses": uses,
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for paper in papers:
        print(_line(paper))
    for submission in handed_in:
        print(submission_line(submission))
    for entry in reads:
        print(f"  {entry.at[:19]}  {entry.actor}  {entry.action}  {entry.subject}  {entry.purpose}")
    for use in uses:
        what = f"dùng thay giấy tờ / used  {use['holding_code']}  {use['purpose']}"
        print(f"  {use['used_at'][:19]}  {use['officer']}  {what}")
    print(
        f"{len(papers)} giấy tờ / papers, {len(submitted)} hồ sơ đã nộp / submissions, {len(reads)} lượt xem / reads",
        file=sys.stderr,
    )
    return 0


def export(arguments: Namespace) -> int:
    """Writes what is surely the person's into a zip, other people left out; what was left out is told."""
    from workers.persons.exporting import export_person

    asked, out = _asked(arguments), arguments.out.absolute()
    if out.exists():
        raise WrongUse(Message(f"{out}: đã có, không ghi đè", f"{out}: is there already, and is not overwritten"))
    with rights(load_settings(arguments.home)) as here:
        papers = _sure(here.papers(asked, "quyền nhận bản sao / right to a copy"))
        submitted = _sure(here.submissions(asked, "quyền nhận bản sao / right to a copy", papers))
        reads = [*map(_read, here.reads(papers, submitted)), *here.uses(papers)]
        with (
            contextlib.nullcontext()
            if arguments.no_scans
            else page_drawer(here.settings, here.objects, here.tray_slot) as draw
        ):
            left_out = export_person(papers, reads, here.objects, out, draw=draw, submitted=submitted)
        here.catalogue.note(
            actor=here.actor,
            action=f"person.exported:{len(papers)}+{len(submitted)}",
            subject=f"person:{here.digest(asked)[:16]}",
        )
    if arguments.json:
        told = {"papers": len(papers), "submissions": len(submitted), "left_out": left_out}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    both = f"{len(papers)} giấy tờ / papers, {len(submitted)} hồ sơ đã nộp / submissions"
    print(f"{both}, {len(left_out)} phần không đưa vào / left out: {out}", file=sys.stderr)
    return 0


def correct(arguments: Namespace) -> int:
    """Asks the value again at the desk: whoever is to decide it does, and the record stays as it is until then."""
    from pipeline.judging.review.asking import NewItem
    from pipeline.records.contract import read_record
    from service.desk.document_edits import CORRECTION
    from storage.review import Kind

    settings = load_settings(arguments.home)
    if (code := submission_code(arguments.paper)) is not None:
        with rights(settings) as here, here.office.write() as tables:
            tables.personal.ask_correction(code, arguments.field, reason=arguments.reason, actor=here.actor)
        return _told(arguments, "asked", [f"{code} {arguments.field}"], "giá trị báo cho cán bộ / values told")
    with rights(settings) as here, desk_store(settings) as store:
        with here.catalogue.unit() as unit:
            [document_id] = ids_of(unit, [arguments.paper])
            stored = unit.documents.current(document_id)
        if stored is None:
            raise WrongUse(Message(f"{arguments.paper}: không còn dùng", "it is not in use any more"))
        names = [field.name for field in read_record(here.objects.get(stored.json)).fields]
        if arguments.field not in names:
            raise WrongUse(
                Message(f"{arguments.field}: giấy tờ không có trường này", f"no such field: {', '.join(names)}")
            )
        with store.write() as tables:
            document = tables.items.document(document_id)
            if document is None:
                raise WrongUse(Message("Bàn duyệt chưa biết giấy tờ này", "The desk does not know the paper yet"))
            at = names.index(arguments.field)
            new = NewItem(
                field=arguments.field, kind=Kind.REOPENED, reason=CORRECTION, position=at + 1,
                scheme=store.policy.scheme(arguments.field),
                page=read_record(here.objects.get(stored.json)).fields[at].page,
            )  # fmt: skip
            tables.items.open(document, [new])
            tables.trail.append(
                actor=here.actor, action="correction.asked", document_id=document_id, field=arguments.field,
                details={"reason": arguments.reason},
            )  # fmt: skip
    return _told(arguments, "asked", [f"{document_id} {arguments.field}"], "giá trị chờ ở bàn duyệt / values wait")


def block(arguments: Namespace) -> int:
    """Papers and submissions that are kept and used by nobody; all of them or none."""
    codes, papers = apart(arguments.papers)
    with rights(load_settings(arguments.home)) as here, here.catalogue.unit() as unit:
        taken = block_papers(unit, ids_of(unit, papers), reason=arguments.reason, actor=here.actor)
        personal = PersonalSubmissions(unit.connection, unit.clock)
        taken += [code for code in codes if personal.block(code, reason=arguments.reason, actor=here.actor)]
        unit.commit()
    return _told(arguments, "blocked", taken, "giấy tờ, hồ sơ ngừng dùng / blocked")


def unblock(arguments: Namespace) -> int:
    codes, papers = apart(arguments.papers)
    with rights(load_settings(arguments.home)) as here, here.catalogue.unit() as unit:
        back = unblock_papers(unit, here.objects, ids_of(unit, papers), actor=here.actor)
        personal = PersonalSubmissions(unit.connection, unit.clock)
        back += [code for code in codes if personal.unblock(code, actor=here.actor)]
        unit.commit()
    return _told(arguments, "unblocked", back, "giấy tờ, hồ sơ dùng lại / let go")


def erase(arguments: Namespace) -> int:
    """Tells what can go, what stays and why; with a decision it goes."""
    from workers.persons.erasing import erase as erase_papers
    from workers.persons.erasing import plan_erasure

    asked = _asked(arguments)
    with rights(load_settings(arguments.home)) as here:
        papers = here.papers(asked, "quyền xóa / right to erasure")
        submitted = submissions_to_erase(here, asked, papers, arguments.paper)
        if arguments.paper:
            wanted = {name.strip() for name in arguments.paper}
            papers = [one for one in papers if {one.stored.document_id, one.stored.holding_code} & wanted]
        else:
            papers = _sure(papers)
        planned = plan_erasure(here.catalogue, here.objects, papers)
        gone: list[PersonPaper] = []
        if arguments.decision:
            gone = erase_papers(
                here.catalogue, here.objects, planned, reason="theo yêu cầu của người có giấy tờ",
                decision=arguments.decision, actor=here.actor,
            )  # fmt: skip
            here.forget(gone)
            erase_submissions(here, submitted, arguments.decision)
    facts = [
        {
            **_fact(one.paper), "kept_because": None if one.kept_because is None else str(one.kept_because),
            "scan_stays_for": list(one.scan_stays), "delivered": list(one.delivered),
        }
        for one in planned
    ]  # fmt: skip
    if arguments.json:
        erased = [one.stored.holding_code for one in gone]
        erased += [one["code"] for one in submitted if arguments.decision and one["kept_because"] is None]
        print(json.dumps({"papers": facts, "submissions": submitted, "erased": erased}, ensure_ascii=False, indent=2))
    else:
        for one in facts:
            print(_erasure_line(one))
        for handed_in in submitted:
            print(submission_line(handed_in))
    done = "đã xóa / erased" if arguments.decision else "xóa được, chưa xóa: cần --decision / can go, with --decision"
    everything = [*facts, *submitted]
    count = sum(one["kept_because"] is None for one in everything)
    print(f"{count} {done}; {len(everything) - count} giữ lại / kept", file=sys.stderr)
    return 0


def take(arguments: Namespace) -> int:
    """Notes a request; the term is counted from the day it came."""
    settings = load_settings(arguments.home)
    asked = _asked(arguments)
    received = _day(arguments.received) if arguments.received else _today()
    working = _working_days(settings)
    due = due_on(received, settings.answer_days, working)
    with rights(settings) as here, here.office.write() as tables:
        request = tables.requests.take(
            RequestKind(arguments.kind), here.digest(asked), office=settings.office, note=arguments.note,
            received_on=received, due_on=due, actor=here.actor,
        )  # fmt: skip
    _print_requests([request], arguments.json, working)
    for year in working.not_announced(received, due):
        print(
            f"Năm {year}: chưa có lịch nghỉ được công bố (holidays); chỉ trừ những ngày chắc chắn nghỉ theo Bộ luật Lao"
            f" động, hạn thật có thể muộn hơn / {year} is not announced as far as is known (holidays): only days that"
            " the law gives in any case are off, and the term may end later",
            file=sys.stderr,
        )
    return 0


def answer(arguments: Namespace) -> int:
    with rights(load_settings(arguments.home)) as here, here.office.write() as tables:
        request = tables.requests.answer(arguments.request, arguments.answer, actor=here.actor)
    _print_requests([request], arguments.json, _working_days(here.settings))
    return 0


def requests(arguments: Namespace) -> int:
    """What waits for an answer, what is due first first. Exit code 0."""
    with rights(load_settings(arguments.home)) as here, here.office.read() as tables:
        found = tables.requests.all() if arguments.everything else tables.requests.open()
    _print_requests(found, arguments.json, _working_days(here.settings))
    late = sum(one.is_late(_today()) for one in found)
    print(f"{len(found)} yêu cầu / requests, {late} quá hạn / late", file=sys.stderr)
    return 0


def _asked(arguments: Namespace) -> PersonAsked:
    number = arguments.id or ""
    if number == "-":
        number = sys.stdin.readline().strip()
    return asked_person(personal_id=number, name=arguments.name or "", born=arguments.born or "")


def _sure(papers: list[_Found]) -> list[_Found]:
    unsure = [one.code for one in papers if one.sureness is not Sureness.SURE]
    if unsure:
        print(
            f"Chưa chắc là của người này, không tính: {', '.join(unsure)}"
            " / not surely this person's, left out; a person must look",
            file=sys.stderr,
        )
    return [one for one in papers if one.sureness is Sureness.SURE]


def _fact(paper: PersonPaper) -> dict[str, Any]:
    stored = paper.stored
    return {
        "holding_code": stored.holding_code, "document_id": stored.document_id, "revision": stored.revision,
        "document_type": stored.document_type, "state": paper.state, "as": list(paper.persons),
        "sure": paper.sureness is Sureness.SURE, "alone": paper.alone, "files": list(paper.names),
        "stored_at": stored.committed_at,
    }  # fmt: skip


def _read(entry: RecordRead) -> dict[str, str]:
    return {name: getattr(entry, name) for name in ("at", "actor", "office", "action", "subject", "purpose")}


def _line(paper: PersonPaper) -> str:
    whom = ", ".join(person or "chính / subject" for person in paper.persons)
    sure = "" if paper.sureness is Sureness.SURE else "; CHƯA CHẮC / NOT SURE"
    label = paper_label(paper.stored.document_type, paper.stored.form)[0]
    return f"{paper.stored.holding_code}  {label}  {_STATES[paper.state]}  [{whom}]{sure}"


def _erasure_line(one: dict[str, Any]) -> str:
    parts = [f"{one['holding_code']}  {paper_label(one['document_type'], None)[0]}"]
    if one["kept_because"] is not None:
        parts.append(f"giữ lại / kept: {one['kept_because']}")
    if one["scan_stays_for"]:
        parts.append(f"bản quét còn vì / the scan stays for: {', '.join(one['scan_stays_for'])}")
    if one["delivered"]:
        parts.append(f"bản đã giao, tự xóa / delivered, delete yourself: {', '.join(one['delivered'])}")
    return "; ".join(parts)


def _print_requests(found: list[PersonRequest], as_json: bool, working: WorkingDays) -> None:
    if as_json:
        told = [
            {
                "request_id": one.request_id, "kind": one.kind.value, "person": one.person[:16], "office": one.office,
                "received_on": one.received_on.isoformat(), "due_on": one.due_on.isoformat(),
                "holidays_not_announced": list(working.not_announced(one.received_on, one.due_on)),
                "late": one.is_late(_today()), "note": one.note, "answer": one.answer,
                "answered_at": one.answered_at,
            }
            for one in found
        ]  # fmt: skip
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in found:
        late = "  QUÁ HẠN / LATE" if one.is_late(_today()) else ""
        done = "" if one.answer is None else f"  → {one.answer}"
        print(f"{one.request_id}  {one.kind.value}  hạn / due {one.due_on.isoformat()}{late}  {one.note}{done}")


def _told(arguments: Namespace, what: str, ids: list[str], words: str) -> int:
    if arguments.json:
        print(json.dumps({what: ids}))
    print(f"{len(ids)} {words}", file=sys.stderr)
    return 0


def _working_days(settings: Settings) -> WorkingDays:
    return holidays_of(Path(settings.holidays).expanduser() if settings.holidays else None)


def _today() -> date:
    return datetime.now(_VIETNAM).date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(Message("--received: cần dạng 2026-11-22", "wanted: 2026-11-22")) from error
