"""Which images a PDF page shows, and whether it is one image and nothing else. Content is parsed, never rendered.

Scanners write `q 595 0 0 842 0 0 cm /Im0 Do Q`; searchable scans add invisible text; some wrap all of
it in a form. Whatever else paints after or beside the image makes the page a drawing, to be
rasterised: at the resolution of the images it is drawn from.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf

from pipeline.intake.pdf_tree import Box, PdfPage

Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1, 0, 0, 1, 0, 0)
_MAX_CONTENT = 4 * 1024 * 1024  # bytes of drawing instructions; a bound on memory, far above a scanned page's
_MAX_OPERATORS = 200_000  # a bound on time; a page with more is drawn by the renderer
_MAX_DEPTH = 4  # forms within forms; a bound on time
_INVISIBLE = 3  # text rendering mode, ISO 32000-1, 9.3.6
_CUT = 0.02  # of the image's size, at each side, that clipping or the page's edge may hide: rounding, no content
_SHOWS_TEXT = {"Tj", "TJ", "'", '"'}
_PAINTS = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"}
_BLACK = {"g": (0,), "rg": (0, 0, 0), "k": (0, 0, 0, 1)}
_MAX_IMAGES = 64  # of one page that are looked at one by one; a bound on time
_HARMLESS_ANNOTATIONS = {"/Link", "/Popup"}


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image and the matrix that puts its unit square (origin lower left) on the page, in points."""

    image: Any
    matrix: Matrix
    fill_is_black: bool


@dataclass(frozen=True, slots=True)
class PageContent:
    """The images that a page places, in the order of painting; `alone`: there is one and nothing else shows."""

    images: tuple[PlacedImage, ...]
    alone: bool


class _Unknown(Exception):
    """The page's content is not of the kind that is followed here; what was seen until then stands."""


def content_of(page: PdfPage) -> PageContent:
    """What the page shows. Content that is damaged, too long or too deep is followed as far as it goes."""
    state = _Walk()
    try:
        state.run(page.node.get("/Contents"), page.resources, _UNIT, depth=0)
        alone = len(state.images) == 1 and not state.draws and not _has_visible_annotation(page.node)
    except (_Unknown, pikepdf.PdfError, RecursionError, TypeError, ValueError, KeyError, zlib.error):
        alone = False
    return PageContent(images=tuple(state.images), alone=alone)


def images_of(page: PdfPage) -> list[Any]:
    """The images that the page and its forms may draw, at most 64 of them."""
    found: list[Any] = []
    with suppress(pikepdf.PdfError, TypeError, ValueError, KeyError):
        _gather(page.resources, found, depth=0)
    return found


def _gather(resources: Any, found: list[Any], depth: int) -> None:
    objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(objects, pikepdf.Dictionary) or depth > _MAX_DEPTH:
        return
    for target in objects.as_dict().values():
        if len(found) >= _MAX_IMAGES or not isinstance(target, pikepdf.Stream):
            continue
        kind = str(target.get("/Subtype"))
        if kind == "/Image":
            found.append(target)
        elif kind == "/Form":
            _gather(target.get("/Resources"), found, depth + 1)


@dataclass
class _Graphics:
    matrix: Matrix
    black: bool = True
    text_mode: int = 0
    clip: Box | None = None


@dataclass
class _Walk:
    images: list[PlacedImage] = field(default_factory=list)
    draws: bool = False  # something else than whole images shows
    operators: int = 0

    def run(self, content: Any, resources: Any, matrix: Matrix, depth: int) -> None:
        if content is None:
            return
        stack: list[_Graphics] = []
        now = _Graphics(matrix)
        path: Box | None = None
        stream = _bounded_content(content)
        for instruction in pikepdf.parse_content_stream(stream):
            self.operators += 1
            if self.operators > _MAX_OPERATORS:
                raise _Unknown
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self.draws = True
                continue
            operator = str(instruction.operator)
            operands = instruction.operands
            if operator == "q":
                stack.append(replace(now))
            elif operator == "Q":
                now = stack.pop() if stack else now
            elif operator == "cm":
                now.matrix = _times(_matrix(operands), now.matrix)
            elif operator == "Do":
                self._paint_object(operands[0], resources, now, depth)
            elif operator == "re":
                path = bounds_of(_times(_rectangle(operands), now.matrix))
            elif operator in ("W", "W*"):
                if path is None:
                    self.draws = True
                else:
                    now.clip = path if now.clip is None else _overlap(now.clip, path)
            elif operator in ("m", "l", "c", "v", "y", "h"):
                path = None  # not a rectangle: clipping by it would cut a shape out of the image
            else:
                self._note(operator, operands, resources, now)

    def _note(self, operator: str, operands: Any, resources: Any, now: _Graphics) -> None:
        if operator in _PAINTS or (operator in _SHOWS_TEXT and now.text_mode != _INVISIBLE):
            self.draws = True
        if operator == "Tr":
            now.text_mode = int(operands[0])
        elif operator in ("g", "rg", "k"):
            now.black = tuple(float(v) for v in operands) == _BLACK[operator]
        elif operator in ("cs", "sc", "scn"):
            now.black = False
        elif operator == "gs" and _changes_picture(resources, operands[0]):
            self.draws = True

    def _paint_object(self, name: Any, resources: Any, now: _Graphics, depth: int) -> None:
        target = resources["/XObject"][str(name)]
        kind = str(target.get("/Subtype"))
        if depth > _MAX_DEPTH:
            raise _Unknown
        self.draws |= "/OC" in target
        if kind == "/Form":
            inner = _matrix(target["/Matrix"]) if "/Matrix" in target else _UNIT
            self.run(target, target.get("/Resources", resources), _times(inner, now.matrix), depth + 1)
        elif kind == "/Image":
            if now.clip is not None and not covers(now.clip, bounds_of(now.matrix)):
                self.draws = True
            self.images.append(PlacedImage(target, now.matrix, now.black))
        else:
            self.draws = True


