"""`hotich package KIND`: what is found, handed on in the form that others take."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from hotich import __version__
from hotich.commands.find import open_finder, question_of
from hotich.settings import load_settings
from hotich.wiring.stores import actor
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from workers.finding import Seeker
from workers.packages.make import PackageKind, PackageOptions

_SHOWN = 20


def run(arguments: Namespace) -> int:
    """Writes the package; what is left out is listed in it and told. Exit code 0."""
    settings = load_settings(arguments.home)
    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    options = PackageOptions(
        agency_code=settings.agency_code, agency_name=settings.agency_name, fonds_code=settings.fonds_code,
        names=settings.ministry_names, unconfirmed=arguments.unconfirmed, first=arguments.first,
        software=("hotich", __version__),
    )  # fmt: skip
    purpose = arguments.purpose or f"hotich package {arguments.kind}"
    with open_finder(settings) as (finder, _, _):
        seeker = Seeker(actor=actor(settings), office=settings.office, purpose=purpose)
        report = finder.package(
            question_of(arguments), seeker, arguments.out.absolute(), PackageKind(arguments.kind), options
        )
    if arguments.json:
        print(json.dumps(report.facts(), ensure_ascii=False, indent=2))
    for one in report.left_out[:_SHOWN]:
        print(f"  không đưa vào / left out: {one.code} {one.what}: {one.why}", file=sys.stderr)
    print(
        f"{report.documents} giấy tờ / documents, {len(report.left_out)} mục không đưa vào / left out: {arguments.out}",
        file=sys.stderr,
    )
    return 0
