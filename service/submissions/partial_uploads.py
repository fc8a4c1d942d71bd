"""Files that are sent in pieces before they are handed in."""

from __future__ import annotations

from pipeline.domain.message import Message
from service.context import ServiceContext
from service.people.callers import Caller
from service.submissions.receive_submission import shown_name
from service.wire.errors import Conflict, NotThere
from storage.people import Scope
from storage.submissions.tray import TooLarge
from storage.submissions.uploads import PartialUpload, Uploads


def begin_upload(context: ServiceContext, caller: Caller, *, name: str, length: int) -> PartialUpload:
    """A new upload of so many bytes, under the name its sender gave it. Raises NotAllowed, TooLarge, UploadFull."""
    caller.need(Scope.SUBMIT)
    if length > context.limits.max_file_bytes:
        most = context.limits.max_file_bytes >> 20
        raise TooLarge(Message(f"Tệp lớn hơn {most} MB", f"The file is larger than {most} MB"))
    return context.uploads.begin(
        context.keys.new_id(), client_id=caller.client_id, name=shown_name(name), length=length
    )


def look_up_upload(uploads: Uploads, upload_id: str, caller: Caller) -> PartialUpload:
    """An upload of this caller. Raises `NotThere`, also for another caller's."""
    upload = uploads.get(upload_id, caller.client_id)
    if upload is None:
        raise NotThere(Message("Không có tệp tải lên này", "There is no such upload"), code="upload.unknown")
    return upload


def finished_upload(uploads: Uploads, upload_id: str, caller: Caller) -> PartialUpload:
    """A complete upload of this caller. Raises `NotThere`, `Conflict`."""
    upload = look_up_upload(uploads, upload_id, caller)
    if not upload.complete:
        raise Conflict(Message("Tệp chưa tải lên xong", "The upload is not finished"), code="upload.unfinished")
    return upload
