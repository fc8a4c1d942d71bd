"""Two-layer archival PDFs: the scan untouched, the text that was read invisible above it."""

from pipeline.records.archival.document import HEAD, ArchivalPdf, make_archival_pdf, source_of
from pipeline.records.archival.text import TextSpan

__all__ = ["HEAD", "ArchivalPdf", "TextSpan", "make_archival_pdf", "source_of"]
