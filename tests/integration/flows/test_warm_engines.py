"""Runs forked from a warm process are to whoever starts them what a process of their own is."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from prefect.client.schemas.objects import FlowRun

from flows import engine
from flows.asking import Asking
from flows.engine import SOCKET
from flows.quick_worker import QuickConfiguration
from flows.warm_engines import listening

ROOT = Path(__file__).resolve().parents[3]
CLIENT = [sys.executable, "-I", "-S", engine.__file__]
SERVER = """
import os, sys, signal, time
from flows.warm_engines import serve

def carry_out(arguments):
    what = arguments[0]
    if what == "tell":
        print(os.environ["COLOUR"], os.getcwd(), flush=True)
        sys.exit(7)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "terminate":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))
    print(os.getpid(), flush=True)
    time.sleep(60)

serve(int(sys.argv[1]), int(sys.argv[2]), lambda: None, carry_out)
"""


def start_server(worker: int) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """A warm process beside the worker; and the environment of whoever asks it for a run."""
    with listening() as listener:
        path, number = listener.getsockname(), listener.fileno()
        command = [sys.executable, "-c", SERVER, str(number), str(worker)]
        return subprocess.Popen(command, cwd=ROOT, pass_fds=[number]), os.environ | {SOCKET: path, "COLOUR": "đỏ"}


@pytest.fixture
def warm() -> Iterator[dict[str, str]]:
    server, environment = start_server(os.getpid())
    yield environment
    server.kill()
    server.wait()
    shutil.rmtree(Path(environment[SOCKET]).parent)


def test_a_run_has_the_folder_the_environment_and_the_streams_and_its_code_comes_back(
    warm: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run([*CLIENT, "tell"], env=warm, cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert done.stdout.split()[:2] == ["đỏ", str(tmp_path)], done.stderr
    assert done.returncode == 7


def test_whoever_stands_for_a_run_dies_as_it_did(warm: dict[str, str]) -> None:
    assert subprocess.run([*CLIENT, "die"], env=warm, timeout=20).returncode == -signal.SIGKILL


def test_a_run_is_asked_to_end_through_whoever_stands_for_it(warm: dict[str, str]) -> None:
    with subprocess.Popen([*CLIENT, "terminate"], env=warm, stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        client.stdout.readline()
        client.terminate()
        assert client.wait(20) == 5


def test_a_run_ends_with_whoever_stands_for_it(warm: dict[str, str]) -> None:
    with subprocess.Popen([*CLIENT, "stay"], env=warm, stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        run = psutil.Process(int(client.stdout.readline()))
        client.kill()
        run.wait(20)


def test_the_warm_process_ends_with_its_worker_and_its_last_run() -> None:
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE) as worker:
        server, environment = start_server(worker.pid)
        with subprocess.Popen([*CLIENT, "terminate"], env=environment, stdout=subprocess.PIPE) as client:
            assert client.stdout is not None
            client.stdout.readline()
            worker.kill()
            worker.wait()
            assert client.poll() is None and server.poll() is None
            client.terminate()
            assert client.wait(20) == 5
    assert server.wait(20) == 0
    assert not Path(environment[SOCKET]).parent.exists()


def test_a_run_is_started_without_the_process_that_prefect_puts_before_it() -> None:
    configuration = QuickConfiguration()
    flow_run = FlowRun(id=uuid4(), name="r", flow_id=uuid4(), deployment_id=None)
    configuration.prepare_for_flow_run(flow_run)
    assert configuration._command_configured
    assert shlex.split(str(configuration.command)) == CLIENT


def test_a_worker_that_can_take_no_run_asks_for_none_and_asks_at_once_when_it_can() -> None:
    asking = Asking(0)
    assert asking.is_due(0, has_room=True)
    assert not any(asking.is_due(now, has_room=False) for now in range(1, 500))
    assert asking.is_due(500, has_room=True)


def test_a_hundred_workers_that_wait_ask_twice_a_second_together() -> None:
    asking = Asking(0)
    asking.workers = 100
    assert sum(asking.is_due(now, has_room=True) for now in range(1000)) * 100 / 1000 == 2
