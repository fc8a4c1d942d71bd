"""Which sides of a card a record was read from."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.domain.model import CivilRecord, FieldSource
from pipeline.forms.definition import FormPage
from pipeline.forms.loading import FormDefinitionError, form


def sides_seen(record: CivilRecord) -> tuple[str, ...]:
    """Which sides of a card its record was read from; none for papers without a front and a back.

    A side shows itself by fields that stand only there, or by its machine-readable codes.
    """
    if record.form is None:
        return ()
    try:
        pages = form(record.document_type.value, record.form).pages
    except FormDefinitionError:
        return ()
    if {page.side for page in pages} != {"front", "back"}:
        return ()
    return tuple(page.side for page in pages if _is_seen(page, pages, record))


def _is_seen(page: FormPage, pages: Sequence[FormPage], record: CivilRecord) -> bool:
    own = _printed(page) - {name for other in pages if other is not page for name in _printed(other)}
    codes = {"qr": FieldSource.QR, "mrz": FieldSource.MRZ, "barcode": FieldSource.BARCODE}
    sources = {codes[art] for art in page.art if art in codes}
    return any(
        f.value and ((f.name in own and f.source is FieldSource.TEXT) or f.source in sources) for f in record.fields
    )


def _printed(page: FormPage) -> set[str]:
    return {item.field for section in page.sections for item in section.items() if item.field}
