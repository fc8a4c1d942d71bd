from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from ocr_models.adaptation.ctc import ctc_loss
from ocr_models.adaptation.layers import Parameters
from ocr_models.adaptation.network import forward, stage_of, stages
from ocr_models.adaptation.weights import read_parameters
from ocr_models.reader import NAME
from ocr_models.reader.reader import WEIGHTS
from tests.making.small_network import small_parameters

_TEXTS = [[1, 2, 2], [3]]
_STEPS = [9, 6]


def _loss(parameters: Parameters, ink: np.ndarray) -> float:
    return float(ctc_loss(forward(parameters, ink)[0], _STEPS, _TEXTS)[0].sum())


def _gradients(parameters: Parameters, ink: np.ndarray, tuned_from: str = "stem") -> Parameters:
    log_probabilities, back = forward(parameters, ink, tuned_from=tuned_from)
    return back(ctc_loss(log_probabilities, _STEPS, _TEXTS)[1])


def _trained(parameters: Parameters) -> list[str]:
    return [name for name in parameters if "running" not in name]


@pytest.mark.parametrize("name", _trained(small_parameters(1)))
def test_every_derivative_is_what_finite_differences_say(name: str) -> None:
    parameters = small_parameters(1)
    ink = np.random.default_rng(2).random((2, 48, 54))
    told = _gradients(parameters, ink)[name]
    rng = np.random.default_rng(3)
    for place in rng.choice(told.size, min(12, told.size), replace=False):
        where = np.unravel_index(place, told.shape)
        middle, step = parameters[name][where], 1e-5
        losses = []
        for changed in (middle + step, middle - step):
            parameters[name][where] = changed
            losses.append(_loss(parameters, ink))
        parameters[name][where] = middle
        assert told[where] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-4, abs=1e-6)


def test_tuning_from_a_later_stage_gives_the_same_derivatives_and_no_others() -> None:
    parameters = small_parameters(4)
    ink = np.random.default_rng(5).random((2, 48, 54))
    whole, part = _gradients(parameters, ink), _gradients(parameters, ink, tuned_from="blocks.1")
    assert {stage_of(name) for name in part} == {"blocks.1", "head"}
    assert all(np.allclose(part[name], whole[name]) for name in part)
    assert set(whole) == set(_trained(parameters))


def test_the_kept_weights_give_what_onnxruntime_gives() -> None:
    model = (WEIGHTS / f"{NAME}.onnx").read_bytes()
    ink = np.random.default_rng(6).random((2, 48, 240), dtype=np.float32)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (wanted,) = session.run(None, {"ink": ink[:, None]})
    found, _ = forward(read_parameters(model), ink)
    assert np.abs(found - wanted).max() <= 1e-4


def test_stages_are_in_the_order_of_the_way_from_image_to_text() -> None:
    assert stages(small_parameters(7)) == ["stem", "blocks.0", "blocks.1", "head"]
