"""The pages' scripts and styles: read once and looked up by name, so that no path is ever made from a request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    data: bytes
    media_type: str
    etag: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of `service/static`, by name."""
    known = {}
    for entry in resources.files("service").joinpath("static").iterdir():
        ending = "." + entry.name.rpartition(".")[2]
        if ending in _TYPES:
            data = entry.read_bytes()
            known[entry.name] = Asset(data, _TYPES[ending], f'"{hashlib.sha256(data).hexdigest()[:32]}"')
    return known
