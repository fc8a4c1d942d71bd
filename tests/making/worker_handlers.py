"""Job handlers for the pool's tests: they do to a worker what bad files do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from pipeline.domain.errors import InputError, ResourceError
from pipeline.domain.message import Message
from workers.processes.process import Channel


def make(**arguments: Any) -> Any:
    def handle(job: tuple[str, Any], channel: Channel) -> Any:
        what, value = job
        return globals()[f"do_{what}"](value, channel, arguments)

    return handle


def refuse_to_load() -> Any:
    raise ResourceError(Message.same("no model"), code="resource.model_missing")


def crash_while_loading() -> Any:
    os._exit(7)


def do_echo(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return value, arguments, os.getpid()


def do_ask(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return channel.ask(value)


def do_introduce(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return channel.ask(os.getpid())


def do_refuse(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    channel.page(2)
    channel.page_done(2)
    channel.page(3)
    raise InputError(Message.same("bad"), code="input.corrupt")


def do_bug(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    raise KeyError(value)


def do_die(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    channel.page(2)
    os.kill(os.getpid(), signal.SIGSEGV)


def do_die_once(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    marker = Path(value)
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def do_spin(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    channel.page(1)
    while True:
        pass


def do_spin_in_child(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    child = subprocess.Popen(["sleep", "600"])
    Path(value).write_text(str(child.pid))
    child.wait()


def do_hang(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    time.sleep(600)


def do_allocate(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    channel.page(4)
    return len(bytearray(value))


def do_socket(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except PermissionError:
        child = subprocess.run(["python3", "-c", "import socket; socket.socket()"], capture_output=True)
        return b"PermissionError" in child.stderr
    except OSError:
        return False
    return False


def do_environment(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return dict(os.environ)
