"""Pictures of originals: lines fall on their ink whichever way the scan lies, and come from a bounded process."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ocr_models.adaptation.adapt import Adapted
from ocr_models.adaptation.lines import CorrectedLine
from pipeline.domain.errors import InputError
from pipeline.domain.geometry import Point, Quad, Transform, rectangle
from pipeline.intake.limits import IntakeLimits
from storage.books import Correction, keep_corrections
from storage.catalogue import Catalogue
from storage.objects import LocalStore
from tests.making.sheets import page
from workers.books.adapt_book import adapt_book
from workers.draw_view import NothingToShow, Viewer, line_of, reading_line_of
from workers.processes import WorkerLimits, WorkerPool, WorkerSpec
from workers.view_jobs import CutLine, ShowLine, Shown, ShowPage

WIDE, HIGH = 900, 1200
BOX = rectangle(200, 300, 520, 340)
TURNS = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def a_page() -> NDArray[np.uint8]:
    """A blue word with a red bar under its first letter: neither upside down nor mirrored is it the same."""
    page = np.full((HIGH, WIDE, 3), 250, np.uint8)
    cv2.putText(page, "Fg 1957", (205, 332), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (160, 40, 20), 3, cv2.LINE_AA)
    cv2.rectangle(page, (205, 336), (225, 339), (30, 30, 220), -1)
    return page


def turned(page: NDArray[np.uint8], degrees: int) -> tuple[NDArray[np.uint8], Quad]:
    """The page as a scanner gives it that was fed another way, and where the box lies on it."""

    def moved(point: Point) -> Point:
        x, y = point
        return {0: (x, y), 90: (HIGH - y, x), 180: (WIDE - x, HIGH - y), 270: (y, WIDE - x)}[degrees]

    a, b, c, d = map(moved, BOX)
    how = TURNS[degrees]
    return page if how is None else np.asarray(cv2.rotate(page, how), np.uint8), (a, b, c, d)


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean difference of two pictures, the smaller one grown to the other."""
    other = np.asarray(cv2.resize(other, (one.shape[1], one.shape[0])), np.uint8)
    return float(cv2.absdiff(one, other).mean())


