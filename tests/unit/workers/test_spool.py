"""Working folders of living processes are left alone, whoever shares the home."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workers.spool import abandoned, new_spool, remove_spool, sweep, working_folder

OTHER = """
import sys
from pathlib import Path
from workers.spool import new_spool
print(new_spool(Path(sys.argv[1])).name, flush=True)
sys.stdin.read()
"""


def test_the_folder_of_a_living_process_stays_and_that_of_a_dead_one_goes(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    theirs = tmp_path / other.stdout.readline().strip()
    own = new_spool(tmp_path)
    assert theirs.is_dir()
    other.kill()
    other.communicate()
    new_spool(tmp_path)
    assert not theirs.exists()
    assert own.is_dir()


def test_two_folders_of_one_process_are_two(tmp_path: Path) -> None:
    first, second = new_spool(tmp_path), new_spool(tmp_path)
    assert first != second
    assert first.is_dir()


def test_what_is_removed_leaves_nothing(tmp_path: Path) -> None:
    own = new_spool(tmp_path)
    (own / "a.pdf").write_bytes(b"x")
    remove_spool(own)
    assert list(tmp_path.iterdir()) == []


def test_what_earlier_versions_left_goes_when_its_process_is_gone(tmp_path: Path) -> None:
    (tmp_path / "99999999").mkdir()
    (tmp_path / "1").mkdir()
    own = new_spool(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"1", own.name, f"{own.name}.lock"}


def test_a_working_folder_lies_where_it_is_wanted_and_only_as_long_as_it_is(tmp_path: Path) -> None:
    with working_folder(tmp_path / "spool") as folder:
        assert folder.parent == tmp_path / "spool"
        (folder / "original").write_bytes(b"x")
        assert (abandoned(tmp_path / "spool"), sweep(tmp_path / "spool")) == (0, 0), "its process lives"
        assert folder.is_dir()
    assert list((tmp_path / "spool").iterdir()) == []
    with working_folder(None) as folder:
        assert folder.is_dir()
    assert not folder.exists()
