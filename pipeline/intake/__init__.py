"""Intake: a source file of any readable kind, opened safely, page by page."""

from pipeline.intake.document import Document, open_document, printable
from pipeline.intake.errors import IntakeError
from pipeline.intake.fixity import sha256_of_file, sha256_of_stream
from pipeline.intake.limits import IntakeLimits

__all__ = [
    "Document",
    "IntakeError",
    "IntakeLimits",
    "open_document",
    "printable",
    "sha256_of_file",
    "sha256_of_stream",
]
