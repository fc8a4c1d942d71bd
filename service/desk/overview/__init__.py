"""How the work at the review desk goes: tables, plots, the day in a few lines."""
