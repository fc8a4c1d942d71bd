"""Needs torch, which only training needs; left out where it is not installed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from ocr_models.workshop.training.alphabet import BLANK, CLASSES, INDEX  # noqa: E402
from ocr_models.workshop.training.networks import SETTINGS, build  # noqa: E402
from ocr_models.workshop.training.state import load_state, mix_states, save_state  # noqa: E402
from ocr_models.workshop.training.train import rate_at, vary  # noqa: E402


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_network_answers_one_distribution_a_step(name: str) -> None:
    network = build(SETTINGS[name]).eval()
    with torch.inference_mode():
        answers = network(torch.rand(2, 1, 48, 240))
    assert answers.shape == (2, 240 // network.stride, CLASSES)
    assert torch.allclose(answers.exp().sum(-1), torch.ones(2, 240 // network.stride), atol=1e-4)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_line_is_answered_alike_alone_and_in_a_batch(name: str) -> None:
    network, lines = build(SETTINGS[name]).eval(), torch.rand(3, 1, 48, 192)
    with torch.inference_mode():
        assert torch.allclose(network(lines)[1], network(lines[1:2])[0], atol=1e-4)


def test_unknown_networks_are_refused() -> None:
    with pytest.raises(ValueError, match="no such network"):
        build({"network": "none"})


def test_a_cut_run_goes_on_with_the_same_weights(tmp_path: Path) -> None:
    network = build(SETTINGS["strip"])
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3)
    network(torch.rand(1, 1, 48, 96)).sum().backward()
    optimiser.step()
    average = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    save_state(tmp_path, network, average, optimiser, {"step": 5})
    other = build(SETTINGS["strip"])
    again = torch.optim.AdamW(other.parameters(), 1e-3)
    assert load_state(tmp_path, other, dict(other.state_dict()), again)["step"] == 5
    assert torch.allclose(other.head.weight, network.head.weight, atol=1e-3)
    assert len(again.state) == len(optimiser.state)


def test_the_learning_rate_rises_then_falls() -> None:
    rates = [rate_at(share / 100, 1.0) for share in range(0, 101)]
    assert max(rates) == pytest.approx(1.0, abs=0.05)
    assert rates[0] < 0.1
    assert rates[-1] < 0.01
    assert all(a >= b for a, b in pairwise(rates[4:]))


def test_changes_on_the_device_leave_ink_between_paper_and_black() -> None:
    images = torch.randint(0, 256, (4, 48, 192), dtype=torch.uint8)
    out = vary(images, torch.Generator().manual_seed(1))
    assert out.shape == (4, 1, 48, 192)
    assert float(out.min()) >= 0.0
    assert float(out.max()) <= 1.0


def test_characters_that_the_start_lacks_are_never_said_at_first() -> None:
    from ocr_models.workshop.training.start import _head

    symbols = ["a", "’", "B"]
    weight, bias = torch.rand(4, 128), torch.rand(4)
    rows, biases = _head(weight, bias, symbols)
    assert torch.equal(rows[INDEX["a"]], weight[1])
    assert torch.equal(rows[INDEX["'"]], weight[2])
    assert torch.equal(rows[BLANK], weight[0])
    assert biases[INDEX["ỵ"]] < bias.min() - 3


def test_mixed_states_lie_between_the_two(tmp_path: Path) -> None:
    for number, name in enumerate(("early", "late")):
        network = build(SETTINGS["strip"])
        average = {key: torch.full_like(tensor, number) for key, tensor in network.state_dict().items()}
        save_state(tmp_path / name, network, average, torch.optim.AdamW(network.parameters()), {"step": number})
    mix_states(tmp_path / "early", tmp_path / "late", 0.75, tmp_path / "mixed")
    other = build(SETTINGS["strip"])
    load_state(tmp_path / "mixed", other, dict(other.state_dict()), None)
    assert torch.allclose(other.head.weight, torch.full_like(other.head.weight, 0.75))


def test_a_state_kept_without_its_average_can_be_mixed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    network = build(SETTINGS["strip"])
    average = dict(network.state_dict())
    for name in ("kept", "late"):
        save_state(tmp_path / name, network, average, torch.optim.AdamW(network.parameters()), {"step": 1})
    for part in ("average", "momentum", "variance"):
        (tmp_path / "kept" / f"{part}.pt").unlink()
    mix_states(tmp_path / "kept", tmp_path / "late", 0.5, tmp_path / "mixed")
    assert (tmp_path / "mixed" / "average.pt").exists()
