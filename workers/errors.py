"""What can go wrong while work is driven.

InputError
+-- OverMemory       limit.memory      the file needed more memory than one worker may have
+-- OverTime         limit.time        a page took longer than it may
+-- WorkerCrashed    worker.crashed    a library fell over it, again in a fresh process
+-- (codes)          input.vanished, input.unreadable, work.elsewhere, input.duplicate (see workers.batch.batch_run)
+-- ReadingFailed    reading.failed    the program itself fell over the file, twice
ResourceError
+-- WorkerUnusable   resource.worker   no worker can be started on this machine
+-- OutputRefused    output.refused    records cannot be written where they should go (output.disk_full)
"""

from __future__ import annotations

from pipeline.domain.errors import InputError, ResourceError


class OverMemory(InputError):
    """A page needs more memory than a worker is granted."""

    code = "limit.memory"


class OverTime(InputError):
    """A page took more processor or wall-clock time than it may."""

    code = "limit.time"


class WorkerCrashed(InputError):
    """A library fell over the file twice, the second time in a fresh process."""

    code = "worker.crashed"


class ReadingFailed(InputError):
    """A fault of the program came up twice over the same file: it is the file that it cannot take."""

    code = "reading.failed"


class WorkerUnusable(ResourceError):
    """No worker process can be started on this machine."""

    code = "resource.worker"


class OutputRefused(ResourceError):
    """Records and PDFs cannot be written where the user wants them."""

    code = "output.refused"
