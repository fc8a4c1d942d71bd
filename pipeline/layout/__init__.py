"""Where text stands on an upright page, and its ink without what a form draws around it.

Every threshold here names what it measures, its unit and its origin. *By trial* means: set by trial on the generator's
development pages (drawn from the form definitions, worn, scanned and photographed); none was tried on a real archive.
"Letter heights" are those of the small letters of the page or line.

How much some of them matter was measured on every second page of `samples/` (20 images, 672 lines), one value at a time
a fifth lower and higher. *Steady*: no line, cell, seal, leader or rule came out otherwise, which may also mean that
those pages do not try it. The ink threshold matters most (`ground._SHARE` moves 90 and 102 lines), then its window
(`ground._REACH_MM`: 51 and 38), how far letters reach for each other (`grouping._SIDE`: 31 and 22), the pattern's level
(`ground._PAGE_SHARE`: 16 and 31), the shortest rule (`rules._SHORTEST_MM`: 21 and 13), the colour of stamps
(`seals._MIN_CHROMA`: 19 and 16) and dense areas (`regions._DENSE`: 20 and 12). Colour limits move no line:
`ink_colour._CHROMA` gives 58 and 24 of them another ink.
"""

from pipeline.layout.crossing import Crossing, find_crossings
from pipeline.layout.cutting import cut_lines, cut_united
from pipeline.layout.find import find_layout
from pipeline.layout.model import Box, Cell, InkMap, Leader, PageLayout, Rule, Seal, Segment

__all__ = [
    "Box",
    "Cell",
    "Crossing",
    "InkMap",
    "Leader",
    "PageLayout",
    "Rule",
    "Seal",
    "Segment",
    "cut_lines",
    "cut_united",
    "find_crossings",
    "find_layout",
]
