"""Whether the volume that a folder lies on is encrypted, as far as Linux tells."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_BY_THEMSELVES = frozenset({"ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs"})
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})


class VolumeState(StrEnum):
    """`ENCRYPTED`: by dm-crypt (LUKS) below, or a file system that does so itself; `MEMORY`: it is on no disk (but may
    be swapped out); `OPEN`: on devices of which none is, where a disk or a provider that encrypts by itself is not seen
    from here; `UNKNOWN`: a network, an overlay, anything that this machine cannot look below."""

    ENCRYPTED = "encrypted"
    MEMORY = "memory"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """`what`: by what it is encrypted (`LUKS2`), or its file system; never a name of a device."""

    state: VolumeState
    what: str


def volume_of(
    folder: Path, *, sys_dev: Path = Path("/sys/dev/block"), mounts: Path = Path("/proc/self/mountinfo")
) -> Volume:
    """Of the folder, or of its nearest parent that is there. Never raises: what cannot be read is unknown."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        device = place.stat().st_dev
        mount = _mount(place.resolve(), mounts.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return Volume(state=VolumeState.UNKNOWN, what="?")
    kind, source = mount
    if kind in _BY_THEMSELVES:
        return Volume(state=VolumeState.ENCRYPTED, what=kind)
    if kind in _IN_MEMORY:
        return Volume(state=VolumeState.MEMORY, what=kind)
    numbers = f"{os.major(device)}:{os.minor(device)}"
    block = sys_dev / numbers
    if os.major(device) == 0 and source.startswith("/dev/"):  # btrfs and others give a number of their own
        try:
            of_source = Path(source).stat().st_rdev
            block = sys_dev / f"{os.major(of_source)}:{os.minor(of_source)}"
        except OSError:
            return Volume(state=VolumeState.UNKNOWN, what=kind)
    return block_state(block, kind)


def block_state(block: Path, kind: str) -> Volume:
    """Of a block device in sysfs: it is encrypted where it, or every device below it, is. `kind`: the file system."""
    if not block.exists():
        return Volume(state=VolumeState.UNKNOWN, what=kind)
    cipher = _cipher(block.resolve())
    return Volume(state=VolumeState.ENCRYPTED, what=cipher) if cipher else Volume(state=VolumeState.OPEN, what=kind)


def swap_is_open(swaps: Path = Path("/proc/swaps"), *, sys_dev: Path = Path("/sys/dev/block")) -> bool | None:
    """Whether memory may be written to a disk that is not encrypted; None where that cannot be told."""
    try:
        lines = swaps.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    except OSError:
        return None
    found = []
    for line in lines:
        place = Path(line.split()[0])
        if "zram" in place.name:
            continue
        try:
            of = place.stat()
        except OSError:
            return None
        number = of.st_rdev or of.st_dev
        found.append(block_state(sys_dev / f"{os.major(number)}:{os.minor(number)}", "swap").state)
    if VolumeState.OPEN in found:
        return True
    return None if VolumeState.UNKNOWN in found else False


def _cipher(block: Path) -> str:
    """What encrypts it, empty where something below is not encrypted. A partition's disk is its parent folder."""
    try:
        uuid = (block / "dm" / "uuid").read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        uuid = ""
    if uuid.startswith("CRYPT-"):
        return uuid.split("-")[1]
    if (block / "partition").exists() and not (block / "slaves").is_dir():
        return _cipher(block.parent)
    below = sorted((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
    found = [_cipher(one.resolve()) for one in below]
    return found[0] if found and all(found) else ""


def _mount(place: Path, told: str) -> tuple[str, str]:
    """File system and source of the mount that the place lies on: of the longest mount point above it, the last."""
    best, length = ("?", ""), -1
    for line in told.splitlines():
        before, _, after = line.partition(" - ")
        point = before.split()[4].encode().decode("unicode_escape", errors="replace") if len(before.split()) > 4 else ""
        above = point == "/" or str(place) == point or str(place).startswith(point + "/")
        if point and above and len(point) >= length and len(after.split()) >= 2:
            best, length = (after.split()[0], after.split()[1]), len(point)
    return best
