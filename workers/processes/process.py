"""What runs inside a worker process: confine, load, then one job after another until the pipe closes."""

from __future__ import annotations

import errno
import importlib
import importlib.util
import os
import socket
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pipeline.domain.errors import HotichError
from pipeline.domain.message import Message
from storage.files import os_error
from workers.processes import confine, passing
from workers.processes.messages import Asked, Broken, Done, Failed, Page, PageDone, Ready, Setup

if TYPE_CHECKING:
    from pipeline.intake.source import ReadableFile


class Channel:
    """How a job speaks with the process that gave it."""

    def __init__(self, pipe: Connection, passed: passing.Passed | None = None) -> None:
        self._pipe = pipe
        self._passed = passed or passing.Passed()

    def source(self, path: str) -> ReadableFile:
        """The job's file, which was passed open: `path` only names it."""
        from pipeline.intake.source import PassedFile  # its room loads numpy: not before this process is confined

        return PassedFile(Path(path).name, self._passed.reads, self._passed.trouble)

    def target(self) -> BinaryIO:
        """The file that the job is to write, empty. The job is done with it when it closes it."""
        assert self._passed.writes is not None
        return os.fdopen(os.dup(self._passed.writes), "wb")

    def page(self, number: int) -> None:
        """Tells that work on this page begins: its time counts from here."""
        self._pipe.send(Page(number))

    def page_done(self, number: int) -> None:
        """Tells that this page has been read, and gives the memory it took back to the system."""
        self._pipe.send(PageDone(number))
        confine.release_memory()

    def ask(self, question: Any) -> Any:
        """The answer of the parent, which has the network and the databases that a worker lacks."""
        self._pipe.send(Asked(question))
        return self._pipe.recv()


Handler = Callable[[Any, Channel], Any]


def main(descriptor: int, parent: int) -> None:
    """Serves jobs from the pipe with this file descriptor. Started by `WorkerPool` only."""
    confine.end_with_parent(parent)
    pipe = Connection(descriptor)
    setup: Setup = pipe.recv()
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(descriptor))
    enforced = confine.Confinement(calls=False, files=0)
    if setup.confined:
        confine.open_tesseracts_log()
        enforced = confine.confine((*setup.readable, *_folders_of(setup.factory)))
    try:
        handler = _load(setup)
    except HotichError as error:
        pipe.send(Broken(error))
        return
    except Exception as error:
        pipe.send(Broken(HotichError(describe_bug(error), code="resource.worker")))
        return
    confine.limit_memory(setup.memory_mb)
    pipe.send(Ready(enforced))
    while (passed := passing.receive(channel)) is not None:
        job = pipe.recv()
        answer = _answer(handler, job, Channel(pipe, passed))
        passed.close()
        pipe.send(answer)


def _folders_of(factory: str) -> list[str]:
    """Where the handler's own package lies, looked for before nothing else may be looked at."""
    spec = importlib.util.find_spec(factory.partition(".")[0])
    return list(spec.submodule_search_locations or ()) if spec is not None else []


def _load(setup: Setup) -> Handler:
    module, _, name = setup.factory.partition(":")
    handler: Handler = getattr(importlib.import_module(module), name)(**setup.arguments)
    return handler


def _answer(handler: Handler, job: Any, channel: Channel) -> Done | Failed:
    try:
        return Done(handler(job, channel))
    except HotichError as error:
        return Failed(error)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Failed(os_error(error, Message("ghi tệp tạm", "writing a working file")))
        return Failed(_bug(error))
    except MemoryError:
        return Failed(None, out_of_memory=True)
    except Exception as error:
        if _is_memory(error):
            return Failed(None, out_of_memory=True)
        return Failed(_bug(error))


def _bug(error: Exception) -> HotichError:
    return HotichError(describe_bug(error), code="internal.error")


def _is_memory(error: BaseException) -> bool:
    """C++ libraries report refused memory in words of their own."""
    text = str(error)
    return any(word in text for word in ("nsufficient memory", "bad_alloc", "bad allocation", "ailed to allocate"))


def describe_bug(error: BaseException) -> Message:
    """Kind and place of an unexpected error, without its text, which may hold what stands on the page."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"  # noqa: PTH119
    return Message(
        f"Lỗi trong chương trình ({type(error).__name__} tại {place}); hãy báo cho người bảo trì.",
        f"A fault of the program ({type(error).__name__} at {place}); report it.",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
