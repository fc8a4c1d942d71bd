"""From several readings and several sources to one value with its evidence, and on to accepted or review."""