def decoded(data: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def saved(path: Path, page: NDArray[np.uint8]) -> ShowPage:
    path.write_bytes(cv2.imencode(".png", page)[1].tobytes())
    return ShowPage(path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest(), page=1)


class _Deaf:
    def page(self, number: int) -> None:
        """Nobody counts the time."""

    def source(self, path: str) -> Path:
        return Path(path)


DEAF: Any = _Deaf()


def show(job: ShowPage | ShowLine | CutLine) -> Shown:
    return Viewer(IntakeLimits())(job, DEAF)


def test_a_negative_is_shown_as_people_read_it(tmp_path: Path) -> None:
    film = np.asarray(255 - page(), np.uint8)
    assert np.median(decoded(show(saved(tmp_path / "film.png", film)).picture)) > 200


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_line_is_upright_whichever_way_the_scan_lies(degrees: int) -> None:
    page, box = turned(a_page(), degrees)
    upright = line_of(a_page(), BOX)
    assert apart(upright, line_of(page, box)) < 8.0
    assert apart(upright, np.asarray(cv2.rotate(upright, cv2.ROTATE_180), np.uint8)) > 10.0


def test_a_line_of_a_fax_is_shown_in_its_true_proportions(tmp_path: Path) -> None:
    """Half as many lines an inch as columns: boxes count in the file's pixels, the picture is square."""
    path = tmp_path / "fax.tif"
    squashed = cv2.resize(cv2.cvtColor(a_page(), cv2.COLOR_BGR2RGB), (WIDE, HIGH // 2), interpolation=cv2.INTER_AREA)
    Image.fromarray(squashed).save(path, dpi=(204, 102))
    box = Transform.scale(1.0, 0.5).quad(BOX)
    shown = show(ShowLine(path=str(path), sha256="0" * 64, page=1, box=box))
    assert shown.scan_size == (WIDE, HIGH // 2)
    assert apart(line_of(a_page(), BOX), decoded(shown.picture)) < 8.0


@pytest.mark.parametrize("degrees", [-4.0, 7.0])
def test_a_line_of_a_skewed_scan_is_straightened(degrees: float) -> None:
    turn = Transform.of(cv2.getRotationMatrix2D((WIDE / 2, HIGH / 2), degrees, 1.0))
    skewed = cv2.warpAffine(a_page(), turn.array()[:2], (WIDE, HIGH), borderValue=(250, 250, 250))
    line = line_of(np.asarray(skewed, np.uint8), turn.quad(BOX))
    assert apart(line_of(a_page(), BOX), line) < 8.0


def test_a_line_of_a_photo_taken_askew_is_squared() -> None:
    corners = np.array([[0, 0], [WIDE, 0], [WIDE, HIGH], [0, HIGH]], np.float32)
    seen = np.array([[40, 20], [WIDE - 90, 60], [WIDE - 20, HIGH - 30], [10, HIGH - 90]], np.float32)
    lens = Transform.of(cv2.getPerspectiveTransform(corners, seen))
    photo = cv2.warpPerspective(a_page(), lens.array(), (WIDE, HIGH), borderValue=(250, 250, 250))
    assert apart(line_of(a_page(), BOX), line_of(np.asarray(photo, np.uint8), lens.quad(BOX))) < 8.0


def test_the_ink_keeps_its_colours() -> None:
    line = line_of(a_page(), BOX).reshape(-1, 3).astype(int)
    blue, red = line[:, 0] - line[:, 2], line[:, 2] - line[:, 0]
    assert (blue > 80).any()
    assert (red > 80).any()


@pytest.mark.parametrize(
    ("box", "lines"), [(BOX, 1), (rectangle(50, 50, 850, 78), 1), (rectangle(50, 50, 250, 140), 3)]
)
def test_a_line_is_large_but_never_wider_than_a_display(box: Quad, lines: int) -> None:
    height, width = line_of(a_page(), box, lines).shape[:2]
    assert width <= 1601
    assert height >= (90 * lines if width < 1590 else 40)


def test_a_place_that_is_hardly_a_point_is_shown_with_what_stands_around_it() -> None:
    height, width = line_of(a_page(), rectangle(300, 320, 300, 320)).shape[:2]
    assert height > 20 < width


def test_a_place_off_the_page_cannot_be_shown() -> None:
    with pytest.raises(NothingToShow):
        line_of(a_page(), rectangle(5000, 5000, 5100, 5040))


def test_a_line_to_learn_from_is_dark_on_white_with_a_margin() -> None:
    shaded = (a_page().astype(np.float32) * np.linspace(0.55, 0.9, WIDE)[None, :, None]).astype(np.uint8)
    line = reading_line_of(shaded, BOX)
    assert line.ndim == 2
    assert line[0].min() == 255
    assert np.percentile(line, 80) > 240
    assert line.min() < 60


def test_a_page_is_given_whole_with_its_size_in_scan_pixels(tmp_path: Path) -> None:
    shown = show(ShowPage(**vars_of(saved(tmp_path / "page", a_page())), longest=600))
    assert shown.scan_size == (WIDE, HIGH)
    assert decoded(shown.picture).shape[:2] == (600, 450)


def vars_of(job: ShowPage) -> dict[str, Any]:
    return {"path": job.path, "sha256": job.sha256, "page": job.page}


def test_a_photo_that_says_how_it_was_held_is_cut_where_it_is_displayed(tmp_path: Path) -> None:
    page, _ = turned(a_page(), 270)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    out = io.BytesIO()
    Image.fromarray(cv2.cvtColor(page, cv2.COLOR_BGR2RGB)).save(out, "JPEG", quality=95, exif=exif)
    (tmp_path / "photo").write_bytes(out.getvalue())
    shown = show(ShowLine(path=str(tmp_path / "photo"), sha256="a" * 64, page=1, box=BOX))
    assert shown.scan_size == (WIDE, HIGH)
    assert apart(line_of(a_page(), BOX), decoded(shown.picture)) < 6.0


def test_a_page_is_decoded_once_for_all_its_lines(tmp_path: Path) -> None:
    job = saved(tmp_path / "page", a_page())
    viewer = Viewer(IntakeLimits())
    line = ShowLine(**vars_of(job), box=BOX)
    first = viewer(line, DEAF)
    Path(job.path).unlink()
    assert viewer(line, DEAF) == first


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    spec = WorkerSpec(
        factory="workers.draw_view:build_viewer",
        arguments={"limits": IntakeLimits(max_pixels=20_000_000)},
        limits=WorkerLimits(memory_mb=700, page_cpu_s=20.0, page_wall_s=40.0),
    )
    with WorkerPool(spec, size=1) as made:
        yield made


def test_pictures_come_from_a_process_without_network(pool: WorkerPool, tmp_path: Path) -> None:
    job = saved(tmp_path / "page", a_page())
    shown = pool.submit(ShowLine(**vars_of(job), box=BOX)).result(timeout=60)
    assert decoded(shown.picture).shape[2] == 3
    assert pool.confined is not None
    assert pool.confined.calls


@pytest.mark.parametrize("page", [0, 2])
def test_a_page_that_the_original_lacks_is_told_by_its_code(pool: WorkerPool, tmp_path: Path, page: int) -> None:
    job = saved(tmp_path / "page", a_page())
    with pytest.raises(InputError) as refused:
        pool.submit(ShowPage(path=job.path, sha256=job.sha256, page=page)).result(timeout=60)
    assert refused.value.code == "view.not_there"


def test_an_original_that_cannot_be_decoded_is_told_and_the_next_is_shown(pool: WorkerPool, tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    with pytest.raises(InputError):
        pool.submit(ShowPage(path=str(tmp_path / "broken"), sha256="b" * 64, page=1)).result(timeout=60)
    job = saved(tmp_path / "page", a_page())
    assert pool.submit(job).result(timeout=60).scan_size == (WIDE, HIGH)


class Heard(Exception):
    """The lines came."""


def test_lines_cut_for_learning_are_taken_by_adaptation(tmp_path: Path) -> None:
    job = saved(tmp_path / "page", a_page())
    cut = show(CutLine(path=job.path, sha256=job.sha256, page=1, box=BOX)).picture
    catalogue, objects = Catalogue.open(f"sqlite:///{tmp_path / 'c.db'}"), LocalStore(tmp_path / "objects")
    keep_corrections(objects, catalogue, "1957-3", [Correction(image=cut, text="Fg 1957")], actor="lan")
    heard: list[CorrectedLine] = []

    def learn(lines: Sequence[CorrectedLine], **_: object) -> Adapted:
        heard.extend(lines)
        raise Heard

    with pytest.raises(Heard):
        adapt_book("1957-3", catalogue=catalogue, objects=objects, actor="hotich", learn=learn)
    catalogue.close()
    [line] = heard
    assert line.text == "Fg 1957"
    pixels = line.pixels()
    assert pixels is not None
    assert pixels.min() < 60 < 240 < np.percentile(pixels, 80)
