"""From several readings and sources to one value with its evidence, and on to accepted or review."""
