"""Model files are used only when they are the ones that were measured."""

import hashlib
from pathlib import Path

import pytest

from ocr_models.errors import ModelDamagedError, ModelMissingError
from ocr_models.weights import read_verified


def test_the_right_file_is_given_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"weights")
    assert read_verified(path, hashlib.sha256(b"weights").hexdigest()) == b"weights"


@pytest.mark.parametrize("content", [b"", b"weight", b"weightS"])
def test_a_truncated_or_changed_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelDamagedError) as caught:
        read_verified(path, hashlib.sha256(b"weights").hexdigest())
    assert caught.value.code == "resource.model_damaged"
    assert "model.onnx" in str(caught.value)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError) as caught:
        read_verified(tmp_path / "model.onnx", "0" * 64)
    assert caught.value.code == "resource.model_missing"
    assert " / " in str(caught.value)
