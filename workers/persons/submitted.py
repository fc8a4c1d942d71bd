"""Submissions that speak of a person, and what the person is given of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.model import DocumentType
from pipeline.records.persons import (
    PAPER,
    PersonAsked,
    Sureness,
    declared_person,
    people_submitted,
    persons_submitted,
)
from storage.submissions import Submission

_CARDS = frozenset(
    {
        DocumentType.CITIZEN_ID_CHIP, DocumentType.CITIZEN_ID_BARCODE, DocumentType.CITIZEN_ID_2024,
        DocumentType.NATIONAL_ID_9, DocumentType.NATIONAL_ID_12,
    }
)  # fmt: skip

FOUND = "person.submission_found"
Lies = Callable[[Submission, int], Path | None]
"""Where a file of a submission lies that is in no archive; None where it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSubmission:
    """A submission that names the person. `persons`: as whom (`pipeline.records.persons.declared_person`); `waiting`:
    which of its files lie in the tray, for a person of the office to see; `own`: those of them that show the person's
    card and nothing of anybody else."""

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
        here = [n for n in range(1, len(submission.files) + 1) if lies(submission, n) is not None]
        found.append(
            PersonSubmission(
                submission=submission, persons=persons, sureness=Sureness.SURE if known else Sureness.MAYBE,
                waiting=tuple(here), own=tuple(n for n in here if _is_own_card(submission, n, asked)),
            )
        )  # fmt: skip
    return found


def put_submissions(
    out: zipfile.ZipFile, found: Sequence[PersonSubmission], lies: Lies
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Writes `submissions/CODE.json` and what may be given of its files; returns what was written of each, and what was
    left out and why.

    A file that waits in the tray is given as it came where every paper on it is a card, and what was read of it is
    surely the person's; else a person of the office has to cover the others first.
    """
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
            path = lies(one.submission, ordinal)
            if path is not None and ordinal in one.own:
                files.append(f"submissions/{code}-{ordinal}{_ending(one.submission, ordinal)}")
                out.write(path, files[-1])
            else:
                why = (
                    "có thể có người khác; cán bộ che rồi trao / may show others: covered and handed over by an officer"
                )
                left_out.append({"submission": code, "what": f"file {ordinal}", "why": why})
        told.append({**submission_fact(one), "files": files})
    return told, left_out


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
    fields = [field for field in _fields(submission) if declared_person(field["name"]) in may_see]
    hidden = {name for name in submission.declared if name not in declared}
    hidden |= {field["name"] for field in _fields(submission) if declared_person(field["name"]) not in may_see}
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


def _is_own_card(submission: Submission, ordinal: int, asked: PersonAsked) -> bool:
    kinds = [
        one["document_type"] for one in (submission.verdict or {}).get("documents", ()) if one.get("file") == ordinal
    ]
    read = [{**field, "declared": None} for field in _fields(submission) if field.get("file") == ordinal]
    whose = persons_submitted({}, read, asked)
    return (
        bool(kinds)
        and set(kinds) <= {kind.value for kind in _CARDS}
        and set(whose.values()) == {Sureness.SURE}
        and people_submitted({}, read) == set(whose)
    )


def _ending(submission: Submission, ordinal: int) -> str:
    kind = submission.files[ordinal - 1].media_type.rpartition("/")[2]
    return {"jpeg": ".jpg", "tiff": ".tif"}.get(kind, f".{kind}")
