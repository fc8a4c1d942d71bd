"""Imaging: a scanned page becomes upright, squared, straight images with a way back to the scan.

Every threshold here names what it measures, its unit and its origin. *By trial* means: set by trial on the generator's
development pages (drawn from the form definitions, worn, scanned and photographed); none was tried on a real archive.
A "view" is the grey page at 150 dpi, an "overview" the scan at 1,000 pixels; lengths in pixels are of the one named.

How much some of them matter was measured on 11 to 16 pages of `samples/`, one value at a time a fifth lower and
higher.
*Steady*: no region, direction, slope (0.05 degrees) or finding came out otherwise, and no measure by a tenth; which may
mean that those pages do not try it. Of those that find cards and pages (`locate`), the tolerances, the colour distance
at a page's edge, a page's shares and the foreign rim were steady; the overview's size was not (slopes moved on 3 and 10
of 16 pieces, one became another kind).
"""

from pipeline.imaging.prepare import PreparedPage, measure_page, prepare_page

__all__ = ["PreparedPage", "measure_page", "prepare_page"]
