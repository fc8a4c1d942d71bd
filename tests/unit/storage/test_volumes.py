"""Whether a folder lies on an encrypted volume, told from what Linux says of its devices."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage.volumes import Volume, VolumeState, block_state, swap_is_open, volume_of


def device(folder: Path, name: str, *, uuid: str = "", below: tuple[Path, ...] = ()) -> Path:
    """A block device as sysfs shows it."""
    made = folder / name
    (made / "slaves").mkdir(parents=True)
    if uuid:
        (made / "dm").mkdir()
        (made / "dm" / "uuid").write_text(uuid + "\n")
    for one in below:
        (made / "slaves" / one.name).symlink_to(one)
    return made


def mounted(tmp_path: Path, kind: str, source: str = "/dev/none", point: str = "") -> Path:
    told = tmp_path / "mountinfo"
    above = "22 1 8:1 / / rw - ext4 /dev/none rw\n"
    told.write_text(f"{above}36 22 8:1 / {point or tmp_path} rw,noatime shared:1 - {kind} {source} rw\n")
    return told


def test_what_lies_on_luks_is_encrypted_also_through_a_logical_volume(tmp_path: Path) -> None:
    disk = device(tmp_path, "sda")
    crypt = device(tmp_path, "dm-0", uuid="CRYPT-LUKS2-0011-home", below=(disk,))
    volume = device(tmp_path, "dm-1", uuid="LVM-abc", below=(crypt,))
    assert block_state(volume, "ext4") == Volume(state=VolumeState.ENCRYPTED, what="LUKS2")
    plain = device(tmp_path, "dm-2", uuid="LVM-def", below=(disk,))
    assert block_state(plain, "ext4").state is VolumeState.OPEN
    mixed = device(tmp_path, "md0", below=(crypt, disk))
    assert block_state(mixed, "ext4").state is VolumeState.OPEN, "one half lies in the open"


def test_a_partition_of_an_encrypted_disk_is_encrypted_and_one_of_a_plain_one_is_not(tmp_path: Path) -> None:
    crypt = device(tmp_path, "dm-0", uuid="CRYPT-PLAIN-x")
    for disk, state in ((crypt, VolumeState.ENCRYPTED), (device(tmp_path, "sdb"), VolumeState.OPEN)):
        part = disk / "part1"
        part.mkdir()
        (part / "partition").write_text("1\n")
        assert block_state(part, "ext4").state is state


@pytest.mark.parametrize(
    ("kind", "state"),
    [("ecryptfs", VolumeState.ENCRYPTED), ("tmpfs", VolumeState.MEMORY), ("nfs4", VolumeState.UNKNOWN),
     ("overlay", VolumeState.UNKNOWN)],
)  # fmt: skip
def test_file_systems_that_tell_of_themselves_and_those_that_nobody_can_look_below(
    tmp_path: Path, kind: str, state: VolumeState
) -> None:
    found = volume_of(
        tmp_path / "not" / "there", sys_dev=tmp_path / "none", mounts=mounted(tmp_path, kind, "server:/x")
    )
    assert (found.state, found.what) == (state, kind)


def test_a_home_on_an_encrypted_device_is_told_by_the_number_of_its_device(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    device(tmp_path / "sys", f"{os.major(number)}:{os.minor(number)}", uuid="CRYPT-LUKS1-0-x")
    named = mounted(tmp_path, "ext4", "no device by name")  # the tests' own folder may lie in memory
    assert volume_of(tmp_path, sys_dev=tmp_path / "sys", mounts=named).what == "LUKS1"


def test_what_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    assert volume_of(tmp_path, mounts=tmp_path / "none").state is VolumeState.UNKNOWN
    assert swap_is_open(tmp_path / "none") is None


def test_memory_may_go_to_a_disk_that_is_not_encrypted(tmp_path: Path) -> None:
    swap = tmp_path / "swapfile"
    swap.write_bytes(b"x")
    told = tmp_path / "swaps"
    told.write_text(f"Filename Type Size Used Priority\n{swap} file 1 0 -2\n")
    number = swap.stat().st_dev
    name = f"{os.major(number)}:{os.minor(number)}"
    assert swap_is_open(told, sys_dev=tmp_path / "none") is None
    device(tmp_path / "sys", name)
    assert swap_is_open(told, sys_dev=tmp_path / "sys") is True
    told.write_text("Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n")
    assert swap_is_open(told) is False
