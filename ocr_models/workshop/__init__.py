"""What makes and measures readers: drawing, fonts, training, measuring. The product imports nothing of it."""

READS = False  # nothing here changes what is read: see `workers.reading_identity`
