"""An archival copy whose text follows what people decided: for searching and copying; its images stay as they are.

The stored copy stays what it is, since its digest is what holdings are confirmed by. This one is made when somebody
asks for it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf

from pipeline.domain.geometry import Quad, bounds
from pipeline.domain.model import CivilRecord, FieldSource, FieldValue
from pipeline.records.archival.text import TextSpan, text_operators, written_word


def with_decisions(data: bytes, record: CivilRecord, *, title: str = "") -> bytes:
    """A copy of the archival copy in which each field that people decided says what they decided, where it stands; with
    a title of its own. The bytes as they are for a copy that has no page of the record.
    """
    sizes = {report.number: (report.width, report.height) for report in record.pages}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            width, height = sizes.get(number, (None, None))
            fields = [field for field in record.fields if field.page == number and _is_decided(field)]
            if fields and width and height:
                _rewrite(pdf, page, fields, (width, height))
        if title:
            with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                metadata["dc:title"] = title
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _is_decided(field: FieldValue) -> bool:
    return field.source is FieldSource.REVIEWER and len(set(field.box)) > 1


def _rewrite(pdf: pikepdf.Pdf, page: pikepdf.Page, fields: Iterable[FieldValue], size: tuple[int, int]) -> None:
    _, _, across, down = (float(side) for side in page.MediaBox)
    scale = (across / size[0], down / size[1])
    fields = list(fields)
    places = [_in_points(field.box, scale, down) for field in fields]
    content = page.Contents.read_bytes()
    kept = [line for line in content.split(b"\n") if not _lies_in(line, places)]
    page.Contents = pdf.make_stream(b"\n".join(kept))
    spans = [TextSpan(text=f"{text} ", box=field.box) for field in fields if (text := field.verbatim or field.value)]
    page.contents_add(text_operators(spans, points_per_pixel=scale, page_height=down), prepend=False)


def _in_points(box: Quad, scale: tuple[float, float], height: float) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = bounds(box)
    return x0 * scale[0], height - y1 * scale[1], x1 * scale[0], height - y0 * scale[1]


def _lies_in(line: bytes, places: Iterable[tuple[float, float, float, float]]) -> bool:
    """Whether the line writes a word whose middle is in one of the places."""
    word = written_word(line)
    if word is None:
        return False
    _, (x, y), _ = word
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in places)
