"""A secret of one installation in a file of its own, made at first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message
from storage.files import translated_os_errors


def read_or_make_key(path: Path, *, size: int) -> bytes:
    """The secret of `size` bytes that lies at `path`, readable by its owner alone; made there when nothing is.

    Of two processes that make it at once, one does and the other reads. Raises `WrongUse` for a file of another size.
    """
    with translated_os_errors(Message("đọc khóa của dịch vụ", "reading the service's key")):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = secrets.token_bytes(size)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
    if len(key) != size:
        raise WrongUse(Message("không phải khóa của dịch vụ", "is not the service's key").before(str(path)))
    return key
