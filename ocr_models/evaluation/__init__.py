"""Records held against known truth: what `hotich evaluate` measures."""
