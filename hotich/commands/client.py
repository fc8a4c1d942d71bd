"""`hotich client add|change|rotate|list|disable|enable`: who may use the service's API."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import timedelta

from hotich.settings import load_settings
from hotich.wiring.people import administering
from hotich.wiring.service import service_keys, webhook_guard
from service.notices.webhook import webhook_secret


def add(arguments: Namespace) -> int:
    settings = load_settings(arguments.home)
    if arguments.webhook:
        webhook_guard(settings).check_form(arguments.webhook)
    with administering(settings) as here:
        key = here.clients.add(
            here.by,
            arguments.client,
            name=arguments.name or arguments.client,
            office=arguments.office,
            scopes=arguments.scopes,
            rate_per_minute=arguments.rate,
            webhook_url=arguments.webhook,
        )
    secret = webhook_secret(service_keys(settings), arguments.client) if arguments.webhook else None
    return _show_key(arguments, key, secret)


def change(arguments: Namespace) -> int:
    """Name, scopes and rate: what is not given stays."""
    with administering(load_settings(arguments.home)) as here:
        client = here.clients.client(here.by, arguments.client)
        here.clients.describe(
            here.by,
            client.client_id,
            name=client.name if arguments.name is None else arguments.name,
            scopes=client.scopes if arguments.scopes is None else arguments.scopes,
            rate_per_minute=client.rate_per_minute if arguments.rate is None else arguments.rate,
        )
    return 0


def rotate(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        key = here.clients.new_key(here.by, arguments.client, overlap=timedelta(hours=arguments.overlap))
    return _show_key(arguments, key)


def show(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        clients = here.clients.clients(here.by)
    rows = [
        {
            "client": client.client_id,
            "name": client.name,
            "office": client.office,
            "scopes": sorted(client.scopes),
            "rate_per_minute": client.rate_per_minute,
            "active": client.active,
            "keys": client.keys,
            "webhook": client.webhook_url,
            "created_at": client.created_at,
        }
        for client in clients
    ]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for client, row in zip(clients, rows, strict=True):
        state = "" if row["active"] else "  (đã khóa / disabled)"
        scopes = ",".join(sorted(client.scopes))
        print(f"{row['client']:20} {row['office']:16} {scopes}  khóa / keys: {row['keys']}{state}")
    return 0


def disable(arguments: Namespace) -> int:
    return _set_active(arguments, False)


def enable(arguments: Namespace) -> int:
    return _set_active(arguments, True)


def _set_active(arguments: Namespace, active: bool) -> int:
    with administering(load_settings(arguments.home)) as here:
        here.clients.set_active(here.by, arguments.client, active)
    return 0


def _show_key(arguments: Namespace, key: str, secret: str | None = None) -> int:
    if arguments.json:
        print(json.dumps({"client": arguments.client, "key": key, "webhook_secret": secret}))
    else:
        print(key)
        if secret is not None:
            print(secret)
        text = "Khóa chỉ hiện một lần, hãy cất giữ / The key is shown this once; keep it safe"
        print(text, file=sys.stderr)
    return 0
