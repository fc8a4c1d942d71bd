"""Separator sheets to be printed: A4, a large QR code, a Code 128, and a few words for whoever feeds the scanner.

The letters are Be Vietnam Pro (Copyright 2021 The Be Vietnam Pro Project Authors), under the licence in `OFL.txt`.
"""

from pipeline.records.separator_sheets.draw import write_separator_sheets

__all__ = ["write_separator_sheets"]
