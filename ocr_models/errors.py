"""What can go wrong with a reader's own parts: always the machine's fault, never the page's.

    ResourceError
    +-- ModelError
        +-- ModelMissingError      resource.model_missing (resource.tesseract_language_missing)
        +-- ModelDamagedError      resource.model_damaged: wrong digest, truncated, cannot be loaded
        +-- CharsetError resource.model_charset: cannot write Vietnamese

Messages are Vietnamese first, English after " / ", and say what to do next.
"""

from __future__ import annotations

from pipeline.domain.errors import ResourceError


class ModelError(ResourceError):
    """A reader cannot be used on this machine."""

    code = "resource.model_unusable"


class ModelMissingError(ModelError):
    """The file that a reader needs is not there."""

    code = "resource.model_missing"


class ModelDamagedError(ModelError):
    """The file is there but is not the one that was measured: refuse it, read nothing with it."""

    code = "resource.model_damaged"


class CharsetError(ModelError):
    """The model cannot write every Vietnamese letter, so it would misread names without showing it."""

    code = "resource.model_charset"
