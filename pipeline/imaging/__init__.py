"""Imaging: a scanned page becomes upright, squared, straight images with a way back to the scan."""

from pipeline.imaging.prepare import PreparedPage, measure_page, prepare_page

__all__ = ["PreparedPage", "measure_page", "prepare_page"]
