"""Figures of the work at the review desk: tables, plots, the day in a few lines."""
