"""Fits the calibration: which evidence goes with right values, on labelled documents.

`python -m tests.bench.calibrate FOLDER… [--layouts FOLDER…] [--foreign FOLDER…]` reads every file of the labelled
folders, pairs the fields with their truth and fits two logistic regressions with a small ridge: that a value is the
field's own, on all of them, and that its characters are right, on those that are: somebody else's value read without a
fault says nothing of how well was read. A folder's register is asked as in use. `--layouts` names papers in layouts of
nobody's definition, whose families are held out as a whole; `--foreign` names documents of another maker (see
`ocr_models.workshop.measuring.foreign`), which weigh double: their layouts and captures are nobody's here. Measured
with layout families held out, an eighth of them at a time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ocr_models.calibration import load_calibration
from ocr_models.evaluation.scoring import pair_records
from ocr_models.evaluation.truth import TrueRecord, parse_truth
from ocr_models.readers import load_readers
from ocr_models.workshop.measuring.foreign import foreign_truth, is_kept_apart, template
from ocr_models.workshop.measuring.logistic import expected_calibration_error, fit_logistic
from pipeline.domain.errors import HotichError
from pipeline.domain.model import FieldSource, Provenance
from pipeline.read_document import PipelineSettings, ask_register, evidence_with, read_document
from pipeline.read_page import Readers
from pipeline.records.contract import record_object
from pipeline.settling.register import PopulationRegister
from pipeline.settling.triage import Evidence, LogisticCalibration, TriageSettings, doubts

RegisterOf = Callable[[Path], PopulationRegister | None]

_READERS: list[Readers] = []
_FOLDS = 8
_CODES = 100  # values from codes that tell their rate; by what must be right of a field that is accepted unseen
_FOREIGN_WEIGHT = 2  # times each foreign field counts
_BELONGS = 3  # a value that differs from truth in less than one of so many letters is the field's own, misread


@dataclass(frozen=True, slots=True)
class Sample:
    """One field: its evidence, whether its value was right, whether it was its own, and the layout it came from."""

    family: str
    foreign: bool
    evidence: Evidence
    right: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Job:
    """One file with its truth. `labelled`: the fields that the folder's truth names for this type; `layout`: what its
    maker calls its layout."""

    folder: Path
    file: str
    truth: tuple[TrueRecord, ...]
    family: str
    foreign: bool
    labelled: frozenset[str]
    layout: str = ""


def no_register(_folder: Path) -> None:
    return None


def samples_of(job: Job, register_of: RegisterOf = no_register) -> list[Sample]:
    """Every field read on one file, judged. Fields that truth does not name are wrong when they hold a value, but for
    what only a code states: truth names what is printed."""
    if not _READERS:
        _READERS.append(load_readers())
    nobody = Provenance(software="calibration", models=(), settings_sha256="")
    try:
        drafts = read_document(
            job.folder / job.file, name=job.file, sha256="0" * 64, readers=_READERS[0], provenance=nobody,
            settings=PipelineSettings(),
        )  # fmt: skip
    except HotichError:
        return []
    by_id = {draft.record.document_id: draft for draft in drafts}
    register, calibration = register_of(job.folder), load_calibration()
    samples = []
    for true, read in pair_records(list(job.truth), [record_object(d.record) for d in drafts]):
        if read is None:
            continue
        draft = by_id[read["document_id"]]
        checked = ask_register(draft, register=register, calibration=calibration, settings=TriageSettings())
        for field, evidence in zip(draft.record.fields, evidence_with(draft, checked), strict=True):
            if job.foreign and template(field.name) not in job.labelled:
                continue
            expected = true.fields.get(field.name)
            if expected is None and evidence.source is not FieldSource.TEXT:
                continue
            want, value = (expected.value if expected else None) or "", field.value or ""
            right = want.casefold() == value.casefold()
            samples.append(Sample(job.family, job.foreign, evidence, right, right or _is_own(want, value)))
    return samples


def _is_own(want: str, value: str) -> bool:
    """Whether a wrong value is the field's own, misread."""
    if not want or not value:
        return False
    return Levenshtein.distance(want.casefold(), value.casefold()) <= max(1, len(want) // _BELONGS)


def fit(samples: Sequence[Sample], codes: float | None = None) -> LogisticCalibration:
    """Maximum likelihood with a ridge on everything but the bias. Codes get their plain share of right values.

    `codes`: that share as it was found before; it stays where the samples have fewer than `_CODES` of them, as too few,
    all right, would say that none may be accepted.
    """
    coded = [s for s in samples if _coded(s)]
    printed = [s for s in samples if not _coded(s) for _ in range(_FOREIGN_WEIGHT if s.foreign else 1)]
    belonging = fit_logistic([s.evidence.association_features() for s in printed], [s.own for s in printed])
    own = [s for s in printed if s.own]
    weights = fit_logistic([s.evidence.features() for s in own], [s.right for s in own])
    counted = [s.right for s in coded if not s.foreign]
    rate = (sum(counted) + 0.5) / (len(counted) + 1)
    if codes is not None and len(counted) < _CODES:
        rate = codes
    return LogisticCalibration(weights=weights, belonging=belonging, codes=round(rate, 4))


def held_out(samples: Sequence[Sample]) -> list[tuple[Sample, float, float]]:
    """Each sample with its two probabilities, from a calibration that saw nothing of its layout family."""
    judged = []
    for fold in range(_FOLDS):
        calibration = fit([s for s in samples if _fold(s) != fold])
        judged += [
            (s, calibration.reading(s.evidence) or 0.0, calibration.association(s.evidence) or 0.0)
            for s in samples
            if _fold(s) == fold
        ]
    return judged


def report(judged: Sequence[tuple[Sample, float, float]], settings: TriageSettings) -> dict[str, float]:
    """What acceptance would have been, and how far the product of both is from the share of right values."""
    accepted = [
        sample
        for sample, reading, association in judged
        if not sample.evidence.noted and not doubts(sample.evidence, reading, association, settings)
    ]
    wrong = sum(not sample.right for sample in accepted)
    error = expected_calibration_error([r * a for _, r, a in judged], [s.right for s, _, _ in judged])
    return {
        "fields": len(judged),
        "accepted_share": round(len(accepted) / max(1, len(judged)), 4),
        "wrong_among_accepted": round(wrong / max(1, len(accepted)), 4),
        "expected_calibration_error": round(error, 4),
    }


def _fold(sample: Sample) -> int:
    return sha256(sample.family.encode()).digest()[0] % _FOLDS


def _coded(sample: Sample) -> bool:
    return sample.evidence.source is not FieldSource.TEXT


def own_jobs(folder: Path, *, by_layout: bool = False) -> list[Job]:
    """Files of our own generators; a file is a layout of its own, or the family that truth names (`by_layout`)."""
    records, errors = parse_truth((folder / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    for error in errors:
        print(f"{folder.name}/truth.jsonl:{error.line}: {error.reason}", file=sys.stderr)
    by_file: dict[str, list[TrueRecord]] = {}
    for record in records:
        by_file.setdefault(record.file, []).append(record)
    return [
        Job(folder, file, tuple(truth), truth[0].form if by_layout else file, False, frozenset(), truth[0].form)
        for file, truth in by_file.items()
    ]


def foreign_jobs(folder: Path) -> list[Job]:
    """Files of another maker, but for those that are kept apart."""
    files = [f for f in foreign_truth(folder / "truth.jsonl") if not is_kept_apart(f.file)]
    labelled: dict[str, set[str]] = {}
    for file in files:
        names = labelled.setdefault(file.document_type, set())
        names |= {template(name) for record in file.records for name in record.fields}
    return [
        Job(folder, f.file, f.records, f.family, True, frozenset(labelled[f.document_type]), f.family) for f in files
    ]


def collect(jobs: Iterable[Job], workers: int, register_of: RegisterOf) -> list[Sample]:
    with ProcessPoolExecutor(workers) as pool:
        read = pool.map(partial(samples_of, register_of=register_of), jobs)
        return [sample for samples in read for sample in samples]


def main(register_of: RegisterOf) -> None:
    """`register_of`: the register that lies in a folder, which each process opens for itself, or None."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--layouts", nargs="*", type=Path, default=[], help="of ocr_models.workshop.layouts")
    parser.add_argument("--foreign", nargs="*", type=Path, default=[])
    parser.add_argument("--reading", type=Path, help="take the weights of reading from this calibration")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "calibration.json")
    arguments = parser.parse_args()
    jobs = [job for folder in arguments.folders for job in own_jobs(folder)]
    jobs += [job for folder in arguments.layouts for job in own_jobs(folder, by_layout=True)]
    jobs += [job for folder in arguments.foreign for job in foreign_jobs(folder)]
    samples = collect(jobs, arguments.workers, register_of)
    judged = held_out(samples)
    figures = {
        name: report([j for j in judged if j[0].foreign is foreign], TriageSettings())
        for name, foreign in (("own", False), ("foreign", True))
        if any(s.foreign is foreign for s in samples)
    }
    shipped = load_calibration()  # wherever the new one goes: few codes among the samples must not forget its rate
    fitted = asdict(fit(samples, shipped.codes if shipped is not None else None))
    if arguments.reading is not None:
        kept = json.loads(arguments.reading.read_text(encoding="utf-8"))
        fitted |= {"weights": kept["weights"], "codes": kept["codes"]}
    table = {**fitted, "families": len({s.family for s in samples}), "held_out": figures}
    arguments.out.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
