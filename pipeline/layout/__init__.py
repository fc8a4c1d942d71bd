"""Where text stands on an upright page, and its ink without what a form draws around it.

Every threshold here names what it measures, its unit and its origin. *By trial* means: set by trial on the generator's
development pages (drawn from the form definitions, worn, scanned and photographed); none was tried on a real archive.
"Letter heights" are those of the small letters of the page or line.
"""

from pipeline.layout.cutting import cut_lines
from pipeline.layout.find import find_layout
from pipeline.layout.model import Box, Cell, InkMap, Leader, PageLayout, Rule, Seal, Segment

__all__ = [
    "Box",
    "Cell",
    "InkMap",
    "Leader",
    "PageLayout",
    "Rule",
    "Seal",
    "Segment",
    "cut_lines",
    "find_layout",
]
