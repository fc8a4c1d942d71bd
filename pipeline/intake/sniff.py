"""What a file is, decided by its first bytes; its name is only compared with that."""

from __future__ import annotations

from pathlib import PurePath

PDF = "application/pdf"
TIFF = "image/tiff"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
HEIC = "image/heic"

HEAD = 1024  # a PDF header may stand anywhere in the first 1,024 bytes (ISO 32000-1, annex H.3)

_PRINTABLE = 0.95  # share of printable bytes from which a file of unknown kind is called text

_EXTENSIONS = {
    PDF: {".pdf"},
    TIFF: {".tif", ".tiff"},
    JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"},
    PNG: {".png"},
    WEBP: {".webp"},
    HEIC: {".heic", ".heif", ".hif"},
}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_ARCHIVES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc/xls"),
)
_OTHERS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x97JB2", "JBIG2"),
    (b"AT&TFORM", "DjVu"),
    (b"8BPS", "Photoshop"),
    (b"%!PS", "PostScript"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
)


def media_type_of(head: bytes) -> str | None:
    """Media type of a readable file by its first `HEAD` bytes; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return TIFF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    if b"%PDF-" in head and archive_kind(head) is None:
        return PDF
    return None


def archive_kind(head: bytes) -> str | None:
    """The kind ("zip", "rar", ...) when the bytes begin an archive or an office container."""
    for magic, kind in _ARCHIVES:
        if head.startswith(magic):
            return kind
    return "tar" if head[257:262] == b"ustar" else None


def foreign_kind(head: bytes) -> str:
    """A name, for the message, of content that is not read."""
    for magic, kind in _OTHERS:
        if head.lstrip().startswith(magic):
            return kind
    if head[4:8] == b"ftyp":
        return "AVIF" if head[8:12] in (b"avif", b"avis") else "video"
    printable = sum(32 <= b < 127 or b in b"\t\r\n" for b in head)
    return "text" if head and printable > _PRINTABLE * len(head) else "unknown"


def extension_fits(name: str, media_type: str) -> bool:
    """Whether the file's name ends as content of this type usually does."""
    return PurePath(name).suffix.lower() in _EXTENSIONS[media_type]
