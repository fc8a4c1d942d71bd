"""One book, one hand: our reader learns a clerk's hand from corrected lines, in numpy alone."""

READS = False  # nothing here changes what is read: see `workers.reading_identity`
