"""What can go wrong while work is driven.

InputError
+-- OverMemory       limit.memory      the file needed more memory than one worker may have
+-- OverTime         limit.time        a page took longer than it may
+-- WorkerCrashed    worker.crashed    a library fell over it, again in a fresh process
+-- Vanished         input.vanished    gone between being found and being read
+-- WorkedElsewhere  work.elsewhere    another hotich has it in hand
ResourceError
+-- WorkerUnusable   resource.worker   no worker can be started on this machine
+-- OutputRefused    output.refused    records cannot be written where they should go
"""

# ruff: noqa: N818  (named as the pipeline's errors are, by what happened)

from __future__ import annotations

from pipeline.errors import InputError, ResourceError


class OverMemory(InputError):
    code = "limit.memory"


class OverTime(InputError):
    code = "limit.time"


class WorkerCrashed(InputError):
    code = "worker.crashed"


class Vanished(InputError):
    code = "input.vanished"


class WorkedElsewhere(InputError):
    code = "work.elsewhere"


class WorkerUnusable(ResourceError):
    code = "resource.worker"


class OutputRefused(ResourceError):
    code = "output.refused"
