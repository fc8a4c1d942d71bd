"""Imaging: a scanned page becomes upright, squared, straight images with a way back to the scan."""

from pipeline.imaging.prepare import PreparedPage, prepare_page

__all__ = ["PreparedPage", "prepare_page"]
