"""Which readers a process uses, and in which order.

Our own reader reads every line: it is several times faster than Tesseract and finds labels and pen values alike. Where
it doubts a value, or is sure but not beyond doubt, Tesseract is asked. What decided this:
docs/decisions/0033-two-readers.md.
"""

from __future__ import annotations

from pathlib import Path

from ocr_models.reader import OwnReader, own_identities
from ocr_models.tesseract import TesseractReader, find_tessdata
from pipeline.domain.recognition import USUAL_TESSDATA, ModelIdentity, Recognizer
from pipeline.intake.fixity import sha256_of_file
from pipeline.read_page import Readers

_MRZ_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"


def load_readers(tessdata: str | None = None, base: Path | None = None, book: Path | None = None) -> Readers:
    """The readers of one process. `base`: folder of an office's own base reader; `book`: of a book's model, which reads
    beside the base.

    Raises `ModelError`s when one cannot be used.
    """
    return Readers(
        primary=OwnReader(folder=base, book=book),
        seconds=(TesseractReader("vie", tessdata=tessdata),),
        mrz=TesseractReader("eng", whitelist=_MRZ_LETTERS, tessdata=tessdata),
    )


def open_reader(name: str, *, tessdata: str | None = None, folder: Path | None = None) -> Recognizer:
    """One reader by its short name: "ours" ("ours-fp32", "ours-int8" to choose) or "tesseract".

    `folder`: other weights of ours. Raises ValueError for another name, `ModelError`s when the reader cannot be
    used.
    """
    if name == "ours":
        return OwnReader(folder=folder)
    if name == "ours-fp32":
        return OwnReader(folder=folder, precision="fp32")
    if name == "ours-int8":
        return OwnReader(folder=folder, precision="int8")
    if name == "tesseract":
        return TesseractReader("vie", tessdata=tessdata)
    raise ValueError(f"no such reader: {name}")


def reader_identities(
    tessdata: str | None = None, base: Path | None = None, book: Path | None = None
) -> tuple[ModelIdentity, ...]:
    """Names and digests of what `load_readers` uses, read from the files without loading them. Raises
    `ModelMissingError` when one is missing.
    """
    folders = (tessdata,) if tessdata else USUAL_TESSDATA
    languages = (
        ModelIdentity(
            name=f"tesseract-{language}",
            sha256=sha256_of_file(find_tessdata(language, folders) / f"{language}.traineddata"),
        )
        for language in ("vie", "eng")
    )
    return (*own_identities(base, book), *languages)
