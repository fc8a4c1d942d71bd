"""Every kind of file is read under confinement as it is without; a spoilt one costs itself alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.errors import InputError
from pipeline.intake.limits import IntakeLimits
from workers.draw_view import Viewer
from workers.view_jobs import ShowPage
from workers.view_renderer import ViewRenderer

SAMPLES = Path(__file__).parents[3] / "samples"
ENDINGS = (".jpg", ".tiff", ".pdf", ".webp", ".heic", ".png")
KINDS = [next((p for p in sorted(SAMPLES.iterdir()) if p.suffix == ending), None) for ending in ENDINGS]
HERE = [path for path in KINDS if path is not None]


class _Deaf:
    def page(self, number: int) -> None:
        """Nobody counts the time."""

    def source(self, path: str) -> Path:
        return Path(path)


@pytest.fixture(scope="module")
def renderer() -> Iterator[ViewRenderer]:
    made = ViewRenderer(IntakeLimits(), memory_mb=1024)
    yield made
    made.close()


@pytest.mark.parametrize("path", HERE, ids=lambda path: path.suffix)
def test_a_confined_process_sees_the_same_page(renderer: ViewRenderer, path: Path) -> None:
    deaf: Any = _Deaf()
    here = Viewer(IntakeLimits())(ShowPage(path=str(path), sha256="0", page=1), deaf)
    assert renderer.page(path, sha256=path.name, page=1).result(120) == here


@pytest.mark.parametrize("path", HERE, ids=lambda path: path.suffix)
def test_spoilt_bytes_are_the_files_fault_and_the_next_file_is_read(
    renderer: ViewRenderer, path: Path, tmp_path: Path
) -> None:
    chance, whole = random.Random(path.suffix), path.read_bytes()
    for n in range(6):
        spoilt = bytearray(whole[: chance.randrange(len(whole) // 2, len(whole))])
        for _ in range(40):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        bad = tmp_path / f"{n}{path.suffix}"
        bad.write_bytes(spoilt)
        try:
            renderer.page(bad, sha256=f"{path.name}{n}", page=1).result(120)
        except InputError:
            continue
    assert renderer.page(path, sha256=f"{path.name} again", page=1).result(120).picture


def test_a_file_that_is_not_there_is_told_as_one(renderer: ViewRenderer, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        renderer.page(tmp_path / "gone.jpg", sha256="1", page=1).result(120)
    assert caught.value.code == "input.missing"
