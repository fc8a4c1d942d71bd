"""`hotich metrics`: the queue's figures for Prometheus, served until somebody stops it."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import Namespace
from functools import partial

from hotich.settings import load_settings
from hotich.wiring.stores import open_catalogue, open_objects
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message


def run(arguments: Namespace) -> int:
    """`--once` prints them instead. The address is this machine alone unless another one is named."""
    from prometheus_client import CollectorRegistry, generate_latest, start_http_server

    from workers.queue.metrics import QueueMetrics

    settings = load_settings(arguments.home)
    registry = CollectorRegistry()
    registry.register(QueueMetrics(partial(open_catalogue, settings), partial(open_objects, settings)))
    if arguments.once:
        print(generate_latest(registry).decode(), end="")
        return 0
    try:
        server, _ = start_http_server(arguments.port, addr=arguments.host, registry=registry)
    except OSError as error:
        raise WrongUse(
            Message("không mở được cổng", "the port cannot be opened").about(f"{arguments.host}:{arguments.port}")
        ) from error
    print(f"http://{arguments.host}:{arguments.port}/metrics", file=sys.stderr, flush=True)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    server.shutdown()
    return 0
