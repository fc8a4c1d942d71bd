"""Build font files out of web font packages: the subsets of a face joined into one TrueType file.

The packages are fetched by the npm client, by name, into a temporary folder. Layout tables and hinting
are left out: the renderers place glyphs themselves, and a merged hinting program would be wrong. A font that
joins its letters does so by its layout tables: it is taken whole, out of the one subset that holds everything.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

from ocr_models.workshop.fonts.catalogue import FILES, FontSource, sources
from ocr_models.workshop.fonts.coverage import draws_vietnamese
from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message

_SUBSETS = ("latin", "latin-ext", "vietnamese")
_LEFT_OUT = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "DSIG", "gasp", "meta", "kern")
_HINTING = ("fpgm", "prep", "cvt ", "hdmx", "VDMX", "LTSH")


class FontBuildError(ResourceError):
    """A font package could not be fetched, or what it holds does not draw Vietnamese."""

    code = "resource.font_unavailable"


def build_fonts(folder: Path, *, kept: bool = False) -> list[Path]:
    """Write the training-only fonts to `folder` (with `kept`, the repository's own to `files/`).

    Present files are left alone. Raises `FontBuildError` when npm fails or a face lacks a letter.
    """
    wanted = [source for source in sources() if source.kept == kept]
    target = FILES if kept else folder
    target.mkdir(parents=True, exist_ok=True)
    wanted = [s for s in wanted if any(not (target / s.file_name(face)).exists() for face in s.faces)]
    if not wanted:
        return []
    with tempfile.TemporaryDirectory() as scratch:
        _install(Path(scratch), (source.package for source in wanted))
        return [path for source in wanted for path in _build(source, Path(scratch), target)]


def _install(folder: Path, packages: Iterable[str]) -> None:
    (folder / "package.json").write_text(json.dumps({"private": True}), encoding="utf-8")
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        raise FontBuildError(
            Message(
                "Không tải được các gói phông chữ bằng npm. Hãy cài npm và kiểm tra kho gói.",
                "The font packages could not be fetched with npm. Install npm and check its registry.",
            )
        ) from error


def _build(source: FontSource, scratch: Path, target: Path) -> list[Path]:
    package = scratch / "node_modules" / source.package
    built: list[Path] = []
    for face in source.faces:
        path = target / source.file_name(face)
        whole = next(package.rglob(f"*_{_whole_name(face)}.ttf"), None)
        if whole is not None:
            path.write_bytes(whole.read_bytes())
        elif source.joined:
            _unpack(package, face, path)
        else:
            _merge(package, face, path, scratch)
        if not source.bare and not draws_vietnamese(path):
            path.unlink()
            raise FontBuildError(
                Message(f"Phông {path.name} thiếu chữ tiếng Việt.", f"Font {path.name} lacks Vietnamese letters.")
            )
        built.append(path)
    return built


def _whole_name(face: str) -> str:
    """How whole-font packages name a face: `400Regular`, `700Bold`, `400Regular_Italic`."""
    weight, style = face.split("-")
    name = {"400": "400Regular", "700": "700Bold"}.get(weight, weight)
    return name + ("_Italic" if style == "italic" else "")


def _merge(package: Path, face: str, path: Path, scratch: Path) -> None:
    name = package.name
    parts = [package / "files" / f"{name}-{subset}-{face}.woff" for subset in _SUBSETS]
    existing = [part for part in parts if part.exists()]
    plain = [_plain(part, scratch / f"part{number}.ttf") for number, part in enumerate(existing)]
    if not plain:
        raise FontBuildError(Message(f"Gói {name} không có kiểu {face}.", f"Package {name} has no face {face}."))
    joined = TTFont(plain[0]) if len(plain) == 1 else Merger().merge([str(file) for file in plain])
    joined.save(path)


def _unpack(package: Path, face: str, path: Path) -> None:
    """The only subset as TrueType with its layout tables; layout of several subsets cannot be merged safely."""
    parts = sorted((package / "files").glob(f"{package.name}-*-{face}.woff"))
    if len(parts) != 1:
        raise FontBuildError(
            Message(
                f"Gói {package.name} không có đúng một tệp kiểu {face}.",
                f"Package {package.name} has not exactly one file of face {face}.",
            )
        )
    font = TTFont(parts[0])
    font.flavor = None
    font.save(path)


def _plain(woff: Path, path: Path) -> Path:
    """A subset as uncompressed TrueType without layout and hinting."""
    font = TTFont(woff)
    for table in (*_LEFT_OUT, *_HINTING):
        if table in font:
            del font[table]
    font.flavor = None
    if "glyf" in font:
        for glyph in font["glyf"].glyphs.values():
            glyph.expand(font["glyf"])
            glyph.removeHinting()
    font.save(path)
    return path
