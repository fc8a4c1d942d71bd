"""Files that try to break intake, made on the spot: small on disk, large or endless when believed.

`write_hostile_files` is used by the intake tests and by the end-to-end tests. Nothing here is real.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pikepdf
from PIL import Image

BOMB_SIDE = 50_000


def write_hostile_files(folder: Path, *, special: bool = False) -> dict[str, str]:
    """Write one file per way of being bad into `folder`: its name and the error code it must give.

    With `special`, a FIFO and a sub-folder that looks like a file are made too (not every file
    system can hold a FIFO).
    """
    files: dict[str, tuple[bytes, str]] = {
        "không có gì.pdf": (b"", "input.empty"),
        "zero.tif": (b"", "input.empty"),
        "letter.pdf": (
            b"Xin ch\xc3\xa0o, \xc4\x91\xc3\xa2y l\xc3\xa0 th\xc6\xb0.\n" * 20,
            "input.unsupported",
        ),
        "noise.jpg": (bytes((i * 197 + 31) % 251 for i in range(4096)), "input.unsupported"),
        "page.gif": (_encoded("GIF"), "input.unsupported"),
        "scans.zip": (b"PK\x03\x04" + bytes(200), "input.archive"),
        "scans.pdf.rar": (b"Rar!\x1a\x07\x01\x00" + bytes(64), "input.archive"),
        "tờ khai.docx": (b"PK\x03\x04" + b"[Content_Types].xml" + bytes(80), "input.archive"),
        "cut.jpg": (_encoded("JPEG")[:-2500], "input.truncated"),
        "cut.png": (_encoded("PNG")[:-2500], "input.truncated"),
        "cut.tif": (_encoded("TIFF")[:1500], "input.truncated"),
        "cut.webp": (_encoded("WEBP")[:-600], "input.truncated"),
        "cut.pdf": (scanned_pdf()[:4000], "input.truncated"),
        "flipped.png": (_flipped(_encoded("PNG")), "input.corrupt"),
        "rubbish.pdf": (b"%PDF-1.7\n" + b"\x00\xff" * 900 + b"\n%%EOF\n", "input.corrupt"),
        "loop.tif": (_looping_tiff(), "input.corrupt"),
        "bomb.png": (_png_bomb(), "input.too_many_pixels"),
        "bomb.tif": (_tiff_bomb(), "input.too_many_pixels"),
        "bomb.jpg": (_jpeg_bomb(), "input.too_many_pixels"),
        "bomb.webp": (_webp_bomb(), "input.too_many_pixels"),
        "giant sheet.pdf": (_giant_sheet_pdf(), "input.too_many_pixels"),
        "giant image.pdf": (_giant_image_pdf(), "input.too_many_pixels"),
        "locked.pdf": (_locked_pdf(), "input.encrypted"),
        "ten thousand.pdf": (_many_pages_pdf(10_000), "input.too_many_pages"),
        "liar.pdf": (_many_pages_pdf(10_000, declared=1), "input.too_many_pages"),
        "cycle.pdf": (_cyclic_pdf(), "input.corrupt"),
        "no page.pdf": (_many_pages_pdf(0), "input.empty"),
        "dòng\nmới.png": (b"", "input.empty"),
    }
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    expected = {name: code for name, (_, code) in files.items()}
    if special:
        (folder / "folder.pdf").mkdir()
        os.mkfifo(folder / "pipe.pdf")
        expected |= {"folder.pdf": "input.not_a_file", "pipe.pdf": "input.not_a_file"}
    return expected


def write_active_pdf(path: Path) -> None:
    """A readable one-page PDF with a script that runs on opening and an attachment."""
    with pikepdf.open(io.BytesIO(scanned_pdf())) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
        pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec(pdf, b"hello", filename="note.txt")
        pdf.save(path)


def scanned_pdf(pages: int = 1, size: tuple[int, int] = (620, 877)) -> bytes:
    """Pages that are one JPEG each, 75 dpi on A4."""
    pdf = pikepdf.new()
    for number in range(pages):
        picture = io.BytesIO()
        _picture(size, number).save(picture, "JPEG", quality=60)
        image = pdf.make_stream(
            picture.getvalue(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=size[0],
            Height=size[1],
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray,
            Filter=pikepdf.Name.DCTDecode,
        )
        add_page(pdf, b"q 595 0 0 842 0 0 cm /Im0 Do Q", {"/XObject": {"/Im0": image}})
    return saved(pdf)


def add_page(
    pdf: pikepdf.Pdf, content: bytes, resources: dict[str, object], box: tuple[float, ...] = (0, 0, 595, 842)
) -> pikepdf.Dictionary:
    """Append a page of this content; returns its object, to add what a test wants."""
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=list(box),
        Contents=pdf.make_stream(content),
        Resources=pikepdf.Dictionary(resources),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return pdf.pages[-1].obj


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, static_id=True)
    return out.getvalue()


def _picture(size: tuple[int, int] = (620, 877), seed: int = 0) -> Image.Image:
    width, height = size
    values = bytes(
        (x * x // 7 + y * 13 + seed * 29 + x * y // 50) % 256 for y in range(0, height, 8) for x in range(0, width, 8)
    )
    small = Image.frombytes("L", ((width + 7) // 8, (height + 7) // 8), values)
    return small.resize(size, Image.Resampling.NEAREST)


def _encoded(kind: str) -> bytes:
    out = io.BytesIO()
    options = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    _picture().save(out, kind, **options)
    return out.getvalue()


def _flipped(png: bytes) -> bytes:
    """The same PNG with wrong bytes in the middle of its data, its end in place."""
    at = len(png) // 2
    return png[:at] + bytes(b ^ 0xFF for b in png[at : at + 64]) + png[at + 64 :]


def _png_bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(1 + BOMB_SIDE // 8) * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _tiff(width: int, height: int, following: int = 0) -> bytes:
    entries = [
        (256, width),
        (257, height),
        (258, 1),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, height),
        (279, 64),
    ]
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    head = struct.pack("<2sHI", b"II", 42, 8 + 64)
    return head + bytes(64) + struct.pack("<H", len(entries)) + body + struct.pack("<I", following)


def _tiff_bomb() -> bytes:
    return _tiff(BOMB_SIDE, BOMB_SIDE)


def _looping_tiff() -> bytes:
    return _tiff(16, 16, following=8 + 64)


def _jpeg_bomb() -> bytes:
    jpeg = bytearray(_encoded("JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", BOMB_SIDE, BOMB_SIDE)
    return bytes(jpeg)


def _webp_bomb() -> bytes:
    """An extended header that claims a canvas of 50,000 pixels squared."""
    inner = _encoded("WEBP")[12:]
    side = (BOMB_SIDE - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + side + side + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _giant_sheet_pdf() -> bytes:
    pdf = pikepdf.new()
    add_page(pdf, b"0 0 m 100 100 l S", {}, box=(0, 0, 14_400_000, 14_400_000))
    return saved(pdf)


def _giant_image_pdf() -> bytes:
    pdf = pikepdf.new()
    image = pdf.make_stream(
        zlib.compress(bytes(1_000_000), 9),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=BOMB_SIDE,
        Height=BOMB_SIDE,
        BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray,
        Filter=pikepdf.Name.FlateDecode,
    )
    add_page(pdf, b"q 595 0 0 842 0 0 cm /Im0 Do Q", {"/XObject": {"/Im0": image}})
    return saved(pdf)


def _locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(scanned_pdf())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="chủ", user="mật khẩu", R=6))
    return out.getvalue()


def _many_pages_pdf(pages: int, declared: int | None = None) -> bytes:
    """One page object, listed as often as asked: small on disk, long to read. Written by hand, as it lies."""
    kids = b"3 0 R " * pages
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [ %s] >>" % (pages if declared is None else declared, kids),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    return _by_hand(objects)


def _cyclic_pdf() -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [2 0 R] >>",
    ]
    return _by_hand(objects)


def _by_hand(objects: list[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()
