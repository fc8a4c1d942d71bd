"""Fits the calibration: which evidence goes with right values, on labelled documents.

`python -m ocr_models.workshop.measuring.calibrate FOLDER…` reads every file of the labelled folders, pairs the
fields with their truth and fits a logistic regression with a small ridge. A fifth of the files (by name, so
the split is the same each time) is held out to measure the expected calibration error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ocr_models.evaluation.scoring import pair_records
from ocr_models.evaluation.truth import TrueRecord, parse_truth
from ocr_models.readers import load_readers
from ocr_models.workshop.measuring.logistic import expected_calibration_error as distance_from_truth
from ocr_models.workshop.measuring.logistic import fit_logistic
from pipeline.domain.errors import HotichError
from pipeline.domain.model import FieldSource, Provenance
from pipeline.read_document import PipelineSettings, read_document
from pipeline.read_page import Readers
from pipeline.records.contract import record_object
from pipeline.settling.triage import Evidence, LogisticCalibration

_READERS: list[Readers] = []


@dataclass(frozen=True, slots=True)
class Sample:
    """One field: its evidence, whether its value was right, and the file it came from."""

    file: str
    name: str
    evidence: Evidence
    right: bool


def samples_of(folder: Path, file: str, truth: Sequence[TrueRecord]) -> list[Sample]:
    """Every field read on one file, judged. Fields that truth does not name are wrong when they hold a value."""
    if not _READERS:
        _READERS.append(load_readers())
    nobody = Provenance(software="calibration", models=(), settings_sha256="")
    try:
        drafts = read_document(
            folder / file, name=file, sha256="0" * 64, readers=_READERS[0], provenance=nobody,
            settings=PipelineSettings(),
        )  # fmt: skip
    except HotichError:
        return []
    by_id = {draft.record.document_id: draft for draft in drafts}
    samples = []
    for true, read in pair_records(list(truth), [record_object(d.record) for d in drafts]):
        if read is None:
            continue
        draft = by_id[read["document_id"]]
        for field, evidence in zip(draft.record.fields, draft.evidence, strict=True):
            expected = true.fields.get(field.name)
            right = (expected.value if expected else None) == (field.value or None)
            samples.append(Sample(file, field.name, evidence, right))
    return samples


def fit(samples: Sequence[Sample]) -> LogisticCalibration:
    """Maximum likelihood with a ridge on everything but the bias. Codes get their plain share of right values."""
    coded = [s for s in samples if _coded(s)]
    rest = [s for s in samples if not _coded(s)]
    weights = fit_logistic([s.evidence.features() for s in rest], [s.right for s in rest])
    rate = (sum(s.right for s in coded) + 0.5) / (len(coded) + 1) if coded else 0.5
    return LogisticCalibration(weights=weights, codes=round(rate, 4))


def expected_calibration_error(calibration: LogisticCalibration, samples: Sequence[Sample]) -> float:
    """Mean distance between probability and share of right values, in ten equally filled bins."""
    probabilities = [calibration.probability(s.evidence) or 0.0 for s in samples]
    return distance_from_truth(probabilities, [s.right for s in samples])


def _coded(sample: Sample) -> bool:
    return sample.evidence.source is not FieldSource.TEXT


def collect(folders: Iterable[Path], workers: int) -> list[Sample]:
    jobs: list[tuple[Path, str, list[TrueRecord]]] = []
    for folder in folders:
        records, errors = parse_truth((folder / "truth.jsonl").read_text(encoding="utf-8").splitlines())
        for error in errors:
            print(f"{folder.name}/truth.jsonl:{error.line}: {error.reason}", file=sys.stderr)
        by_file: dict[str, list[TrueRecord]] = {}
        for record in records:
            by_file.setdefault(record.file, []).append(record)
        jobs += [(folder, file, truth) for file, truth in by_file.items()]
    with ProcessPoolExecutor(workers) as pool:
        return [s for samples in pool.map(samples_of, *zip(*jobs, strict=True)) for s in samples]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "calibration.json")
    arguments = parser.parse_args()
    samples = collect(arguments.folders, arguments.workers)
    held = [s for s in samples if sha256(s.file.encode()).digest()[0] < 51]
    kept = [s for s in samples if sha256(s.file.encode()).digest()[0] >= 51]
    error = expected_calibration_error(fit(kept), held)
    final = fit(samples)
    report = {
        **asdict(final),
        "fields": len(samples),
        "files": len({s.file for s in samples}),
        "held_out_fields": len(held),
        "held_out_expected_calibration_error": round(error, 4),
    }
    arguments.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(samples)} fields; expected calibration error on {len(held)} held-out fields: {error:.4f}")


if __name__ == "__main__":
    main()
