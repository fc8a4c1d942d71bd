"""`hotich office add|list|rename|close|open`: the offices that people and programs may belong to."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from hotich.settings import load_settings
from hotich.wiring.people import administering


def add(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        here.offices.add(here.by, arguments.office, arguments.name)
    return 0


def rename(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        here.offices.rename(here.by, arguments.office, arguments.name)
    return 0


def close(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        here.offices.set_active(here.by, arguments.office, False)
    return 0


def reopen(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        here.offices.set_active(here.by, arguments.office, True)
    return 0


def show(arguments: Namespace) -> int:
    with administering(load_settings(arguments.home)) as here:
        offices = here.offices.all()
    if arguments.json:
        print(json.dumps([asdict(one) for one in offices], ensure_ascii=False, indent=2))
        return 0
    for one in offices:
        state = "" if one.active else "  (đã đóng / closed)"
        if not one.listed:
            state = "  (chưa có trong danh sách / not listed)"
        counts = f"{one.people:4} người / people {one.clients:3} ứng dụng / clients"
        print(f"{one.office or '–':20} {counts}  {one.name}{state}")
    return 0
