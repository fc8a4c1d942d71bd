"""Administrative units and their names through time, addresses, legal syllables, frequent names of people."""

from pipeline.gazetteer.people import given_names, middle_names, name_cost, surnames
from pipeline.gazetteer.resolve import AddressMatch, resolve, successors_at
from pipeline.gazetteer.table import Certainty, Level, Unit, ancestors, children, find_unit, units
from pipeline.values.syllables import legal_syllables

__all__ = [
    "AddressMatch",
    "Certainty",
    "Level",
    "Unit",
    "ancestors",
    "children",
    "find_unit",
    "given_names",
    "legal_syllables",
    "middle_names",
    "name_cost",
    "resolve",
    "successors_at",
    "surnames",
    "units",
]
