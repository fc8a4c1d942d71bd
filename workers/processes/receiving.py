"""What a worker says is read as data: it may have been taken over by a file that it decoded.

A pickle can name any function of its reader. Here it may name plain values and the dataclasses, enumerations and
errors of our own that travel; all else is refused, and the worker is treated as one that crashed.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import io
import pickle
from multiprocessing.connection import Connection
from typing import Any, ClassVar, Final

from pipeline.domain.errors import HotichError

_ROOMS: Final = ("pipeline.", "workers.", "ocr_models.errors.")
_MOST_BYTES: Final = 256 << 20
_PLAIN: Final = {
    ("builtins", "object"), ("builtins", "set"), ("builtins", "frozenset"), ("collections", "OrderedDict"),
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
    ("datetime", "timezone"), ("copyreg", "_reconstructor"), ("pathlib", "PosixPath"),
    ("pathlib", "PurePosixPath"), ("pipeline.domain.errors", "_rebuild"),
}  # fmt: skip


class NotData(Exception):
    """A worker sent something that is no data of ours."""


def receive(pipe: Connection) -> Any:
    """The next message. Raises NotData, and what `Connection.recv_bytes` raises."""
    message = pipe.recv_bytes(_MOST_BYTES)
    try:
        return _Reader(io.BytesIO(message)).load()
    except NotData:
        raise
    except Exception as error:  # whatever malformed data makes of it
        raise NotData(type(error).__name__) from error


_PythonsOwn: Any = pickle._Unpickler


class _Reader(_PythonsOwn):  # type: ignore[misc]
    """Python's own reader in Python, where the step that sets attributes can be looked at."""

    dispatch: ClassVar[dict[int, Any]] = dict(_PythonsOwn.dispatch)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):
            return _member
        if (module, name) in _PLAIN:
            return getattr(importlib.import_module(module), name)
        if f"{module}.".startswith(_ROOMS) and "." not in name:
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and found.__module__ == module and _is_data(found):
                return found
        raise NotData(f"{module}.{name}")

    def load_build(self) -> None:
        if isinstance(self.stack[-2], type) or callable(self.stack[-2]):  # would change a class for everybody
            raise NotData("attributes of a class")
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build


def _member(kind: Any, name: Any) -> enum.Enum:
    """A member of an enumeration by its name: how Python up to 3.11.3 sends one. Nothing else is got so."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum) and isinstance(name, str) and name in kind.__members__:
        return kind[name]
    raise NotData("an attribute")


def _is_data(kind: type) -> bool:
    return dataclasses.is_dataclass(kind) or issubclass(kind, (enum.Enum, HotichError))
