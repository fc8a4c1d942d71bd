"""`hotich session list|end`: who is signed in, and ending it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from hotich.settings import load_settings
from hotich.wiring.people import administering
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.people.users import login_name


def show(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        sessions = here.people.sessions(here.by)
    if arguments.login:
        sessions = [one for one in sessions if one.login == login_name(arguments.login)]
    if arguments.json:
        print(json.dumps([asdict(one) for one in sessions], ensure_ascii=False, indent=2))
        return 0
    for one in sessions:
        print(f"{one.session_id}  {one.login:24} {one.used_at[:16]}Z  {one.address}  {one.browser}")
    return 0


def end(arguments: Namespace) -> int:
    """One session by its name, all of a person, or all. Exit code 2 where it names nobody's."""
    with administering(load_settings(arguments.home)) as here:
        sessions = here.people.sessions(here.by)
        if arguments.login:
            login = login_name(arguments.login)
            user = next((one for one in here.people.people(here.by) if one.login == login), None)
            if user is None:
                raise WrongUse(Message("Không có tài khoản này", "There is no such account"))
            count = here.people.end_sessions(here.by, user.user_id)
        elif arguments.all:
            people = sorted({one.user_id for one in sessions})
            count = sum(here.people.end_sessions(here.by, user_id) for user_id in people)
        else:
            named = next((one for one in sessions if one.session_id == arguments.session), None)
            if named is None:
                raise WrongUse(Message("Không có phiên này", "There is no such session"))
            count = here.people.end_sessions(here.by, named.user_id, named.session_id)
    if arguments.json:
        print(json.dumps({"ended": count}))
    else:
        print(f"Đã kết thúc {count} phiên / {count} sessions ended", file=sys.stderr)
    return 0
