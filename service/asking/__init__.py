"""May a paper still be asked for: the question put to the registers and the archive, answered and logged."""
