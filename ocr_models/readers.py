"""Which readers a process uses, and in which order.

Our own reader reads every line: it is several times faster than the others and finds labels and pen
values alike. Where it doubts a value Tesseract is asked, best on print; where the two differ asternet, best on typed
and handwritten digits. README.md shows the figures that decided this.
"""

from __future__ import annotations

from ocr_models.asternet import WEIGHTS_SHA256, AsternetReader
from ocr_models.reader.reader import NAME, WEIGHTS, Manifest, OwnReader
from ocr_models.tesseract import USUAL_TESSDATA, TesseractReader, find_tessdata
from pipeline.intake.fixity import sha256_of_file
from pipeline.reading import Readers
from pipeline.recognition import ModelIdentity

_MRZ_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"


def load_readers(tessdata: str | None = None) -> Readers:
    """The readers of one process. Raises `ModelError`s when one cannot be used."""
    return Readers(
        primary=OwnReader(),
        seconds=(TesseractReader("vie", tessdata=tessdata), AsternetReader()),
        mrz=TesseractReader("eng", whitelist=_MRZ_LETTERS, tessdata=tessdata),
    )


def reader_identities(tessdata: str | None = None) -> tuple[ModelIdentity, ...]:
    """Names and digests of what `load_readers` uses, told from the files without loading them.

    Raises `ModelMissingError` when one is not there.
    """
    folders = (tessdata,) if tessdata else USUAL_TESSDATA
    languages = (
        ModelIdentity(
            name=f"tesseract-{language}",
            sha256=sha256_of_file(find_tessdata(language, folders) / f"{language}.traineddata"),
        )
        for language in ("vie", "eng")
    )
    own = ModelIdentity(name=NAME, sha256=Manifest.read(WEIGHTS).sha256)
    return (own, ModelIdentity(name="asternet", sha256=WEIGHTS_SHA256), *languages)
