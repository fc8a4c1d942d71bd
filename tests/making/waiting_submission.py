"""A specimen that a citizen has handed in and that the machine left to people: nothing is read."""

from __future__ import annotations

import io
from typing import Any

from service.context import ServiceContext
from service.people.callers import Caller
from service.submissions.receive_submission import SubmissionRequest, Upload, _new_submission
from storage.people import Scope
from storage.submissions import Decision, State, SubmittedFile
from tests.making.desk_home import copy_of, truths

CARD = "can-cuoc-cong-dan-chip.jpg"
RESIDENCE = "1.004222"
_ASKED = ("full_name", "personal_id", "date_of_birth", "sex")


def waiting_submission(context: ServiceContext, copy: int = 0, *, office: str = "", born: str = "1999-01-01") -> str:
    """Hands the card in with another birth date than stands on it; returns the lookup code. It is only shown, so its
    file lies in the tray."""
    data, truth = copy_of(CARD, copy), truths()[CARD]
    declared = {name: truth.fields[name][0] or "" for name in _ASKED} | {"date_of_birth": born}
    submission_id = context.keys.new_id()
    slot = context.parts.tray.slot(submission_id)
    with slot.write(1, most_bytes=1 << 24) as file:
        file.write(data)
    slot.settle()
    sent = SubmittedFile(name=CARD, sha256=file.sha256, size=file.size, media_type="image/jpeg")
    caller = Caller(client_id="citizen:test", name="citizen", office=office, scopes=frozenset({Scope.SUBMIT}))
    request = SubmissionRequest(
        procedure=RESIDENCE, declared=declared, files=[Upload(name=CARD, stream=io.BytesIO(data))]
    )
    new = _new_submission(context.keys, submission_id, request, [sent], caller)
    with context.store.write() as tables:
        assert tables.submissions.add(new)
        decision = Decision(state=State.IN_REVIEW, outcome="contradicts", verdict=_verdict(declared), turns={1: [0]})
        assert tables.submissions.decide(submission_id, decision)
    return new.code


def _verdict(declared: dict[str, str]) -> dict[str, Any]:
    fields = []
    for name in _ASKED:
        value, _, page, box = truths()[CARD].fields[name]
        same = declared[name] == value
        fields.append({
            "name": name, "role": "applicant_card", "declared": declared[name], "read": value, "registered": value,
            "agreement": "same" if same else "different", "confidence": 0.999, "file": 1, "page": page,
            "box": [list(point) for point in box],
        })  # fmt: skip
    reason = {
        "code": "declared.differs", "outcome": "contradicts", "file": 1, "page": 1, "place": fields[2]["box"],
        "field": "date_of_birth", "role": "applicant_card",
        "message": {"vi": "Nội dung khai khác với giấy tờ", "en": "What was declared differs from the paper"},
    }  # fmt: skip
    document = {
        "document_type": "citizen_id_chip", "role": "applicant_card", "file": 1, "sides": ["front", "back"],
        "keep": False, "holding_code": None, "held_as": None,
    }  # fmt: skip
    return {
        "outcome": "contradicts", "document_type": "citizen_id_chip", "reasons": [reason], "fields": fields,
        "documents": [document], "wanted": [],
    }  # fmt: skip
