"""Two-layer archival PDFs: the scan untouched, the text that was read invisible above it."""

from pipeline.records.archival.document import ArchivalPdf, make_archival_pdf
from pipeline.records.archival.text import TextSpan

__all__ = ["ArchivalPdf", "TextSpan", "make_archival_pdf"]
