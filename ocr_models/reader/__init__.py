"""Our own reader of Vietnamese lines: print, typewriter and pen."""

from ocr_models.reader.reader import NAME, OwnReader, own_identities

__all__ = ["NAME", "OwnReader", "own_identities"]
