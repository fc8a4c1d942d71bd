"""From lines that nobody reviewed, with what the population register says stands in them, to a model of the book.

The register may be wrong, and the line may be another than it speaks of. So a line teaches only where its ink agrees,
word by word (`ink_agrees`), in several passes: what the base reads too badly to judge, the first pass's model can. What
is learnt so is judged on lines that taught nothing, and must still contradict a wrong entry.

Method: several passes of forced alignment with texts that need not be right, as editions are used to train readers of
manuscripts (Fischer et al., "HMM-Based Alignment of Inaccurate Transcriptions for Historical Documents", 2011; by CTC
"CTC Transcription Alignment of the Bullinger Letters", arXiv 2508.07904, 2025).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from rapidfuzz.distance import Levenshtein

from ocr_models.adaptation.adapt import (
    ADAPTED_NAME,
    LEAST_LINES,
    Adapted,
    Model,
    Progress,
    TooFewLines,
    judged,
    manifest_of,
    read_manifest,
    split,
    taken_over,
)
from ocr_models.adaptation.guard import guard
from ocr_models.adaptation.ink_agrees import agreeing, said
from ocr_models.adaptation.judging import Judges
from ocr_models.adaptation.layers import Array
from ocr_models.adaptation.lines import LEAST_HELD_OUT, CorrectedLine, Sample, held_out, samples_of
from ocr_models.adaptation.tuning import Recipe, tune
from ocr_models.adaptation.weights import write_parameters
from pipeline.domain.message import Message
from pipeline.domain.recognition import BY_REGISTER

TAUGHT_NAME = ADAPTED_NAME + BY_REGISTER
LEAST_FOUND = 0.95
"""Share of wrong texts that a taught model must still find contradicted by the ink."""

ROUNDS = (4, 8, 12)
"""How often each pass sees the lines that it learns from."""


@dataclass(frozen=True, slots=True, eq=False)
class ProposedLine:
    """A line of the book and what the register says stands in it. `source` names the field of the document that it is,
    so that it can be told what taught a model; no text, no name."""

    line: CorrectedLine
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """Usable lines: to be learnt from (with their sources), and those that are never."""

    learnt: tuple[Sample, ...]
    sources: tuple[str, ...]
    held: tuple[Sample, ...]


def teach(
    reviewed: Sequence[CorrectedLine],
    *,
    proposed: Sequence[ProposedLine],
    base: Model,
    in_use: Model | None = None,
    recipe: Recipe | None = None,
    labels: Sequence[Sample] | None = None,
    passes: Sequence[int] = ROUNDS,
    seed: int = 1,
    progress: Progress | None = None,
) -> Adapted:
    """A model for the hand of the proposed lines; what people `reviewed` is learnt too, and is believed as it stands.

    "better" as in `adapt`, on a fifth of the lines that was never learnt from: proposed ones that the ink bears out in
    the base's eyes or in the new model's, and reviewed ones, which by themselves may not be read worse than by the
    model `in_use`. "credulous": better, but it would find fewer than `LEAST_FOUND` of wrong texts contradicted by the
    ink. Its name says that the register taught it, and its manifest names the lines. The same input gives the same
    model. Raises `TooFewLines`.
    """
    started = time.process_time()
    recipe, characters = recipe or Recipe(), base.manifest.characters
    seen, checked = split(reviewed, characters)
    lesson = _lesson(proposed, reviewed, characters)
    tuned, kept = _taught(base, lesson, seen, recipe, passes, seed, progress)
    held = _borne_out(base.parameters, tuned, lesson.held)
    if len(held) + len(checked) < LEAST_HELD_OUT:
        raise _too_few(len(held) + len(checked), LEAST_HELD_OUT)
    judges, printed = base.judges([*held, *checked]), base.judges(guard(characters) if labels is None else labels)
    share, parameters = taken_over(base, tuned, printed)
    weights = write_parameters(base.weights, parameters)
    sources = sorted(source for source, keep in zip(lesson.sources, kept[-1], strict=True) if keep)
    manifest = manifest_of(base, weights, name=TAUGHT_NAME, taught_by={"register": sources})
    new = Model.of(weights, read_manifest(manifest))
    verdict, measured = judged(new, in_use, judges, printed)
    found = {name: round(_found(model.parameters, held, lesson), 3) for name, model in (("base", base), ("new", new))}
    if verdict == "better" and _reads_worse(new, in_use, base.judges(checked)):
        verdict = "not_better"
    if verdict == "better" and found["new"] < LEAST_FOUND:
        verdict = "credulous"
    facts = {
        "learnt_from": "register",
        "proposed": len(proposed),
        "believed": [sum(keeps) for keeps in kept],
        "lines": len(reviewed),
        "learnt": sum(kept[-1]) + len(seen),
        "held_out": len(held) + len(checked),
        **measured,
        "contradictions_found": found,
        "share": share,
        "recipe": asdict(recipe) | {"rounds": list(passes)},
        "seed": seed,
        "base_sha256": base.manifest.sha256,
        "cpu_seconds": round(time.process_time() - started, 1),
    }
    return Adapted(weights=weights, manifest=manifest, verdict=verdict, facts=facts)


def _lesson(proposed: Sequence[ProposedLine], reviewed: Sequence[CorrectedLine], characters: str) -> _Lesson:
    """The usable proposed lines, each image once; what people reviewed is not proposed."""
    known = {line.image for line in reviewed}
    unique: dict[bytes, ProposedLine] = {}
    for one in proposed:
        if one.line.image not in known:
            unique.setdefault(one.line.image, one)
    lines = [one.line for one in unique.values()]
    learnt: list[Sample] = []
    sources: list[str] = []
    held: list[Sample] = []
    samples = samples_of(lines, characters)
    for one, sample, apart in zip(unique.values(), samples, held_out(lines), strict=True):
        if sample is None:
            continue
        if apart:
            held.append(sample)
        else:
            learnt.append(sample)
            sources.append(one.source)
    return _Lesson(tuple(learnt), tuple(sources), tuple(held))


def _taught(
    base: Model,
    lesson: _Lesson,
    seen: Sequence[Sample],
    recipe: Recipe,
    passes: Sequence[int],
    seed: int,
    progress: Progress | None,
) -> tuple[dict[str, Array], list[list[bool]]]:
    """The parameters after all passes, and which of the lines taught each of them. Raises `TooFewLines`."""
    parameters = dict(base.parameters)
    kept: list[list[bool]] = []
    for number, rounds in enumerate(passes):
        pieces = said(parameters, lesson.learnt, rivals=(*lesson.learnt, *lesson.held))
        kept.append([bool(own) for own in pieces])
        believed = [piece for own in pieces for piece in own]
        if sum(kept[-1]) + len(seen) < LEAST_LINES:
            raise _too_few(sum(kept[-1]) + len(seen), LEAST_LINES)
        done = sum(passes[:number])

        def check(round_: int, _: Mapping[str, Array], done: int = done) -> None:
            if progress is not None:
                progress(done + round_, sum(passes))

        one_pass, space = replace(recipe, rounds=rounds), base.manifest.characters.index(" ") + 1
        parameters = tune(parameters, [*believed, *seen], recipe=one_pass, seed=seed + number, space=space, check=check)
    return parameters, kept


def _reads_worse(new: Model, in_use: Model | None, checked: Judges) -> bool:
    before = checked.base if in_use is None else checked.errors(in_use.parameters)
    return checked.errors(new.parameters).wrong > before.wrong


def _borne_out(base: Mapping[str, Array], tuned: Mapping[str, Array], lines: Sequence[Sample]) -> list[Sample]:
    """Lines whose text one of the two finds in the ink: neither model alone chooses what both are judged on."""
    before, after = agreeing(base, lines, rivals=()), agreeing(tuned, lines, rivals=())
    return [line for line, first, second in zip(lines, before, after, strict=True) if first or second]


def _found(parameters: Mapping[str, Array], held: Sequence[Sample], lesson: _Lesson) -> float:
    """Share of the lines whose ink contradicts a text that stands elsewhere: of all others that which is most like it.

    1.0 where there is no other text."""
    texts = {line.text: line.labels for line in (*lesson.learnt, *lesson.held)}
    wrong: list[Sample] = []
    for line in held:
        others = [text for text in texts if text != line.text]
        if others:
            other = min(others, key=lambda text: Levenshtein.normalized_distance(text, line.text))
            wrong.append(Sample(line.ink, other, texts[other]))
    believed = agreeing(parameters, wrong, rivals=())
    return 1 - sum(believed) / len(believed) if believed else 1.0


def _too_few(usable: int, least: int) -> TooFewLines:
    return TooFewLines(
        Message(
            f"Mới có {usable} dòng mà nét chữ viết khớp cơ sở dữ liệu dân cư, cần ít nhất {least}; "
            "hãy đọc thêm trang của sổ.",
            f"Only {usable} lines whose ink agrees with the population register, at least {least} are needed; "
            "read more of the book's pages first.",
        )
    )
