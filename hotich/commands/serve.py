"""`hotich serve`: the submission service."""

from __future__ import annotations

import sys
from argparse import Namespace

from hotich import stranded
from hotich.settings import load_settings
from hotich.wiring.service import service_parts
from storage.review.stranded import stranded_in


def run(arguments: Namespace) -> int:
    """Serves until it is told to stop (Ctrl-C, SIGTERM)."""
    import uvicorn

    from service.app import create_app
    from service.wire.connections import ConnectionLimits, Connections, most_connections, protocol_among
    from workers.processes.confine import hide_from_others

    settings = load_settings(arguments.home, workers=arguments.workers)
    hide_from_others()
    with service_parts(settings) as parts:
        app = create_app(parts)
        if warning := stranded.warning(stranded_in(parts.catalogue.database, settings.office)):
            print(warning, file=sys.stderr)
        proxies = [proxy for proxy in settings.trusted_proxies.split(",") if proxy.strip()]
        limits = ConnectionLimits.behind(proxies, most=most_connections())
        config = uvicorn.Config(
            app,
            http=protocol_among(Connections(limits)),
            ws="none",
            host=arguments.host,
            port=arguments.port,
            log_level="warning",
            access_log=False,  # addresses hold lookup codes
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            timeout_graceful_shutdown=10,
            timeout_keep_alive=15,
            backlog=1024,
        )
        print(f"hotich: http://{arguments.host}:{arguments.port}", file=sys.stderr)
        uvicorn.Server(config).run()
    return 0
