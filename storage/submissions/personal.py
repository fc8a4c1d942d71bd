"""What persons may ask of submissions that speak of them: found, kept from use, corrected, erased."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.catalogue.audit import AuditLog
from storage.submissions.limits import BLOCKED, ERASED
from storage.submissions.states import State
from storage.submissions.submissions import Submission, Submissions
from storage.submissions.tables import (
    submission_claims,
    submission_documents,
    submission_files,
    submission_limits,
    submission_rulings,
    submissions,
)
from storage.times import Clock, clean, time_text

CORRECTION = "person.correction"
_ASKED = Message(
    "Người có dữ liệu báo mục này sai; hãy đối chiếu trước khi quyết định",
    "The person concerned says that this is wrong; compare it before you decide",
)
_GONE = Message("Nội dung đã xóa theo yêu cầu của người có dữ liệu", "Erased as the person concerned asked")
_LONGEST = 200


class PersonalSubmissions:
    """Within one transaction. A submission is named by its lookup code; each raises WrongUse for an unknown one."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._submissions = Submissions(connection, clock)

    def all(self) -> Iterator[Submission]:
        """Every submission that still speaks of somebody, in the order they came."""
        erased = sa.select(submission_limits.c.submission_id).where(submission_limits.c.limit == ERASED)
        query = sa.select(submissions.c.submission_id).where(submissions.c.submission_id.not_in(erased))
        for submission_id in self._connection.scalars(
            query.order_by(submissions.c.received_at, submissions.c.submission_id)
        ).all():
            submission = self._submissions.by_id(submission_id)
            if submission is not None:
                yield submission

    def block(self, code: str, *, reason: str, actor: str) -> bool:
        """Nobody is shown it any more and nobody decides it; what lies in the tray stays. False where it is so already.
        Raises WrongUse for one that is still read, and without a reason."""
        submission = self._known(code)
        if submission.verdict is None:
            raise WrongUse(Message(f"{code}: đang được đọc, thử lại sau ít phút", "it is being read, try again soon"))
        if submission.blocked:
            return False
        self._limit(submission, BLOCKED, reason=reason, actor=actor)
        self._log(code, "submission.blocked", actor)
        return True

    def unblock(self, code: str, *, actor: str) -> bool:
        """In use again; False where it was not blocked."""
        submission = self._known(code)
        if not submission.blocked:
            return False
        this = submission_limits.c.submission_id == submission.submission_id
        self._connection.execute(sa.delete(submission_limits).where(this))
        self._log(code, "submission.unblocked", actor)
        return True

    def ask_correction(self, code: str, field: str, *, reason: str, actor: str) -> None:
        """Whoever decides the submission is told that the value is said to be wrong; no value is changed, since what
        was declared is somebody's statement. Raises WrongUse for one that waits for no person, and an unknown field."""
        submission = self._known(code)
        verdict = json.loads(json.dumps(submission.verdict or {}))
        names = {one["name"]: one["role"] for one in verdict.get("fields", ())}
        if submission.state is not State.IN_REVIEW:
            papers = ", ".join(holding for _, holding in submission.documents) or "–"
            raise WrongUse(
                Message(
                    f"{code}: đã có kết quả; sửa trên giấy tờ của hồ sơ ({papers})",
                    f"it is answered; correct its papers ({papers})",
                )
            )
        if field not in names:
            raise WrongUse(Message(f"{field}: hồ sơ không có mục này", f"no such field: {', '.join(names)}"))
        told = {
            "code": CORRECTION, "message": {"vi": _ASKED.vi, "en": _ASKED.en}, "outcome": "review", "file": None,
            "page": None, "place": None, "field": field, "role": names[field],
        }  # fmt: skip
        verdict["reasons"] = [told, *verdict.get("reasons", ())]
        self._change(submission, verdict=_json(verdict))
        self._log(code, f"submission.correction_asked:{field}:{clean(reason.strip())[:_LONGEST]}", actor)

    def kept_because(self, code: str) -> Message | None:
        """Why it may not be erased; None where nothing speaks against it."""
        submission = self._known(code)
        if submission.documents:
            return Message(
                "có giấy tờ được lưu theo thủ tục; hồ sơ theo thời hạn của giấy tờ đó",
                "papers of it are kept by its procedure, and it stays as long as they do",
            )
        open_ = sa.select(submission_rulings.c.ruling_id).where(
            submission_rulings.c.submission_id == submission.submission_id, ~submission_rulings.c.closed
        )
        if submission.state in {State.RECEIVED, State.IN_REVIEW} or self._connection.scalar(open_.limit(1)) is not None:
            return Message("hồ sơ đang được giải quyết", "it is under way")
        return None

    def erase(self, code: str, *, decision: str, actor: str) -> str:
        """What it says of people goes; its code, state and times stay, and the log says by which decision. Its id,
        under which files may lie in the tray. Raises WrongUse where it has to stay, and without a decision."""
        submission, why = self._known(code), self.kept_because(code)
        if why is not None:
            raise WrongUse(Message(f"{code}: {why.vi}", why.en))
        verdict = dict(submission.verdict or {})
        for reason in verdict.get("reasons", ()):
            reason["message"] = {"vi": _GONE.vi, "en": _GONE.en}
        verdict["fields"] = []
        gone: dict[str, Any] = dict.fromkeys(("declared", "proof", "email", "phone"))
        self._change(submission, verdict=_json(verdict), fingerprint=secrets.token_hex(32), **gone)
        of_this = submission_files.c.submission_id == submission.submission_id
        for ordinal, file in enumerate(submission.files, start=1):
            this = of_this & (submission_files.c.ordinal == ordinal)
            name = f"erased-{file.sha256[:12]}"
            self._connection.execute(sa.update(submission_files).where(this).values(name=name))
        ruled = submission_rulings.c.submission_id == submission.submission_id
        self._connection.execute(sa.update(submission_rulings).where(ruled).values(reasons="[]"))
        limited = submission_limits.c.submission_id == submission.submission_id
        self._connection.execute(sa.delete(submission_limits).where(limited))
        self._limit(submission, ERASED, reason=decision, actor=actor)
        self._log(code, f"submission.erased:{clean(decision.strip())[:_LONGEST]}", actor)
        return submission.submission_id

    def of_documents(self, document_ids: list[str]) -> set[str]:
        """Ids of the submissions that these documents came with."""
        query = sa.select(submission_documents.c.submission_id)
        return set(self._connection.scalars(query.where(submission_documents.c.document_id.in_(document_ids))))

    def _known(self, code: str) -> Submission:
        submission = self._submissions.by_code(code)
        if submission is None:
            raise WrongUse(Message(f"{code}: không có hồ sơ này", "there is no such submission"))
        return submission

    def _limit(self, submission: Submission, limit: str, *, reason: str, actor: str) -> None:
        reason = clean(reason.strip())[:_LONGEST]
        if not reason:
            raise WrongUse(Message("Cần ghi lý do hoặc số quyết định", "A reason or a decision is needed"))
        row = {
            "submission_id": submission.submission_id, "limit": limit, "reason": reason, "actor": clean(actor),
            "at": time_text(self._clock()),
        }  # fmt: skip
        self._connection.execute(sa.insert(submission_limits).values(row))
        claimed = submission_claims.c.submission_id == submission.submission_id
        self._connection.execute(sa.delete(submission_claims).where(claimed))

    def _change(self, submission: Submission, **values: Any) -> None:
        this = submissions.c.submission_id == submission.submission_id
        self._connection.execute(sa.update(submissions).where(this).values(values))

    def _log(self, code: str, action: str, actor: str) -> None:
        AuditLog(self._connection, self._clock).append(actor=actor, action=action, subject=code)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
