"""`python -m tests.bench.calibrate FOLDER…`: fits the calibration, each folder's register asked as in use.

See `ocr_models.workshop.measuring.calibrate`, which knows no register: it stands in no room that may open one.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from ocr_models.workshop.measuring.calibrate import main
from pipeline.settling.register import PopulationRegister
from storage.register import SqlRegister, load_register


@cache
def register_of(folder: Path) -> PopulationRegister | None:
    """The register of a labelled folder in a database of this process; None where the folder has none."""
    population = folder / "population.csv"
    if not population.exists():
        return None
    register = SqlRegister.open(f"sqlite:///{tempfile.mkdtemp()}/register.sqlite")
    load_register(register.database, population)
    return register


if __name__ == "__main__":
    main(register_of)
