"""Looking a submission up by the code that its sender was given."""

from __future__ import annotations

from pipeline.domain.message import Message
from service.wire.errors import Conflict, NotThere
from service.wire.keys import normal_code
from storage.office.store import OfficeStore
from storage.submissions import Submission


def look_up_submission(store: OfficeStore, typed: str) -> Submission:
    """The submission of a code as a person may type it. Raises `NotThere`, and `Conflict` for one that is blocked."""
    submission = find_submission(store, typed)
    if submission is None:
        raise NotThere(
            Message("Không có hồ sơ với mã này", "There is no submission with this code"), code="submission.unknown"
        )
    if submission.blocked:
        raise Conflict(
            Message(
                "Hồ sơ này đang ngừng dùng theo yêu cầu của người có tên trong đó; xin hỏi cơ quan tiếp nhận",
                "This submission is not used, as somebody named in it asked; please ask the office",
            ),
            code="submission.blocked",
        )
    return submission


def find_submission(store: OfficeStore, typed: str) -> Submission | None:
    """The submission of a code as a person may type it; None for an unknown code and for what is not a code."""
    code = normal_code(typed)
    if code is None:
        return None
    with store.read() as tables:
        return tables.submissions.by_code(code)


def reload_submission(store: OfficeStore, submission: Submission) -> Submission:
    """The submission as it stands now. Raises `NotThere` when it has been removed."""
    with store.read() as tables:
        current = tables.submissions.by_id(submission.submission_id)
    if current is None:
        raise NotThere(Message("Không có ở đây", "There is nothing here"))
    return current
