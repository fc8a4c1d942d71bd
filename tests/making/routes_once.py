"""Applications whose routes are looked at once: FastAPI works out of every route of every application anew, when it is
first called, what its function asks for. For one server that is a moment; for hundreds in one process, minutes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch


@contextmanager
def routes_once() -> Iterator[None]:
    """While it lasts, applications share what is worked out of the signature of a route's function. It holds nothing of
    an application; nothing happens where no web framework is loaded."""
    routing: Any = sys.modules.get("fastapi.routing")
    if routing is None:
        yield
        return
    worked_out = cache(lambda path, call, dependencies: original(path=path, call=call, dependencies=list(dependencies)))
    original = routing._build_dependant_with_parameterless_dependencies

    def shared(*, path: str, call: Any, dependencies: Any) -> Any:
        return worked_out(path, call, tuple(dependencies))

    with patch.object(routing, "_build_dependant_with_parameterless_dependencies", shared):
        yield
