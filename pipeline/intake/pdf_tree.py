"""The page tree of a PDF, walked with a bound; and whether the file holds active content."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pikepdf

from pipeline.intake.errors import CorruptFile
from pipeline.intake.limits import IntakeLimits

Box = tuple[float, float, float, float]

_INHERITED = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
_MAX_DEPTH = 64  # levels of the page tree; a bound on hostile files
_MAX_ANNOTATIONS, _MAX_ACTIONS, _MAX_CHAIN = 500, 16, 8  # looked at on a page, in a row, one after another; for time
_ACTING = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Movie", "/Sound", "/Rendition"}
_ACTING_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"}
LETTER: Box = (0.0, 0.0, 612.0, 792.0)  # points; what viewers take a page without a size to be


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page object with what it inherits: visible box and unit in points, rotation clockwise."""

    node: Any
    resources: Any
    box: Box
    rotate: int
    unit: float

    @property
    def size_inches(self) -> tuple[float, float]:
        """Width and height as displayed."""
        x0, y0, x1, y1 = self.box
        width, height = (x1 - x0) * self.unit / 72, (y1 - y0) * self.unit / 72
        return (height, width) if self.rotate in (90, 270) else (width, height)


def walk_pages(pdf: pikepdf.Pdf, name: str, limits: IntakeLimits) -> list[PdfPage]:
    """Every page that is there, in reading order, whatever count the file declares.

    A node that is reached twice makes the tree no tree: `CorruptFile`. Raises `TooManyPages` during the walk.
    """
    root = pdf.Root.get("/Pages")
    if not isinstance(root, pikepdf.Dictionary):
        raise CorruptFile.about(name, reason="no page tree")
    pages: list[PdfPage] = []
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[Any, dict[str, Any], int]] = [(root, {}, 0)]
    while stack:
        node, inherited, depth = stack.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue  # a missing kid; viewers skip it too
        if node.is_indirect and depth > 0 and "/Kids" in node:
            if node.objgen in seen or depth > _MAX_DEPTH:
                raise CorruptFile.about(name, reason="cyclic page tree")
            seen.add(node.objgen)
        known = inherited | {key: node[key] for key in _INHERITED if key in node}
        kids = node.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            if node.objgen == root.objgen and depth > 0:
                raise CorruptFile.about(name, reason="cyclic page tree")
            limits.check_pages(len(kids) // 16, name=name)
            stack.extend((kid, known, depth + 1) for kid in reversed(list(kids)))
        else:
            pages.append(_page(node, known))
            limits.check_pages(len(pages), name=name)
    return pages


def alone(page: PdfPage) -> io.BytesIO:
    """A PDF of this one page, with what it inherits."""
    if page.resources is not None:
        page.node.Resources = page.resources
    pdf = pikepdf.new()
    pdf.pages.append(pikepdf.Page(page.node))
    leaf = pdf.pages[0].obj
    leaf.MediaBox = leaf.CropBox = pikepdf.Array(list(page.box))
    leaf.Rotate = page.rotate
    out = io.BytesIO()
    pdf.save(out)
    return out


def has_active_content(pdf: pikepdf.Pdf, pages: list[PdfPage]) -> bool:
    """Whether scripts, attachments, launch or submit actions are in the file. Nothing is run."""
    root = pdf.Root
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and ("/JavaScript" in names or "/EmbeddedFiles" in names):
        return True
    if "/AA" in root or "/AF" in root or _acts(root.get("/OpenAction")):
        return True
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        return True
    return any(_page_acts(page.node) for page in pages)


def _page_acts(node: Any) -> bool:
    if "/AA" in node:
        return True
    annotations = node.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return False
    for annotation in list(annotations)[:_MAX_ANNOTATIONS]:
        if not isinstance(annotation, pikepdf.Dictionary):
            continue
        if str(annotation.get("/Subtype")) in _ACTING_ANNOTATIONS or "/AA" in annotation:
            return True
        if _acts(annotation.get("/A")):
            return True
    return False


def _acts(action: Any, depth: int = 0) -> bool:
    if not isinstance(action, pikepdf.Dictionary) or depth > _MAX_CHAIN:
        return False
    if str(action.get("/S")) in _ACTING:
        return True
    following = action.get("/Next")
    chain = list(following) if isinstance(following, pikepdf.Array) else [following]
    return any(_acts(step, depth + 1) for step in chain[:_MAX_ACTIONS])


def _page(node: Any, known: dict[str, Any]) -> PdfPage:
    media = _box(known.get("/MediaBox")) or LETTER
    crop = _box(known.get("/CropBox")) or media
    box = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    if box[2] - box[0] <= 0 or box[3] - box[1] <= 0:
        box = media
    rotate = known.get("/Rotate", 0)
    unit = node.get("/UserUnit", 1)
    try:
        turn, scale = int(rotate) % 360, float(unit)
    except (TypeError, ValueError):
        turn, scale = 0, 1.0
    return PdfPage(
        node=node,
        resources=known.get("/Resources"),
        box=box,
        rotate=turn if turn in (90, 180, 270) else 0,
        unit=scale if 0 < scale < 1e4 else 1.0,
    )


def _box(value: Any) -> Box | None:
    try:
        a, b, c, d = (float(v) for v in value)
    except (TypeError, ValueError):
        return None
    box = (min(a, c), min(b, d), max(a, c), max(b, d))
    return box if box[2] > box[0] and box[3] > box[1] else None
