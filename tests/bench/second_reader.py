"""`python -m tests.bench.second_reader`: what share of a pen page's CPU time the second reader takes.

Documents filled in by pen, drawn by a seed in faces that nothing was trained on, are read as the program reads them.
Both times are of one run, so the share holds on a busy machine too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import cv2

from ocr_models.readers import load_readers
from ocr_models.workshop.drawing.dataset import Job, write_job
from ocr_models.workshop.drawing.register_rows import Register
from pipeline.domain.model import Provenance
from pipeline.domain.recognition import LineImage, ModelIdentity, Reading, Recognizer
from pipeline.forms.loading import load_forms
from pipeline.read_document import read_document
from pipeline.settings import PipelineSettings

SEED = 1309


@dataclass(slots=True)
class Timed:
    """A reader whose CPU seconds and lines are counted."""

    reader: Recognizer
    seconds: float = 0.0
    lines: int = 0

    @property
    def identity(self) -> ModelIdentity:
        return self.reader.identity

    @property
    def charset(self) -> frozenset[str]:
        return self.reader.charset

    def read(self, lines: Sequence[LineImage]) -> list[Reading]:
        started = time.process_time()
        try:
            return self.reader.read(lines)
        finally:
            self.seconds += time.process_time() - started
            self.lines += len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=24, help="documents, of each form in turn that a pen fills in")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    loaded = load_readers()
    second = Timed(loaded.seconds[0])
    readers = replace(loaded, seconds=(second,))
    forms = [form for form in load_forms() if "pen" in form.writing]
    register = Register(Random(SEED))
    spent = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(options.count):
            job = Job(
                seed=f"{SEED}/{number}", form=forms[number % len(forms)], kind="pen", capture="flatbed",
                container="jpg", dpi=300, wear="mild", split="test",
            )  # fmt: skip
            path = Path(scratch, f"{number}.jpg")
            write_job(path, job, register)
            started = time.process_time()
            read_document(
                path, name=path.name, sha256="0" * 64, readers=readers, settings=PipelineSettings(),
                provenance=Provenance(software="bench", models=(), settings_sha256=""),
            )  # fmt: skip
            if number:  # the first one loads what is loaded once
                spent += time.process_time() - started
            else:
                second.seconds, second.lines = 0.0, 0
    print(
        f"{options.count - 1} files by pen: {spent:.1f} CPU s, of these {second.seconds:.1f} "
        f"({100 * second.seconds / spent:.1f} %) for {second.lines} lines asked of the second reader"
    )


if __name__ == "__main__":
    main()
