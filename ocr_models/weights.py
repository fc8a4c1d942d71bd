"""Model files are checked before use."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ocr_models.errors import ModelDamagedError, ModelMissingError
from pipeline.domain.message import Message


def read_verified(path: Path, sha256: str) -> bytes:
    """The file's bytes, whose SHA-256 is guaranteed to be `sha256` (lower-case hex).

    What is returned is what was checked: the file is read once. Raises `ModelMissingError` when it
    cannot be read, `ModelDamagedError` when the digest differs (truncated, changed, another version).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelMissingError(
            Message(
                f"Không đọc được tệp mô hình {path.name}. Hãy kiểm tra quyền đọc hoặc cài lại.",
                f"Cannot read model file {path.name}. Check permissions or reinstall.",
            )
        ) from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha256:
        raise ModelDamagedError(
            Message(
                f"Tệp mô hình {path.name} không đúng mã kiểm tra (SHA-256 {actual[:12]}…, cần {sha256[:12]}…): tệp "
                "bị cắt hoặc bị thay. Hãy cài lại.",
                f"Model file {path.name} has the wrong digest (SHA-256 {actual[:12]}…, expected {sha256[:12]}…): "
                "truncated or replaced. Reinstall it.",
            )
        )
    return data
