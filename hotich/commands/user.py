"""`hotich user add|list|disable|enable`: local accounts of people who work with the service."""

from __future__ import annotations

import getpass
import json
import secrets
import sys
from argparse import Namespace

from hotich.settings import Settings, load_settings
from hotich.wiring.service import service_keys
from hotich.wiring.stores import actor, office_store, security_log
from service.people.accounts import Accounts
from service.people.oidc import subject_of
from storage.people.security_log import SecurityEvent
from storage.people.users import login_name


def add(arguments: Namespace) -> int:
    """The password comes from the terminal, or with `--generate` is made and shown."""
    settings = load_settings(arguments.home)
    name = arguments.name or arguments.login
    if arguments.oidc_subject:
        subject = subject_of(settings.oidc_issuer, arguments.oidc_subject)
        with office_store(settings) as store:
            accounts = Accounts(store=store, keys=service_keys(settings))
            accounts.add_by_subject(
                arguments.login, name=name, office=arguments.office, roles=arguments.roles, oidc_subject=subject
            )
        _note(settings, SecurityEvent.USER_ADDED, accounts, arguments.login, ",".join(sorted(arguments.roles)))
        return 0
    password = secrets.token_urlsafe(15) if arguments.generate else _ask()
    with office_store(settings) as store:
        accounts = Accounts(store=store, keys=service_keys(settings))
        totp = accounts.add(
            arguments.login,
            name=name,
            office=arguments.office,
            roles=arguments.roles,
            password=password,
        )
        _note(settings, SecurityEvent.USER_ADDED, accounts, arguments.login, ",".join(sorted(arguments.roles)))
    made = {"login": arguments.login, "password": password if arguments.generate else None, "totp": totp}
    if arguments.json:
        print(json.dumps(made))
        return 0
    for value in (made["password"], made["totp"]):
        if value is not None:
            print(value)
    print("Chỉ hiện một lần / Shown this once", file=sys.stderr)
    return 0


def show(arguments: Namespace) -> int:
    with office_store(load_settings(arguments.home)) as store, store.read() as tables:
        users = tables.users.all()
    rows = [
        {
            "login": user.login,
            "name": user.name,
            "office": user.office,
            "roles": sorted(user.roles),
            "active": user.active,
        }
        for user in users
    ]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for user in users:
        state = "" if user.active else "  (đã khóa / disabled)"
        print(f"{user.login:24} {user.office:16} {','.join(sorted(user.roles))}{state}")
    return 0


def disable(arguments: Namespace) -> int:
    return _set_active(arguments, False)


def enable(arguments: Namespace) -> int:
    return _set_active(arguments, True)


def _set_active(arguments: Namespace, active: bool) -> int:
    settings = load_settings(arguments.home)
    with office_store(settings) as store:
        with store.write() as tables:
            tables.users.set_active(arguments.login, active)
        event = SecurityEvent.USER_ENABLED if active else SecurityEvent.USER_DISABLED
        _note(settings, event, Accounts(store=store, keys=service_keys(settings)), arguments.login)
    return 0


def _note(settings: Settings, event: SecurityEvent, accounts: Accounts, login: str, detail: str = "") -> None:
    about = accounts.known_as(login_name(login))
    security_log(settings).note(event, about=about, by=f"system:{actor(settings)}", detail=detail)


def _ask() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Mật khẩu / Password: ")
    return sys.stdin.readline().rstrip("\n")
