"""A watched folder: only whole files are taken, each once until it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.batch.watching import Watch


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def watched(tmp_path: Path, time: Time) -> Watch:
    return Watch(tmp_path, now=time)


def taken(watched: Watch) -> list[str]:
    return [file.name for file in watched.look().files]


def later(watched: Watch, time: Time) -> list[str]:
    time.now += 4
    return taken(watched)


def test_a_file_is_taken_once_it_stands_still_and_then_no_more(tmp_path: Path, watched: Watch, time: Time) -> None:
    scan = tmp_path / "a.jpg"
    scan.write_bytes(b"half")
    assert taken(watched) == []
    time.now += 2
    scan.write_bytes(b"half and more")
    assert taken(watched) == []
    time.now += 2
    assert taken(watched) == []  # it has changed since the look before
    assert later(watched, time) == ["a.jpg"]
    assert later(watched, time) == []


def test_a_file_that_is_written_anew_is_taken_again(tmp_path: Path, watched: Watch, time: Time) -> None:
    (tmp_path / "a.jpg").write_bytes(b"one")
    taken(watched)
    assert later(watched, time) == ["a.jpg"]
    (tmp_path / "a.jpg").write_bytes(b"another")
    assert taken(watched) == []
    assert later(watched, time) == ["a.jpg"]


def test_a_file_that_somebody_has_open_for_writing_is_left(tmp_path: Path, watched: Watch, time: Time) -> None:
    with (tmp_path / "a.jpg").open("wb") as scan:
        scan.write(b"begun")
        scan.flush()
        taken(watched)
        assert later(watched, time) == []
    assert later(watched, time) == ["a.jpg"]


def test_links_hidden_files_and_programs_are_refused_by_name_and_told_once(
    tmp_path: Path, watched: Watch, time: Time
) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere.jpg"
    elsewhere.write_bytes(b"x")
    (tmp_path / "link.jpg").symlink_to(elsewhere)
    for name in (".hidden.jpg", "run.EXE", "a.py", "b.sh", "empty.jpg", "c.jpg.part"):
        (tmp_path / name).write_bytes(b"" if name == "empty.jpg" else b"x")
    first = watched.look()
    assert {other.name for other in first.passed_over} == {".hidden.jpg", "link.jpg", "a.py", "b.sh", "run.EXE"}
    assert later(watched, time) == []
    assert watched.look().passed_over == ()


def test_the_file_before_comes_along_so_that_a_paper_goes_on(tmp_path: Path, watched: Watch, time: Time) -> None:
    (tmp_path / "so_1.jpg").write_bytes(b"one")
    taken(watched)
    assert later(watched, time) == ["so_1.jpg"]
    (tmp_path / "so_2.jpg").write_bytes(b"two")
    taken(watched)
    assert later(watched, time) == ["so_1.jpg", "so_2.jpg"]


def test_what_the_machine_could_not_do_is_taken_once_more(tmp_path: Path, watched: Watch, time: Time) -> None:
    (tmp_path / "a.jpg").write_bytes(b"one")
    taken(watched)
    time.now += 4
    watched.again(watched.look().files)
    assert later(watched, time) == ["a.jpg"]
