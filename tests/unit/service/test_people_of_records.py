"""Whose papers a record is: by ids that are certain, or that a register names which did not teach the reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.model import RegisterOutcome, Validation
from pipeline.domain.recognition import BY_REGISTER, ModelIdentity
from service.holdings.index import people_of, person_digest
from service.wire.keys import Keys
from tests.making.desk_home import CERTIFICATE, PROVENANCE, DeskHome, truths

KEYS = Keys(master=b"k" * 32)
REGISTERED = "001234567890"


@pytest.mark.parametrize(("model", "named"), [("hotich-lines+book", True), (f"hotich-lines+book{BY_REGISTER}", False)])
def test_a_register_names_nobody_by_what_it_taught_the_reader(model: str, named: bool, tmp_path: Path) -> None:
    home = DeskHome.open(tmp_path)
    home.provenance = replace(PROVENANCE, models=(ModelIdentity(name=model, sha256="3" * 64),))
    record = home.record(truths()[CERTIFICATE], [], b"x").evolve(
        validation=Validation(outcome=RegisterOutcome.MATCH, register_id=REGISTERED)
    )
    home.close()
    people = {held.person for held in people_of(record, KEYS)}
    assert (person_digest(KEYS, REGISTERED) in people) is named
