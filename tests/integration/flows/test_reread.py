from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import flows.reread as rereading
from flows.reread import provide_reread, reread_archive
from hotich.wiring.batch import reread_chosen
from pipeline.domain.errors import ResourceError
from storage.catalogue import Catalogue


@pytest.fixture(autouse=True)
def nothing_provided() -> Iterator[None]:
    yield
    rereading._rereads.clear()


def test_the_flow_hands_on_what_was_chosen_and_gives_counts() -> None:
    asked: list[tuple[object, ...]] = []

    def reread(*chosen: object) -> dict[str, float]:
        asked.append(chosen)
        return {"files": 3}

    provide_reread(reread)
    assert reread_archive.fn("household_book", "1994", "2026-01-01", "", start=True) == {"files": 3}
    assert asked == [("household_book", "1994", "2026-01-01", "", True)]


def test_deployed_without_its_wiring_it_says_so() -> None:
    with pytest.raises(ResourceError) as caught:
        reread_archive.fn()
    assert caught.value.code == "resource.not_wired"


def test_an_archive_with_nothing_to_read_again_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTICH_HOME", str(tmp_path))
    Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.db'}").close()
    assert reread_chosen("", "", "", "", True) == {"files": 0, "pages": 0, "bytes": 0, "cpu_seconds": 0}
