"""`hotich worker` and `hotich deploy`: the same work, ordered by a Prefect server."""

from __future__ import annotations

import json
from argparse import Namespace

from hotich import __version__
from hotich.hints import other
from hotich.settings import Settings, export_home, load_settings
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message


def worker(arguments: Namespace) -> int:
    settings = _with_server(load_settings(arguments.home))
    from flows.deployments import run_worker

    export_home(settings)
    home = settings.home / "prefect"
    run_worker(arguments.pool, home=home, api_url=settings.prefect_api_url, once=arguments.once)
    return 0


def deploy(arguments: Namespace) -> int:
    settings = _with_server(load_settings(arguments.home))
    from flows.deployments import deploy_inbox, deploy_keeping, deploy_learning, deploy_reread

    deployment = deploy_inbox(
        "hotich.deployed.digitize_inbox",
        pool=arguments.pool,
        home=settings.home / "prefect",
        api_url=settings.prefect_api_url,
        every_s=arguments.every,
        version=__version__,
    )
    books = deploy_learning(
        "hotich.deployed.adapt_due",
        pool=arguments.pool,
        home=settings.home / "prefect",
        api_url=settings.prefect_api_url,
        version=__version__,
    )
    reread = deploy_reread(
        "hotich.deployed.reread_archive",
        pool=arguments.pool,
        home=settings.home / "prefect",
        api_url=settings.prefect_api_url,
        version=__version__,
    )
    keeping = deploy_keeping(
        "hotich.deployed.keep_archive",
        pool=arguments.pool,
        home=settings.home / "prefect",
        api_url=settings.prefect_api_url,
        version=__version__,
    )
    if arguments.json:
        report = {"deployment": deployment, "books": books, "reread": reread, "keeping": keeping}
        report["pool"] = arguments.pool
        print(json.dumps(report))
    else:
        deployed = ", ".join((deployment, books, reread, *keeping))
        print(f"Đã đăng ký / deployed: {deployed}")
        print(f"Tiếp theo / next: {other(arguments, 'worker', '--pool', arguments.pool)}")
    return 0


def _with_server(settings: Settings) -> Settings:
    if not settings.prefect_api_url:
        raise WrongUse(
            Message(
                "Chưa có Prefect server: đặt PREFECT_API_URL, ví dụ http://prefect:4200/api",
                "No Prefect server: set PREFECT_API_URL, for example http://prefect:4200/api",
            )
        )
    return settings
