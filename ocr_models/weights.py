"""Model files: found without importing the package that carries them, and checked before use."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from ocr_models.errors import ModelDamagedError, ModelMissingError
from pipeline.domain.message import Message


def distribution_file(distribution: str, name: str) -> Path:
    """Path of the file whose path ends in `name` among an installed distribution's files.

    The package is not imported, so none of its code runs. Raises `ModelMissingError`.
    """
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.as_posix().endswith(name):
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    raise ModelMissingError(
        Message(
            f"Thiếu tệp mô hình {name} của gói {distribution}. Hãy cài lại các gói bằng `make setup`.",
            f"Model file {name} of package {distribution} is missing. Reinstall with `make setup`.",
        )
    )


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
