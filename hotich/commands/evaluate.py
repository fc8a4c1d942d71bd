"""`hotich evaluate DIR`: measures against a labelled folder."""

from __future__ import annotations

from argparse import Namespace

from hotich.settings import load_settings
from hotich.wiring import evaluate_folder


def run(arguments: Namespace) -> int:
    settings = load_settings(arguments.home, workers=arguments.workers)
    return evaluate_folder(settings, arguments.folder, report=arguments.report, as_json=arguments.json)
