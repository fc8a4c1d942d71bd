"""What `hotich doctor` says of the disks that personal data lies on outside the encrypted objects."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hotich.doctor_check import Check
from hotich.settings import Settings
from storage.volumes import Volume, VolumeState, swap_is_open, volume_of

_WORDS = {
    VolumeState.ENCRYPTED: "đã mã hóa / encrypted",
    VolumeState.MEMORY: "trong bộ nhớ / in memory",
    VolumeState.OPEN: "KHÔNG thấy mã hóa / NOT encrypted as far as this machine can tell",
    VolumeState.UNKNOWN: "không rõ, hỏi người quản trị máy / unknown, ask who runs the machine",
}
_MEND = (
    "đặt kho, thư mục tạm và vùng swap trên ổ mã hóa (LUKS): cơ sở dữ liệu, chỉ mục tìm kiếm, tệp nộp chưa đọc không"
    " được hotich mã hóa; SECURITY.md / put home, the temporary folder and swap on an encrypted volume (LUKS): hotich"
    " encrypts neither database, search index nor uploads not yet read; SECURITY.md"
)


def volumes_check(
    settings: Settings, *, home: Volume | None = None, temporary: Volume | None = None, swapped: bool | None = None
) -> Check:
    """Home, the temporary folder, swap; told where another machine has the database or the objects. The states are
    looked up but for those that are given."""
    home = home or volume_of(settings.home)
    temporary = temporary or volume_of(Path(tempfile.gettempdir()))
    swapped = swap_is_open() if swapped is None else swapped
    told = [f"kho / home: {_told(home)}"]
    if temporary != home:
        told.append(f"thư mục tạm / temporary: {_told(temporary)}")
    if swapped:
        told.append(f"swap: {_WORDS[VolumeState.OPEN]}")
    if not settings.catalogue_url.startswith("sqlite"):
        told.append("PostgreSQL: ổ đĩa của máy chủ ấy, không thấy từ đây / its server's disk is not seen from here")
    if settings.s3_bucket:
        told.append("S3: s3_encryption")
    open_ones = VolumeState.OPEN in (home.state, temporary.state) or bool(swapped)
    return Check(
        name="mã hóa ổ đĩa / disk encryption", ok=True, detail="; ".join(told), warned=open_ones,
        mend=_MEND if open_ones else "",
    )  # fmt: skip


def _told(volume: Volume) -> str:
    return f"{_WORDS[volume.state]} ({volume.what})"
