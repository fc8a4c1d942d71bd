"""`hotich worker`, `deploy`, `dispatch`, `queue`: the same work over many machines, ordered by a Prefect server."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from hotich import __version__
from hotich.hints import other
from hotich.settings import Settings, export_home, load_settings
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from workers.queue.places import Source

_FLOWS = "hotich.deployed"


def worker(arguments: Namespace) -> int:
    settings = _with_server(load_settings(arguments.home))
    from flows.deployments import run_worker

    export_home(settings)
    home = settings.home / "prefect"
    run_worker(
        arguments.pool,
        "hotich.preloaded",
        home=home,
        api_url=settings.prefect_api_url,
        once=arguments.once,
        health_port=arguments.health_port,
    )
    return 0


def deploy(arguments: Namespace) -> int:
    settings = _with_server(load_settings(arguments.home))
    from flows.deployments import deploy, deployments

    export_home(settings)
    names = deploy(
        deployments(_FLOWS, take_in_every_s=arguments.every),
        pool=arguments.pool,
        home=settings.home / "prefect",
        api_url=settings.prefect_api_url,
        version=__version__,
    )
    if arguments.json:
        print(json.dumps({"deployments": names, "pool": arguments.pool}))
    else:
        print(f"Đã đăng ký / deployed: {', '.join(names)}")
        print(f"Tiếp theo / next: {other(arguments, 'worker', '--pool', arguments.pool)}")
    return 0


def dispatch(arguments: Namespace) -> int:
    """Queues what is new in the named folders, or in the inbox; where a Prefect server is set, runs begin at once."""
    settings = load_settings(arguments.home)
    from hotich.wiring.queue import care_of, check_sources, folder_source, inbox_sources
    from storage.catalogue import Urgency
    from workers.queue.places import ManifestSource

    sources: list[Source] = [folder_source(settings, _folder(path)) for path in arguments.paths]
    if arguments.manifest is not None:
        beside = folder_source(settings, arguments.manifest.parent)
        sources.append(ManifestSource(manifest=arguments.manifest, folder=beside))
    chosen = check_sources(tuple(sources) or inbox_sources(settings))
    urgency = Urgency.SUBMISSION if arguments.urgent else Urgency.BATCH
    with care_of(settings, chosen, office=arguments.office or "", urgency=urgency) as care:
        began = time.monotonic()
        counts = care.take_in() | {"formed": care.form()}
        seconds = time.monotonic() - began
        if settings.prefect_api_url:
            from flows.deployments import start_queued

            home = settings.home / "prefect"
            counts["started"] = start_queued(care, home=home, api_url=settings.prefect_api_url)
    if arguments.json:
        print(json.dumps(counts | {"seconds": round(seconds, 3)}))
        return 0
    print(
        f"Mới vào hàng chờ: {counts['queued']} tệp; đã biết: {counts['known'] + counts['again']}"
        f" / queued: {counts['queued']} files; known: {counts['known'] + counts['again']}"
    )
    if counts["full"]:
        print("Hàng chờ đã đầy; phần còn lại vào sau / the queue is full; the rest comes later")
    return 0


def queue(arguments: Namespace) -> int:
    """What waits of each office, and since when."""
    settings = load_settings(arguments.home)
    from hotich.wiring.queue import care_of

    with care_of(settings, ()) as care:
        depths = care.waiting()
    if arguments.json:
        print(json.dumps([{**asdict(one), "urgency": one.urgency.name.lower()} for one in depths], ensure_ascii=False))
        return 0
    for one in depths:
        print(f"{one.office or '-':24} {one.urgency.name.lower():10} {one.files:8} tệp / files   {one.oldest[:16]}Z")
    if not depths:
        print("Không có gì chờ / nothing waits")
    return 0


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise WrongUse(Message("không phải thư mục", "is no folder").about(str(path)))
    return path.absolute()


def _with_server(settings: Settings) -> Settings:
    if not settings.prefect_api_url:
        raise WrongUse(
            Message(
                "Chưa có Prefect server: đặt PREFECT_API_URL, ví dụ http://prefect:4200/api",
                "No Prefect server: set PREFECT_API_URL, for example http://prefect:4200/api",
            )
        )
    return settings
