"""Job handlers for the pool's tests: they do to a worker what bad files do."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from pipeline.domain.errors import InputError, ResourceError
from pipeline.domain.message import Message
from workers.processes.messages import Asked, Done, Page
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


def do_read_given(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return channel.source(value).read_bytes()


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
        return _by_kernel(lambda libc: libc.socket(2, 1, 0)) and _by_kernel(lambda libc: libc.socketpair(1, 1, 0, 0))
    except OSError:
        return False
    return False


def do_environment(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return dict(os.environ)


def do_attack(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    """What a decoder that was taken over tries, by name; True where it succeeded. `value`: an attack and its aim."""
    name, aim = value
    try:
        return bool(ATTACKS[name](aim))
    except OSError:
        return False


def _opened(path: str, flags: int) -> bool:
    """By the C library: nothing of Python's stands in between."""
    return int(ctypes.CDLL(None).open(path.encode(), flags, 0o600)) >= 0


def _by_kernel(call: Any) -> bool:
    """Whether the kernel refuses this call with EACCES."""
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(call(libc) < 0) and ctypes.get_errno() == errno.EACCES


def _run_by_c(path: str) -> bool:
    return bool(ctypes.CDLL(None).system(f"touch {path}".encode()) == 0)


def _spawned(path: str) -> bool:
    return subprocess.run(["/bin/sh", "-c", f"touch {path}"], check=False).returncode == 0


def _attached(pid: int) -> bool:
    libc = ctypes.CDLL(None)
    attached = int(libc.ptrace(_PTRACE_SEIZE, int(pid), 0, 0)) == 0
    if attached:
        libc.ptrace(_PTRACE_DETACH, int(pid), 0, 0)
    return attached


def _memory_read(pid: int) -> bool:
    libc = ctypes.CDLL(None)
    start = int(Path(f"/proc/{pid}/maps").read_text().split("-")[0], 16)
    here = ctypes.create_string_buffer(8)
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(here), 8)
    theirs = (ctypes.c_size_t * 2)(start, 8)
    return int(libc.process_vm_readv(int(pid), ours, 1, theirs, 1, 0)) == 8


def _memory_copied(pid_and_address: str) -> bool:
    """Needs no look into `/proc`: the address is known."""
    pid, address = map(int, pid_and_address.split(":"))
    libc = ctypes.CDLL(None)
    here = ctypes.create_string_buffer(8)
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(here), 8)
    return int(libc.process_vm_readv(pid, ours, 1, (ctypes.c_size_t * 2)(address, 8), 1, 0)) == 8


def _forked(_: Any) -> bool:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


_PTRACE_SEIZE, _PTRACE_DETACH = 0x4206, 17
ATTACKS: dict[str, Any] = {
    "read": lambda path: _opened(path, os.O_RDONLY),
    "list": os.listdir,
    "write": lambda path: _opened(path, os.O_WRONLY | os.O_CREAT),
    "overwrite": lambda path: _opened(path, os.O_RDWR),
    "truncate": lambda path: ctypes.CDLL(None).truncate(path.encode(), 0) == 0,
    "remove": lambda path: ctypes.CDLL(None).unlink(path.encode()) == 0,
    "rename": lambda path: ctypes.CDLL(None).rename(path.encode(), f"{path}.gone".encode()) == 0,
    "make a folder": lambda path: ctypes.CDLL(None).mkdir(f"{path}.d".encode(), 0o700) == 0,
    "link": lambda path: ctypes.CDLL(None).symlink(b"/etc/passwd", f"{path}.link".encode()) == 0,
    "open for others": lambda path: ctypes.CDLL(None).chmod(path.encode(), 0o777) == 0,
    "start a program": _run_by_c,
    "spawn a program": _spawned,
    "fork": _forked,
    "attach": _attached,
    "look into memory": _memory_read,
    "copy memory": _memory_copied,
    "read the environment": lambda pid: _opened(f"/proc/{pid}/environ", os.O_RDONLY),
    "open memory": lambda pid: _opened(f"/proc/{pid}/mem", os.O_RDONLY),
    "list processes": lambda _: list(Path("/proc").iterdir()),
    "signal": lambda pid: ctypes.CDLL(None).kill(int(pid), 0) == 0,
    "limit": lambda pid: bool(resource.prlimit(int(pid), resource.RLIMIT_CORE)),
    "unshare": lambda _: ctypes.CDLL(None).unshare(0x10000000) == 0,
}


class Bomb:
    """Runs a function of its reader's choice, were it read as a pickle."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (self._path,)


def do_bomb(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return Bomb(value)


def do_bomb_by_question(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    return channel.ask(Bomb(value))


def do_ask_without_waiting(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    for _ in range(1000):
        channel._pipe.send(Asked(1))


def do_nonsense(value: Any, channel: Channel, arguments: dict[str, Any]) -> Any:
    channel._pipe.send(("nonsense", 1))
    channel._pipe.send(Page("eleven"))  # type: ignore[arg-type]
    return Done(1)
