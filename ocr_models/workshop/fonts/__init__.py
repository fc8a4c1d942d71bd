"""Fonts checked glyph by glyph for Vietnamese, with licence, kind and split."""

from ocr_models.workshop.fonts.catalogue import FontEntry, FontSource, Kind, Split, catalogue, sources
from ocr_models.workshop.fonts.coverage import REQUIRED, VIETNAMESE, Coverage, check_coverage, draws_vietnamese

__all__ = [
    "REQUIRED",
    "VIETNAMESE",
    "Coverage",
    "FontEntry",
    "FontSource",
    "Kind",
    "Split",
    "catalogue",
    "check_coverage",
    "draws_vietnamese",
    "sources",
]
