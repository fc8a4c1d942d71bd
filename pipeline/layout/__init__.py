"""Where text stands on an upright page, and its ink without what a form draws around it."""

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
