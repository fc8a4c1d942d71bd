"""`hotich init`: begins a store in a folder."""

from __future__ import annotations

from argparse import Namespace

from hotich.home import init


def run(arguments: Namespace) -> int:
    """Makes the home folder where it is not there yet."""
    return init(arguments)
