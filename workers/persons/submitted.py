"""Submissions that speak of a person, and what the person is given of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.domain.errors import HotichError
from pipeline.domain.geometry import Quad
from pipeline.records.persons import PAPER, PersonAsked, Sureness, declared_person, own_readings, persons_submitted
from storage.submissions import Submission
from workers.persons.drawing import Draw
from workers.persons.masking import masked

FOUND = "person.submission_found"
Lies = Callable[[Submission, int], bool]
"""Whether a file of a submission that is in no archive is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSubmission:
    """A submission that names the person. `persons`: as whom (`pipeline.records.persons.declared_person`); `waiting`:
    which of its files lie in the tray, for a person of the office to see; `own`: which of its verdict's fields were
    read of the person (`pipeline.records.persons.own_readings`)."""

    submission: Submission
    persons: tuple[str, ...]
    sureness: Sureness
    waiting: tuple[int, ...]
    own: tuple[int, ...]

    @property
    def code(self) -> str:
        """What people call it by."""
        return self.submission.code


def submissions_of(
    submissions: Iterable[Submission], asked: PersonAsked, lies: Lies, came_with: frozenset[str] = frozenset()
) -> list[PersonSubmission]:
    """Those that surely or perhaps name the person, in the order they came. `came_with`: ids of those that papers came
    with that are surely the person's."""
    found = []
    for submission in submissions:
        fields = _fields(submission)
        like = persons_submitted(submission.declared, fields, asked)
        if not like and submission.submission_id not in came_with:
            continue
        sure = tuple(person for person, sureness in like.items() if sureness is Sureness.SURE)
        persons = sure or tuple(like)
        known = bool(sure) or submission.submission_id in came_with
        here = [n for n in range(1, len(submission.files) + 1) if lies(submission, n)]
        found.append(
            PersonSubmission(
                submission=submission, persons=persons, sureness=Sureness.SURE if known else Sureness.MAYBE,
                waiting=tuple(here), own=own_readings(fields, persons, asked),
            )
        )  # fmt: skip
    return found


def put_submissions(
    out: zipfile.ZipFile, found: Sequence[PersonSubmission], draw: Draw | None
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Writes `submissions/CODE.json` and, of files that wait in the tray, each page on which something was read of the
    person, as a picture on which all else is covered; returns what was written of each submission, and what was left
    out and why. `draw` None: no pictures."""
    told, left_out = [], []
    for one in found:
        code = one.submission.code
        text, hidden = _redacted(one)
        left_out += [{"submission": code, "what": name, "why": "của người khác / another person's"} for name in hidden]
        if one.submission.email or one.submission.phone:
            why = "không rõ của ai trong hồ sơ / not known whose of the submission's people"
            left_out.append({"submission": code, "what": "email, phone", "why": why})
        files = [f"submissions/{code}.json"]
        out.writestr(files[0], json.dumps(text, ensure_ascii=False, indent=2) + "\n")
        for ordinal in one.waiting:
            pictures, missing = _pictures(one, ordinal, draw)
            for name, picture in pictures:
                out.writestr(name, picture)
                files.append(name)
            left_out += [{"submission": code, "what": what, "why": why} for what, why in missing]
        told.append({**submission_fact(one), "files": files})
    return told, left_out


def _pictures(
    one: PersonSubmission, ordinal: int, draw: Draw | None
) -> tuple[list[tuple[str, bytes]], list[tuple[str, str]]]:
    """The pages of a file that the person may see, by name; and what of it is left out, and why."""
    what = f"file {ordinal}"
    if draw is None:
        return [], [(what, "không yêu cầu / not asked for")]
    places = _places(one, ordinal)
    if not places:
        return [], [(what, "có thể có người khác; cán bộ che rồi trao / may show others: an officer covers it first")]
    file, pictures = one.submission.files[ordinal - 1], []
    missing = [
        (f"{what}, page {page}", "không có mục nào của người này / nothing of this person's was read on it")
        for page in range(1, max(len(file.turns or ()), *places) + 1)
        if page not in places
    ]
    for page, boxes in places.items():
        try:
            shown = draw.waiting(one.submission, ordinal, page)
            picture = masked(shown.picture, shown.scan_size, boxes)
        except HotichError as error:
            missing.append((f"{what}, page {page}", f"{error.message} [{error.code}]"))
        else:
            pictures.append((f"submissions/{one.code}-{ordinal}-{page}.jpg", picture))
    return pictures, missing


def _places(one: PersonSubmission, ordinal: int) -> dict[int, list[Quad]]:
    """Where something was read of the person in the file, by page."""
    fields, found = _fields(one.submission), dict[int, list[Quad]]()
    for field in (fields[at] for at in one.own):
        if field.get("file") == ordinal and field.get("box"):
            a, b, c, d = ((float(x), float(y)) for x, y in field["box"])
            found.setdefault(field.get("page") or 1, []).append((a, b, c, d))
    return dict(sorted(found.items()))


def submission_fact(one: PersonSubmission) -> dict[str, Any]:
    """What is told of a submission: no value of it."""
    submission = one.submission
    return {
        "code": submission.code, "procedure": submission.procedure, "office": submission.office,
        "state": "blocked" if submission.blocked else submission.state.value, "received_at": submission.received_at,
        "decided_at": submission.decided_at, "as": list(one.persons), "sure": one.sureness is Sureness.SURE,
        "waiting_files": list(one.waiting), "papers": [holding for _, holding in submission.documents],
    }  # fmt: skip


def _redacted(one: PersonSubmission) -> tuple[dict[str, Any], list[str]]:
    """What the person may see of the submission: what was declared and read of them, what was decided and why; and the
    names of what was left out. What the population register says is the register's to give."""
    submission, may_see = one.submission, {*one.persons, PAPER}
    verdict = submission.verdict or {}
    declared = {name: value for name, value in submission.declared.items() if declared_person(name) in may_see}
    fields = [
        {**field, "read": field["read"] if at in one.own else None}
        for at, field in enumerate(_fields(submission))
        if declared_person(field["name"]) in may_see
    ]
    hidden = {name for name in submission.declared if name not in declared}
    hidden |= {field["name"] for field in _fields(submission) if declared_person(field["name"]) not in may_see}
    hidden |= {
        f"{field['name']}: read"
        for at, field in enumerate(_fields(submission))
        if at not in one.own and field["read"] and declared_person(field["name"]) in may_see
    }
    reasons = [
        {"code": reason["code"], "message": reason["message"], "field": reason["field"]}
        for reason in verdict.get("reasons", ())
        if reason.get("field") is None or declared_person(reason["field"]) in may_see
    ]
    shown = ("name", "role", "declared", "read", "agreement")
    return {
        **submission_fact(one), "declared": declared, "outcome": submission.outcome, "reasons": reasons,
        "fields": [{name: field.get(name) for name in shown} for field in fields],
    }, sorted(hidden)  # fmt: skip


def _fields(submission: Submission) -> Sequence[Mapping[str, Any]]:
    return tuple((submission.verdict or {}).get("fields", ()))
