"""Handing in with uploads that were sent before, and from the citizen's page: what each checks besides."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.people.callers import Caller
from service.people.citizens import CitizenIntake, Visit
from service.submissions.partial_uploads import finished_upload
from service.submissions.receive_submission import SubmissionRequest, Upload, receive_submission
from service.wire.errors import Conflict
from storage.errors import StoreBusy
from storage.submissions import Submission
from storage.submissions.tray import TooLarge


def hand_in_with_uploads(
    context: ServiceContext, request: SubmissionRequest, upload_ids: Sequence[str], caller: Caller
) -> Submission:
    """Receives the files that came with the request, then those that were sent before in pieces.

    Raises what `receive_submission` raises, and `NotThere`, `Conflict` for an upload that is unknown or unfinished.
    """
    uploads = [finished_upload(context.uploads, upload_id, caller) for upload_id in upload_ids]
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(context.uploads.file(upload.upload_id).open("rb")) for upload in uploads]
        sent_before = [Upload(name=upload.name, stream=stream) for upload, stream in zip(uploads, streams, strict=True)]
        submission = receive_submission(context, replace(request, files=[*request.files, *sent_before]), caller)
    for upload in uploads:
        context.uploads.mark_used(upload.upload_id)
    return submission


def hand_in_from_page(
    context: ServiceContext, request: SubmissionRequest, visit: Visit, intake: CitizenIntake, *, size: int, address: str
) -> Submission:
    """Receives what a citizen's page sent from `address`, `size` bytes in all. Sent twice, it is received once; sent
    again with other content, it is another submission.

    Raises what `receive_submission` raises, and `TooLarge`, `StoreBusy`, `TooMany` by the page's own limits.
    """
    if size > context.limits.citizen_bytes:
        most = context.limits.citizen_bytes >> 20
        raise TooLarge(Message(f"Các tệp lớn hơn {most} MB", f"The files are larger than {most} MB"))
    if context.queue.waiting >= context.limits.citizen_waiting:
        raise StoreBusy(Message("Hàng đợi đã đầy, xin thử lại sau", "The queue is full, please try again later"))
    intake.admit(address, context.rates.take)
    caller = visit.caller(intake)
    try:
        return receive_submission(context, request, caller)
    except Conflict:
        for file in request.files:
            file.stream.seek(0)
        return receive_submission(context, replace(request, key=None), caller)
