"""A submission from its receipt to its answer, and how it is shown."""
