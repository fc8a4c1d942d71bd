"""Copies that leave the archive: an archival copy with the mark of its conversion on it."""

from pipeline.records.copies.mark import Mark, Marked, with_mark

__all__ = ["Mark", "Marked", "with_mark"]
