"""Databases are their owner's alone, whoever made the folder, and what an earlier version left open is closed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotich.commands.doctor import examine
from hotich.settings import load_settings
from hotich.wiring.stores import make_home
from storage.catalogue import Catalogue


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def opened(folder: Path) -> Path:
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.db'}")
    catalogue.unfinished()
    return folder / "catalogue.db"


def test_a_database_is_made_for_its_owner_alone_in_an_open_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = opened(tmp_path)
    assert [oct(mode(file)) for file in sorted(path.parent.glob("catalogue.db*"))] == ["0o600"] * 3


def test_one_that_was_left_open_is_closed_when_it_is_opened(tmp_path: Path) -> None:
    path = opened(tmp_path)
    for file in path.parent.glob("catalogue.db*"):
        file.chmod(0o644)
    opened(tmp_path)
    assert mode(path) == 0o600


def test_a_group_that_was_let_in_to_write_stays_in(tmp_path: Path) -> None:
    path = opened(tmp_path)
    path.chmod(0o664)
    opened(tmp_path)
    assert mode(path) == 0o660


def test_a_home_that_somebody_made_open_is_closed_once_it_holds_a_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    settings = load_settings(home)
    make_home(settings)
    assert mode(home) == 0o755  # not yet a store: it may be anybody's folder
    opened(home)
    make_home(settings)
    assert mode(home) == 0o700


def test_a_folder_that_everybody_uses_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    opened(home)
    home.chmod(0o1777)
    make_home(load_settings(home))
    assert mode(home) == 0o1777


def test_doctor_tells_what_others_may_open(tmp_path: Path) -> None:
    opened(tmp_path)
    (tmp_path / "service.key").touch(mode=0o644)
    closed = {check.name: check for check in examine(load_settings(tmp_path))}
    check = next(check for name, check in closed.items() if "closed to other users" in name)
    assert not check.ok
    assert "service.key" in check.mend
