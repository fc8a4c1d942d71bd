"""Working folders of processes: what lies in one belongs to a living process, or to nobody."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipeline.domain.message import Message
from storage.files import translated_os_errors


def new_spool(folder: Path) -> Path:
    """A working folder of this process under `folder`; those that killed processes left are removed.

    Raises `HotichError` when it cannot be made.
    """
    with translated_os_errors(Message("tạo thư mục tạm", "making the working folder")):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.iterdir():
            if not (old.name.isdigit() and Path(f"/proc/{old.name}").exists()):
                shutil.rmtree(old, ignore_errors=True)
        own = folder / str(os.getpid())
        own.mkdir(exist_ok=True)
    return own
