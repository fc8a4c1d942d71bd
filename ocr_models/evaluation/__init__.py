"""Records compared with known truth: what `hotich evaluate` measures."""

READS = False  # nothing here changes what is read: see `workers.reading_identity`