def inflate(data: bytes, limit: int) -> bytes:
    """zlib-decompressed bytes. Raises ValueError when they come out longer than `limit`."""
    engine = zlib.decompressobj()
    out = engine.decompress(data, limit + 1)
    if len(out) > limit:
        raise ValueError("stream unpacks to more than it may")
    return out


def _bounded_content(content: Any) -> Any:
    """The content stream, after making sure that it does not unpack to more than a page of drawing."""
    parts = list(content) if isinstance(content, pikepdf.Array) else [content]
    for part in parts:
        if not isinstance(part, pikepdf.Stream):
            raise _Unknown
        filters = part.get("/Filter")
        names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
        raw = part.read_raw_bytes()
        if len(raw) > _MAX_CONTENT or len(names) > 1:
            raise _Unknown
        if names == ["/FlateDecode"]:
            inflate(raw, _MAX_CONTENT)
    if isinstance(content, pikepdf.Array):
        joined = b"\n".join(part.read_bytes() for part in parts)
        return pikepdf.Stream(pikepdf.new(), joined)
    return content


def _has_visible_annotation(node: Any) -> bool:
    annotations = node.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return False
    for annotation in list(annotations):
        if not isinstance(annotation, pikepdf.Dictionary):
            continue
        if str(annotation.get("/Subtype")) in _HARMLESS_ANNOTATIONS or int(annotation.get("/F", 0)) & 2:
            continue
        x0, y0, x1, y1 = (float(v) for v in annotation.get("/Rect", (0, 0, 0, 0)))
        if abs(x1 - x0) > 0 and abs(y1 - y0) > 0 and "/AP" in annotation:
            return True
    return False


def _changes_picture(resources: Any, name: Any) -> bool:
    """Whether a graphics state could make the image look other than its samples."""
    state = resources["/ExtGState"][str(name)]
    soft = state.get("/SMask")
    if soft is not None and str(soft) != "/None":
        return True
    blend = state.get("/BM")
    if blend is not None and str(blend) not in ("/Normal", "/Compatible"):
        return True
    return float(state.get("/ca", 1)) < 1


def _rectangle(operands: Any) -> Matrix:
    x, y, width, height = (float(v) for v in operands)
    return (width, 0, 0, height, x, y)


def bounds_of(matrix: Matrix) -> Box:
    """Bounds of the unit square under the matrix."""
    a, b, c, d, e, f = matrix
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    return (min(xs), min(ys), max(xs), max(ys))


def _overlap(first: Box, second: Box) -> Box:
    x0, y0 = max(first[0], second[0]), max(first[1], second[1])
    return (x0, y0, min(first[2], second[2]), min(first[3], second[3]))


def covers(outer: Box, inner: Box) -> bool:
    """Whether `outer` shows all of `inner` but for 2 % of its size at each side."""
    slack_x, slack_y = _CUT * (inner[2] - inner[0]), _CUT * (inner[3] - inner[1])
    return (
        outer[0] <= inner[0] + slack_x
        and outer[1] <= inner[1] + slack_y
        and outer[2] >= inner[2] - slack_x
        and outer[3] >= inner[3] - slack_y
    )


def _matrix(values: Any) -> Matrix:
    a, b, c, d, e, f = (float(v) for v in values)
    return (a, b, c, d, e, f)


def _times(m: Matrix, n: Matrix) -> Matrix:
    """`m` first, then `n` (ISO 32000-1, 8.3.4: row vectors)."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )
