"""The training loop: lines from a feed into a pool on the device, batches of one width class, CTC.

The learning rate follows the share of the planned time that has passed, so that a run of several
cuttings ends like one run. The moving average of the weights is what is measured and exported.
"""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ocr_models.workshop.training.alphabet import CHARACTERS
from ocr_models.workshop.training.feed import PACK, Feed, Recipe
from ocr_models.workshop.training.held_out import HeldOut
from ocr_models.workshop.training.measure import measure
from ocr_models.workshop.training.networks import build
from ocr_models.workshop.training.state import load_state, save_state

BARE_POOL = 512  # lines before the first step


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`seconds` is this run's time, `planned_seconds` that of all runs together.

    With `begun`, so many seconds of them were over when the rate last began anew: a finished training that goes on
    with more lines warms up again and ends low again.
    `columns` is a batch's total width in pixels. `start` is a folder of published weights (small network).
    Steps a line is used again (`reuse`) and `threads` suit the machine; so does `bfloat16`, which processors with
    matrix tiles compute half as fast again as fp32.
    """

    seconds: float
    planned_seconds: float
    out: Path
    begun: float = 0.0
    resume: Path | None = None
    start: Path | None = None
    threads: int = 1
    device: str = "cpu"
    workers: int = 1
    seed: int = 1
    peak_rate: float = 4e-4
    columns: int = 5000
    pool_lines: int = 300_000
    reuse: float = 3.0
    bfloat16: bool = True
    save_every: float = 120.0
    measure_every: float = 480.0

    def share(self, seconds: float) -> float:
        """What share of the time since `begun` has passed after so many seconds of all runs."""
        return (seconds - self.begun) / (self.planned_seconds - self.begun)


class Pool:
    """Packs on the device by width class; the most used leave when the pool is full."""

    def __init__(self, device: str, limit: int) -> None:
        self.device, self.limit = device, limit
        self.packs: dict[int, list[tuple[Tensor, Tensor, Tensor]]] = defaultdict(list)
        self.size = 0

    def add(self, width: int, ink: Any, labels: list[list[int]]) -> None:
        longest = max(len(label) for label in labels)
        padded = torch.zeros((len(labels), longest), dtype=torch.int16)
        for row, label in enumerate(labels):
            padded[row, : len(label)] = torch.tensor(label, dtype=torch.int16)
        lengths = torch.tensor([len(label) for label in labels])
        image = torch.from_numpy(ink).to(self.device, non_blocking=True)
        self.packs[width].append((image, padded, lengths))
        self.size += 1
        if self.size * PACK > self.limit:
            fullest = max(self.packs, key=lambda w: len(self.packs[w]))
            self.packs[fullest].pop(0)
            self.size -= 1

    def batch(self, rng: Random, columns: int) -> tuple[Tensor, Tensor, Tensor]:
        """Images (N, 48, W) uint8, targets (N, longest) and lengths of one width class, drawn as it is common."""
        width = rng.choices(list(self.packs), [len(pack) * w**0.5 for w, pack in self.packs.items()])[0]
        count = max(1, round(columns / width / PACK))
        chosen = [rng.choice(self.packs[width]) for _ in range(count)]
        longest = max(targets.shape[1] for _, targets, _ in chosen)
        images = torch.cat([images for images, _, _ in chosen])
        targets = torch.cat([functional.pad(t, (0, longest - t.shape[1])) for _, t, _ in chosen])
        return images, targets.long(), torch.cat([lengths for _, _, lengths in chosen])


def vary(images: Tensor, generator: torch.Generator) -> Tensor:
    """Cheap changes on the device, so that a line seen again is not the same: (N, 48, W) to (N, 1, 48, W).

    A little narrower, higher, lower, leaning; ink paler or fuller; noise; sometimes the line is turned faint.
    """
    count, height, width = images.shape

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(shape or (count,), device=images.device, generator=generator)

    ink = images.float().div_(255).unsqueeze(1)
    theta = torch.zeros((count, 2, 3), device=images.device)
    narrower, taller = uniform(1.0, 1.1), uniform(0.9, 1.12)
    theta[:, 0, 0] = narrower
    theta[:, 0, 1] = uniform(-0.16, 0.16) * height / width
    theta[:, 0, 2] = (narrower - 1) * uniform(0.2, 1.0)
    theta[:, 1, 1] = taller
    theta[:, 1, 2] = uniform(-0.07, 0.07)
    grid = functional.affine_grid(theta, [count, 1, height, width], align_corners=False)
    grid = grid + _elastic(count, height, width, generator, images.device)
    ink = functional.grid_sample(ink, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    ink = ink.clamp_(0, 1) ** uniform(0.7, 1.5)[:, None, None, None]
    ink = ink * uniform(0.7, 1.0)[:, None, None, None]
    noise = uniform(0.0, 0.06)[:, None, None, None]
    return (ink + noise * torch.randn(ink.shape, device=ink.device, generator=generator)).clamp_(0, 1)


def _elastic(count: int, height: int, width: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Smooth displacements (N, H, W, 2) in the units of `grid_sample`: letters of other proportions, lines that waver.

    Nodes half a line apart stray by up to two pixels (standard deviation); a third of the lines stay as they are.
    """
    nodes = torch.randn((count, 2, 3, max(3, round(width / 24))), device=device, generator=generator)
    strength = 2.0 * (torch.rand((count, 1, 1, 1), device=device, generator=generator) * 1.5 - 0.5).clamp_(min=0)
    field = functional.interpolate(nodes * strength, size=(height, width), mode="bicubic", align_corners=True)
    scale = torch.tensor([2 / width, 2 / height], device=device)
    return field.permute(0, 2, 3, 1) * scale


