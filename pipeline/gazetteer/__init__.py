"""Units and their names through time, legal syllables, frequent names of people."""

from pipeline.gazetteer.table import Certainty, Level, Unit, ancestors, children, find_unit, units

__all__ = ["Certainty", "Level", "Unit", "ancestors", "children", "find_unit", "units"]
