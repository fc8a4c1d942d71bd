"""From a book's corrected lines to a model of the book, and whether that model is to be used."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from ocr_models.adaptation.guard import guard
from ocr_models.adaptation.judging import Errors, Judges
from ocr_models.adaptation.layers import Array
from ocr_models.adaptation.lines import CorrectedLine, Sample, held_out, samples_of
from ocr_models.adaptation.tuning import Recipe, tune
from ocr_models.adaptation.weights import read_parameters, write_parameters
from ocr_models.errors import ModelDamagedError
from ocr_models.reader.reader import NAME, WEIGHTS, Manifest
from ocr_models.weights import read_verified
from pipeline.domain.errors import InputError
from pipeline.domain.message import Message

ADAPTED_NAME = f"{NAME}+book"
LEAST_LINES = 20
MOST_FORGOTTEN = 0.5
"""Points of character errors that lines of the general kind may lose."""

SHARES = (0.7, 0.55, 0.4, 0.25)
"""Shares of the way from the base to what was learnt that are tried: all of it reads no hand better than 0.7 of it."""

Verdict = Literal["better", "not_better", "forgets", "credulous"]
Progress = Callable[[int, int], None]


class TooFewLines(InputError):
    """There are not enough corrected lines yet to learn a hand from."""

    code = "adaptation.too_few_lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model as it is kept: the weights file's bytes and the manifest that belongs to it."""

    weights: bytes
    manifest: Manifest
    parameters: Mapping[str, Array] = field(repr=False)

    @staticmethod
    def load(folder: Path | None = None) -> Model:
        """The model in a folder, the base by default. Raises `ModelError`s."""
        place = folder or WEIGHTS
        manifest = Manifest.read(place)
        return Model.of(read_verified(place / f"{NAME}.onnx", manifest.sha256), manifest)

    @staticmethod
    def of(weights: bytes, manifest: Manifest) -> Model:
        """Raises `ModelDamagedError` when the bytes are not the manifest's, `NotAdaptable`."""
        if hashlib.sha256(weights).hexdigest() != manifest.sha256:
            raise ModelDamagedError(
                Message("Mô hình của sổ không đúng mã kiểm tra.", "A book's model does not have its manifest's digest.")
            )
        return Model(weights=weights, manifest=manifest, parameters=read_parameters(weights))

    def judges(self, lines: Sequence[Sample], *, alone: bool = False) -> Judges:
        """These lines, to judge models that are to read beside this one, or alone in its place."""
        return Judges.of(self.parameters, lines, self.manifest.characters, alone=alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """A model of a book. `facts` are figures only; `verdict`: whether it may replace the one in use."""

    weights: bytes
    manifest: bytes
    verdict: Verdict
    facts: Mapping[str, Any]


def adapt(
    lines: Sequence[CorrectedLine],
    *,
    base: Model,
    in_use: Model | None = None,
    recipe: Recipe | None = None,
    labels: Sequence[Sample] | None = None,
    alone: bool = False,
    seed: int = 1,
    progress: Progress | None = None,
) -> Adapted:
    """A model for the hand of these lines, learnt from the base, measured on those of the lines it never saw.

    Every measure is of both reading together, as the reader does (`ocr_models.reader.surer`), or of the new model in
    the base's place if `alone`. What was learnt is taken over in the largest of the `SHARES` of the way from the base
    that forgets nothing: between two sets of parameters lie better ones than at either end (Wortsman et al., "Robust
    fine-tuning of zero-shot models", 2022). The held-out lines choose nothing, they only judge.

    `in_use`: the book's model until now, None for the base. The new one is "better" when it makes fewer
    errors on the held-out lines than that one, and `labels` (by default printed lines in fonts it never saw) lose no
    more than `MOST_FORGOTTEN`. The same input gives the same model. `progress` is called with (rounds done, rounds).
    Raises `TooFewLines`.
    """
    started = time.process_time()
    recipe = recipe or Recipe()
    characters = base.manifest.characters
    learnt, held = split(lines, characters)
    if len(learnt) + len(held) < LEAST_LINES or not learnt:
        raise _too_few(len(learnt) + len(held))
    tuned = tune(
        base.parameters,
        learnt,
        recipe=recipe,
        seed=seed,
        space=characters.index(" ") + 1,
        check=None if progress is None else lambda done, _: progress(done, recipe.rounds),
    )
    judges = base.judges(held, alone=alone)
    printed = base.judges(guard(characters) if labels is None else labels, alone=alone)
    share, parameters = taken_over(base, tuned, printed)
    weights = write_parameters(base.weights, parameters)
    manifest = manifest_of(base, weights)
    new = Model.of(weights, read_manifest(manifest))
    verdict, measured = judged(new, in_use, judges, printed)
    facts = {
        "lines": len(lines),
        "learnt": len(learnt),
        "held_out": len(held),
        "unusable": len(lines) - len(learnt) - len(held),
        **measured,
        "share": share,
        "recipe": asdict(recipe),
        "seed": seed,
        "base_sha256": base.manifest.sha256,
        "cpu_seconds": round(time.process_time() - started, 1),
    }
    return Adapted(weights=weights, manifest=manifest, verdict=verdict, facts=facts)


def taken_over(base: Model, tuned: Mapping[str, Array], labels: Judges) -> tuple[float, dict[str, Array]]:
    """The largest share of the way from the base that forgets none of the `labels`, with its parameters; the largest
    of all where each forgets.
    """

    def mixed(share: float) -> dict[str, Array]:
        return {name: start + share * (tuned[name] - start) for name, start in base.parameters.items()}

    allowed = labels.base.rate + MOST_FORGOTTEN
    share = next((share for share in SHARES if labels.errors(mixed(share)).rate <= allowed), SHARES[0])
    return share, mixed(share)


def judged(new: Model, in_use: Model | None, held: Judges, labels: Judges) -> tuple[Verdict, dict[str, Any]]:
    """Whether the new model may be used, and the character errors (per cent) that decide it."""
    errors = {
        "base": held.base,
        "in_use": held.base if in_use is None else held.errors(in_use.parameters),
        "new": held.errors(new.parameters),
    }
    printed = {"base": labels.base, "new": labels.errors(new.parameters)}
    measured = {
        "held_out_cer": {name: round(figures.rate, 3) for name, figures in errors.items()},
        "printed_cer": {name: round(figures.rate, 3) for name, figures in printed.items()},
    }
    if printed["new"].rate > printed["base"].rate + MOST_FORGOTTEN:
        return "forgets", measured
    return ("better" if errors["new"].wrong < errors["in_use"].wrong else "not_better"), measured


def compare(lines: Sequence[CorrectedLine], *, base: Model, in_use: Model) -> tuple[Errors, Errors]:
    """Errors of the base, and of both with the book's model, on newly corrected lines, which neither has seen."""
    usable = [sample for sample in samples_of(lines, base.manifest.characters) if sample is not None]
    judges = base.judges(usable)
    return judges.base, judges.errors(in_use.parameters)


def split(lines: Sequence[CorrectedLine], characters: str) -> tuple[list[Sample], list[Sample]]:
    """Lines to learn from, and lines held out; those that cannot be used are in neither."""
    pairs = list(zip(samples_of(lines, characters), held_out(lines), strict=True))
    learnt = [sample for sample, held in pairs if sample is not None and not held]
    return learnt, [sample for sample, held in pairs if sample is not None and held]


def read_manifest(manifest: bytes) -> Manifest:
    """The manifest of a kept model. Raises `ModelDamagedError`."""
    return Manifest.parse(manifest)


def manifest_of(base: Model, weights: bytes, *, name: str = ADAPTED_NAME, **more: Any) -> bytes:
    """The manifest of a model made of the base; `more` is told in it too."""
    facts = {
        "name": name,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "precision": "fp32",
        "height": base.manifest.height,
        "stride": base.manifest.stride,
        "characters": base.manifest.characters,
        "base_sha256": base.manifest.sha256,
        **more,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def _too_few(usable: int) -> TooFewLines:
    return TooFewLines(
        Message(
            f"Mới có {usable} dòng dùng được, cần ít nhất {LEAST_LINES}; hãy sửa thêm rồi chạy lại.",
            f"Only {usable} usable lines, at least {LEAST_LINES} are needed; correct more and run again.",
        )
    )