def rate_at(share: float, peak: float) -> float:
    """Warm up over 3 % of the planned time, then fall along a cosine to a two-hundredth of the peak."""
    if share < 0.03:
        return peak * max(0.02, share / 0.03)
    return peak * (0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - 0.03) / 0.97))))


class Trainer:
    """One run. `train` returns the facts of the last saved state."""

    def __init__(self, plan: Plan, settings: dict[str, Any]) -> None:
        torch.manual_seed(plan.seed)
        torch.set_num_threads(plan.threads)
        self.plan = plan
        torch.backends.cudnn.benchmark = True
        model = build(settings, plan.start if plan.resume is None else None)
        self.model = model.to(plan.device, memory_format=torch.channels_last)
        self.model.train()
        self.average = {name: t.detach().clone() for name, t in self.model.state_dict().items()}
        decayed = [p for p in self.model.parameters() if p.ndim > 1]
        plain = [p for p in self.model.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}]
        fused = plan.device.startswith("cuda")
        self.optimiser = torch.optim.AdamW(groups, lr=plan.peak_rate, betas=(0.9, 0.98), fused=fused)
        self.facts: dict[str, Any] = {"step": 0, "seconds": 0.0, "lines": 0, "rendered": 0, "settings": settings}
        if plan.resume is not None:
            self.facts |= load_state(plan.resume, self.model, self.average, self.optimiser) | {"settings": settings}
            if fused:
                for state in self.optimiser.state.values():
                    state["step"] = state["step"].to(plan.device)
        self.generator = torch.Generator(device=plan.device).manual_seed(plan.seed + self.facts["step"])

    def step(self, pool: Pool, rng: Random, share: float) -> Tensor:
        """One update; the loss, still on the device."""
        images, targets, lengths = pool.batch(rng, self.plan.columns)
        rate = rate_at(share, self.plan.peak_rate)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        x = vary(images, self.generator)
        with torch.autocast(self.plan.device.split(":")[0], dtype=torch.bfloat16, enabled=self.plan.bfloat16):
            answers = self.model(x.contiguous(memory_format=torch.channels_last))
        steps = torch.full((len(images),), images.shape[2] // self.model.stride, dtype=torch.long)
        loss = functional.ctc_loss(
            answers.transpose(0, 1), targets.to(answers.device), steps, lengths, zero_infinity=True
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 2.0)
        self.optimiser.step()
        self._follow()
        self.facts["step"] += 1
        self.facts["lines"] += len(images)
        return loss.detach()

    def _follow(self) -> None:
        """The moving average of the weights: a short memory at first, then about 1,500 steps."""
        keep = min(0.9993, (1 + self.facts["step"]) / (10 + self.facts["step"]))
        floats = [(self.average[n], t) for n, t in self.model.state_dict().items() if t.is_floating_point()]
        with torch.no_grad():
            torch._foreach_lerp_([a for a, _ in floats], [t.detach() for _, t in floats], 1 - keep)

    def train(self, feed: Feed, held_out: list[HeldOut]) -> dict[str, Any]:
        plan, facts = self.plan, self.facts
        rng = Random(plan.seed + facts["step"])
        pool = Pool(plan.device, plan.pool_lines)
        start, before = time.monotonic(), facts["seconds"]
        earlier, first = facts["rendered"], facts["lines"]
        next_save, next_measure, next_word, losses = plan.save_every, plan.measure_every, 10.0, []
        while (passed := time.monotonic() - start) < plan.seconds:
            self._fill(feed, pool, facts["lines"] - first)
            losses.append(self.step(pool, rng, plan.share(before + passed)))
            facts["seconds"], facts["rendered"] = before + passed, earlier + feed.lines
            if passed > next_word:
                self._say(losses, passed, feed, pool)
                losses, next_word = [], passed + 30
            if passed > next_measure:
                self._measure(held_out)
                next_measure = time.monotonic() - start + plan.measure_every
            if passed > next_save:
                save_state(plan.out, self.model, self.average, self.optimiser, facts)
                next_save = time.monotonic() - start + plan.save_every
        self._measure(held_out)
        save_state(plan.out, self.model, self.average, self.optimiser, facts)
        return facts

    def _fill(self, feed: Feed, pool: Pool, used: int) -> None:
        """Take lines until each has to serve `reuse` times; more would only cost the machine."""
        while feed.lines < BARE_POOL + used / self.plan.reuse:
            ready = feed.take(wait=0.5)
            if ready is not None:
                pool.add(*ready)

    def _say(self, losses: list[Tensor], passed: float, feed: Feed, pool: Pool) -> None:
        loss = float(torch.stack(losses).mean())
        facts = {k: self.facts[k] for k in ("step", "lines")}
        word = {**facts, "seconds": round(self.facts["seconds"]), "loss": round(loss, 4),
                "rendered_per_s": round(feed.lines / passed), "pool": pool.size * PACK}  # fmt: skip
        self._log(word)

    def _measure(self, held_out: list[HeldOut]) -> None:
        averaged = build(self.facts["settings"]).to(self.plan.device)
        averaged.load_state_dict(self.average)
        averaged.eval()
        figures = {held.name: measure(averaged, held, self.plan.device) for held in held_out}
        self._log({"step": self.facts["step"], "seconds": round(self.facts["seconds"]), "held_out": figures})

    def _log(self, word: dict[str, Any]) -> None:
        line = json.dumps(word, ensure_ascii=False)
        print(line, flush=True)
        self.plan.out.mkdir(parents=True, exist_ok=True)
        with (self.plan.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def run(plan: Plan, recipe: Recipe, settings: dict[str, Any], held_out: list[HeldOut]) -> dict[str, Any]:
    """Train for `plan.seconds` and leave the state in `plan.out`."""
    with Feed(recipe, workers=plan.workers, seed=plan.seed + 7) as feed:
        trainer = Trainer(plan, settings)
        facts = trainer.train(feed, held_out)
    used = {"plan": asdict(plan), "recipe": asdict(recipe), "characters": CHARACTERS}
    (plan.out / "recipe.json").write_text(json.dumps(used, default=str, indent=1), encoding="utf-8")
    return facts
