"""Following a submission until it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import anyio.to_thread

from service.context import ServiceContext
from service.submissions.look_up_submission import reload_submission
from service.submissions.show_submission import view_of
from service.wire.contract import SubmissionModel
from storage.submissions import State, Submission

_HEARTBEAT_S = 15.0  # proxies close a connection on which nothing is sent for about a minute


async def wait_for_answer(context: ServiceContext, submission: Submission) -> Submission:
    """The submission with its answer, or as it stands after `ServiceLimits.answer_s` seconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + context.limits.answer_s
    with context.changes.listening(submission.submission_id) as changed:
        while True:
            changed.clear()
            submission = await anyio.to_thread.run_sync(reload_submission, context.store, submission)
            left = until - loop.time()
            if submission.state is not State.RECEIVED or left <= 0:
                return submission
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                return await anyio.to_thread.run_sync(reload_submission, context.store, submission)


async def follow_submission(context: ServiceContext, submission: Submission) -> AsyncIterator[SubmissionModel | None]:
    """The submission without values whenever its status changes, the answer last. None after 15 seconds without a
    change, or for a change that does not show: a sign of life for the connection."""
    with context.changes.listening(submission.submission_id) as changed:
        previous = None
        while True:
            changed.clear()
            submission = await anyio.to_thread.run_sync(reload_submission, context.store, submission)
            current = view_of(context, submission, full=False)
            yield current if current != previous else None
            previous = current
            if submission.state is not State.RECEIVED:
                return
            try:
                await asyncio.wait_for(changed.wait(), _HEARTBEAT_S)
            except TimeoutError:
                continue
