"""Open files go from the parent to a worker, which may open none itself."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol, runtime_checkable

_MARK = b"F"
_READING = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK  # a pipe is opened without waiting for a writer
_WRITING = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


@runtime_checkable
class AboutFiles(Protocol):
    """A job about files: `reads` is opened for it to read, `writes` made anew for it to write; None for none."""

    @property
    def reads(self) -> str | None: ...

    @property
    def writes(self) -> str | None: ...


@runtime_checkable
class Vouched(Protocol):
    """A job whose result is looked at before it is believed: the worker may have been taken over by the file."""

    def vouched(self, result: object) -> object:
        """The result, with what the parent knows itself put in. Raises TypeError for one that is not this job's."""
        ...


@dataclass(frozen=True, slots=True)
class Passed:
    """What comes with a job. `trouble`: the number of the error that opening the one to read met, else 0."""

    reads: int | None = None
    writes: int | None = None
    trouble: int = 0

    def close(self) -> None:
        for descriptor in (self.reads, self.writes):
            if descriptor is not None:
                with contextlib.suppress(OSError):
                    os.close(descriptor)


@contextlib.contextmanager
def opened_for(job: object) -> Iterator[Passed]:
    """The files that a job is about, open until it has been handed over.

    One that cannot be read is the job's to report; raises OSError for one that cannot be written.
    """
    reads, writes, trouble = None, None, 0
    try:
        if isinstance(job, AboutFiles):
            if job.writes is not None:
                writes = os.open(job.writes, _WRITING, 0o600)
            try:
                reads = None if job.reads is None else os.open(job.reads, _READING)
            except (OSError, ValueError) as error:
                trouble = getattr(error, "errno", None) or 22
        yield Passed(reads, writes, trouble)
    finally:
        Passed(reads, writes).close()


def send(pipe: Connection, passed: Passed) -> None:
    """To be followed by the job itself."""
    given = [d for d in (passed.reads, passed.writes) if d is not None]
    what = bytes((passed.reads is not None, passed.writes is not None, passed.trouble & 0xFF))
    with _as_socket(pipe) as channel:
        socket.send_fds(channel, [_MARK + what], given)


def receive(channel: socket.socket) -> Passed | None:
    """What comes with the next job; None when there will be none."""
    message, given, _, _ = socket.recv_fds(channel, 1 + 3, 2)
    if message[:1] != _MARK:
        return None
    descriptors = iter(given)
    return Passed(
        next(descriptors) if message[1] else None, next(descriptors) if message[2] else None, trouble=message[3]
    )


@contextlib.contextmanager
def _as_socket(pipe: Connection) -> Iterator[socket.socket]:
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(pipe.fileno()))
    with channel:
        yield channel
