from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from ocr_models.adaptation.network import forward
from ocr_models.adaptation.weights import NotAdaptable, read_parameters, write_parameters
from ocr_models.reader import NAME
from ocr_models.reader.reader import WEIGHTS


@pytest.fixture(scope="module")
def model() -> bytes:
    return (WEIGHTS / f"{NAME}.onnx").read_bytes()


def test_unchanged_parameters_give_the_same_file(model: bytes) -> None:
    assert write_parameters(model, read_parameters(model)) == write_parameters(model, read_parameters(model))
    again = read_parameters(write_parameters(model, read_parameters(model)))
    assert all(np.array_equal(value, again[name]) for name, value in read_parameters(model).items())


def test_every_changed_parameter_counts_in_onnxruntime_as_in_numpy(model: bytes) -> None:
    rng = np.random.default_rng(1)
    parameters = {name: value + rng.normal(0, 0.01, value.shape).astype(np.float32) * np.abs(value) for name, value in
                  read_parameters(model).items()}  # fmt: skip
    session = onnxruntime.InferenceSession(write_parameters(model, parameters), providers=["CPUExecutionProvider"])
    ink = rng.random((1, 48, 96), dtype=np.float32)
    (found,) = session.run(None, {"ink": ink[:, None]})
    assert np.abs(found - forward(parameters, ink)[0]).max() <= 1e-4
    assert np.abs(found - forward(read_parameters(model), ink)[0]).max() > 1e-2


def test_a_file_that_is_no_network_is_refused() -> None:
    with pytest.raises(NotAdaptable):
        read_parameters(b"rubbish")


def test_a_network_of_another_build_is_refused(model: bytes) -> None:
    parsed = onnx.load_model_from_string(model)
    tensor = next(tensor for tensor in parsed.graph.initializer if tensor.name == "head.bias")
    tensor.CopyFrom(numpy_helper.from_array(np.zeros(7, np.float32), "head.bias"))
    with pytest.raises(NotAdaptable):
        read_parameters(parsed.SerializeToString())


def test_weights_that_are_not_floats_are_refused(model: bytes) -> None:
    parsed = onnx.load_model_from_string(model)
    tensor = next(tensor for tensor in parsed.graph.initializer if tensor.name == "stem.weight")
    small = numpy_helper.to_array(tensor).astype(np.int8)
    tensor.CopyFrom(numpy_helper.from_array(small, "stem.weight"))
    with pytest.raises(NotAdaptable):
        read_parameters(parsed.SerializeToString())
