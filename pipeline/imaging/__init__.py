"""Imaging: a scanned page becomes upright, squared, straight images with a way back to the scan.

Every threshold here names what it measures, its unit and its origin. *By trial* means: set by trial on the generator's
development pages (drawn from the form definitions, worn, scanned and photographed); none was tried on a real archive.
A "view" is the grey page at 150 dpi, an "overview" the scan at 1,000 pixels; lengths in pixels are of the one named.
"""

from pipeline.imaging.prepare import PreparedPage, measure_page, prepare_page

__all__ = ["PreparedPage", "measure_page", "prepare_page"]
