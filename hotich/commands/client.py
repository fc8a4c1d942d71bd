"""`hotich client add|rotate|list|disable|enable`: who may use the service's API."""

from __future__ import annotations

import json
import secrets
import sys
from argparse import Namespace
from datetime import timedelta

from hotich.settings import Settings, load_settings
from hotich.wiring.service import service_keys, webhook_guard
from hotich.wiring.stores import actor, office_store, security_log
from service.notices.webhook import webhook_secret
from storage.people.security_log import SecurityEvent


def add(arguments: Namespace) -> int:
    settings = load_settings(arguments.home)
    if arguments.webhook:
        webhook_guard(settings).check_form(arguments.webhook)
    with office_store(settings) as store, store.write() as tables:
        tables.clients.add(
            arguments.client,
            name=arguments.name or arguments.client,
            office=arguments.office,
            scopes=arguments.scopes,
            rate_per_minute=arguments.rate,
            webhook_url=arguments.webhook,
        )
        key = tables.clients.new_key(arguments.client, secrets.token_urlsafe)
    _note(settings, SecurityEvent.CLIENT_ADDED, arguments.client, ",".join(sorted(arguments.scopes or ())))
    secret = webhook_secret(service_keys(settings), arguments.client) if arguments.webhook else None
    return _show_key(arguments, key, secret)


def rotate(arguments: Namespace) -> int:
    settings = load_settings(arguments.home)
    with office_store(settings) as store, store.write() as tables:
        overlap = timedelta(hours=arguments.overlap)
        key = tables.clients.new_key(arguments.client, secrets.token_urlsafe, overlap=overlap)
    _note(settings, SecurityEvent.CLIENT_NEW_KEY, arguments.client)
    return _show_key(arguments, key)


def show(arguments: Namespace) -> int:
    with office_store(load_settings(arguments.home)) as store, store.read() as tables:
        clients = tables.clients.all()
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
    settings = load_settings(arguments.home)
    with office_store(settings) as store, store.write() as tables:
        tables.clients.set_active(arguments.client, active)
    _note(settings, SecurityEvent.CLIENT_ENABLED if active else SecurityEvent.CLIENT_DISABLED, arguments.client)
    return 0


def _note(settings: Settings, event: SecurityEvent, client: str, detail: str = "") -> None:
    security_log(settings).note(event, about=f"client:{client}", by=f"system:{actor(settings)}", detail=detail)


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
