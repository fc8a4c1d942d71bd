"""Submissions as `hotich person` names, tells and erases them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hotich.rights import Rights
    from pipeline.records.persons import PersonAsked
    from workers.persons.finding import PersonPaper

_STATES = {
    "received": "đang đọc / being read",
    "in_review": "chờ cán bộ / waits for a person",
    "accepted": "đã nhận / accepted",
    "refused": "đã trả lại / refused",
    "blocked": "ngừng dùng / blocked",
}


def submission_code(name: str) -> str | None:
    """The lookup code that somebody typed; None for what names a paper."""
    from service.wire.keys import normal_code

    return None if name.strip().upper().startswith("HT-") else normal_code(name)


def apart(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Codes of submissions, and names of papers."""
    codes = {name: submission_code(name) for name in names}
    return [code for code in codes.values() if code is not None], [name for name in names if codes[name] is None]


def submission_line(fact: dict[str, Any]) -> str:
    """A submission in one line; `kept_because`: where it is about erasing."""
    sure = "" if fact["sure"] else "; CHƯA CHẮC / NOT SURE"
    whom = ", ".join(person or "chính / subject" for person in fact["as"])
    papers = "".join(f"  → {code}" for code in fact["papers"])
    waiting = f"; {len(fact['waiting_files'])} tệp trong khay / files in the tray" if fact["waiting_files"] else ""
    kept = f"; giữ lại / kept: {fact['kept_because']}" if fact.get("kept_because") else ""
    state = _STATES[fact["state"]]
    return f"{fact['code']}  hồ sơ / submission {fact['procedure']}  {state}  [{whom}]{sure}{waiting}{papers}{kept}"


def submissions_to_erase(
    here: Rights, asked: PersonAsked, papers: Sequence[PersonPaper], named: Collection[str]
) -> list[dict[str, Any]]:
    """The submissions that are surely the person's, or those that were named, each with why it has to stay. Nothing is
    changed."""
    from pipeline.records.persons import Sureness
    from workers.persons.submitted import submission_fact

    found = here.submissions(asked, "quyền xóa / right to erasure", papers)
    codes = {submission_code(name) for name in named}
    chosen = [one for one in found if (one.code in codes if named else one.sureness is Sureness.SURE)]
    with here.office.read() as tables:
        kept = {one.code: tables.personal.kept_because(one.code) for one in chosen}
    return [
        {**submission_fact(one), "kept_because": None if (why := kept[one.code]) is None else str(why)}
        for one in chosen
    ]  # fmt: skip


def erase_submissions(here: Rights, facts: Sequence[dict[str, Any]], decision: str) -> None:
    """Erases those that can go, and what a crash left of them in the tray. Raises WrongUse."""
    with here.office.write() as tables:
        ids = [
            tables.personal.erase(one["code"], decision=decision, actor=here.actor)
            for one in facts
            if one["kept_because"] is None
        ]
    for submission_id in ids:
        here.tray_slot(submission_id).discard()
