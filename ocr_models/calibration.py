"""The shipped calibration: from a field's evidence to the probabilities that it was read right and is the field's own.

Fitted by `python -m tests.bench.calibrate` on documents of our own generators, in fonts that no rule was tuned on and
in layouts of nobody's definition, and on another maker's (docs/decisions/0025 and 0031 have the figures).
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib import resources

from ocr_models.errors import ModelDamagedError
from pipeline.domain.message import Message
from pipeline.settling.triage import LogisticCalibration


@cache
def load_calibration() -> LogisticCalibration | None:
    """The calibration beside this module; None when there is none: then nothing is accepted unseen.

    Raises `ModelDamagedError` when the file is not one.
    """
    file = resources.files("ocr_models") / "calibration.json"
    if not file.is_file():
        return None
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        weights = {str(name): float(value) for name, value in raw["weights"].items()}
        belonging = {str(name): float(value) for name, value in raw["belonging"].items()}
        codes = float(raw["codes"])
        if not all(map(math.isfinite, [*weights.values(), *belonging.values()])) or not 0.0 <= codes <= 1.0:
            raise ValueError("a weight is no number, or the rate of codes is no share")
        return LogisticCalibration(weights=weights, belonging=belonging, codes=codes)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelDamagedError(
            Message(
                "calibration.json bị hỏng; hãy cài lại chương trình",
                "calibration.json is damaged; install the program again",
            )
        ) from error
