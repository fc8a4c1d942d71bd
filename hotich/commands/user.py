"""`hotich user …`: accounts of people who work with the service, by whoever has the machine."""

from __future__ import annotations

import contextlib
import getpass
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict

from hotich import stranded
from hotich.settings import Settings, load_settings
from hotich.wiring.people import Administering, administering
from hotich.wiring.stores import waiting_for_nobody
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from service.people.administration import Given
from service.people.oidc import subject_of
from storage.people import User
from storage.people.users import login_name


def add(arguments: Namespace) -> int:
    """The password comes from the terminal; with `--generate` a temporary one is made and shown."""
    settings = load_settings(arguments.home)
    subject = subject_of(settings.oidc_issuer, arguments.oidc_subject) if arguments.oidc_subject else None
    password = None if arguments.generate or subject is not None else _ask()
    with administering(settings) as here:
        given = here.people.add(
            here.by,
            arguments.login,
            name=arguments.name or arguments.login,
            office=arguments.office,
            roles=arguments.roles,
            password=password,
            oidc_subject=subject,
        )
    return 0 if subject is not None else _hand_over(arguments, given)


def change(arguments: Namespace) -> int:
    """Name, office and roles: what is not given stays."""
    with _person(arguments) as (settings, here, user):
        given = here.people.describe(
            here.by,
            user.user_id,
            name=user.name if arguments.name is None else arguments.name,
            office=arguments.office,
            roles=sorted(user.roles) if arguments.roles is None else arguments.roles,
        )
    _tell_stranded(settings)
    return _hand_over(arguments, given) if given.password is not None else 0


def password(arguments: Namespace) -> int:
    """A temporary password for somebody who forgot theirs."""
    with _person(arguments) as (_, here, user):
        given = here.people.new_password(here.by, user.user_id)
    return _hand_over(arguments, given)


def lost_phone(arguments: Namespace) -> int:
    """Ends the second factor; a temporary password to choose another with."""
    with _person(arguments) as (_, here, user):
        given = here.people.lost_phone(here.by, user.user_id)
    return _hand_over(arguments, given)


def show(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        users = here.people.people(here.by)
        signed_in = {one.user_id for one in here.people.sessions(here.by)}
    rows = [_row(user, user.user_id in signed_in) for user in users]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for user in users:
        print(f"{user.login:24} {user.office:16} {','.join(sorted(user.roles))}{_state(user)}")
    return 0


def disable(arguments: Namespace) -> int:
    return _set_active(arguments, False)


def enable(arguments: Namespace) -> int:
    return _set_active(arguments, True)


def _set_active(arguments: Namespace, active: bool) -> int:
    with _person(arguments) as (settings, here, user):
        here.people.set_active(here.by, user.user_id, active)
    if not active:
        _tell_stranded(settings)
    return 0


@contextlib.contextmanager
def _person(arguments: Namespace) -> Iterator[tuple[Settings, Administering, User]]:
    """The account that the command names. Raises WrongUse for one that there is not."""
    settings, login = load_settings(arguments.home), login_name(arguments.login)
    with administering(settings) as here:
        user = next((one for one in here.people.people(here.by) if one.login == login), None)
        if user is None:
            raise WrongUse(Message("Không có tài khoản này", "There is no such account"))
        yield settings, here, user


def _tell_stranded(settings: Settings) -> None:
    if left := waiting_for_nobody(settings):
        print(stranded.warning(left), file=sys.stderr)


def _row(user: User, signed_in: bool) -> dict[str, object]:
    return {
        "login": user.login,
        "name": user.name,
        "office": user.office,
        "roles": sorted(user.roles),
        "active": user.active,
        "temporary_until": user.temporary_until,
        "second_factor": user.totp is not None,
        "signed_in_at": user.signed_in_at,
        "signed_in": signed_in,
    }


def _state(user: User) -> str:
    if not user.active:
        return "  (đã khóa / disabled)"
    return "  (chờ đặt mật khẩu / to choose a password)" if user.temporary_until is not None else ""


def _hand_over(arguments: Namespace, given: Given) -> int:
    """Prints what is shown this once; one-time codes also as a picture that a phone scans, where a person looks."""
    if arguments.json:
        print(json.dumps(asdict(given)))
        return 0
    for value in (given.password, given.totp):
        if value is not None:
            print(value)
    if given.totp is not None and sys.stderr.isatty():
        _show_qr(given.totp)
    told = "Chỉ hiện một lần / Shown this once"
    if given.password is not None:
        told = (
            "Mật khẩu tạm, chỉ hiện một lần, dùng được ba ngày để đặt mật khẩu và mã xác thực trên trang đăng nhập"
            " / A temporary password, shown this once: good for three days, to choose one of your own by page"
        )
    print(told, file=sys.stderr)
    return 0


def _show_qr(address: str) -> None:
    import segno

    segno.make(address, error="m").terminal(out=sys.stderr, compact=True)


def _ask() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Mật khẩu / Password: ")
    return sys.stdin.readline().rstrip("\n")
