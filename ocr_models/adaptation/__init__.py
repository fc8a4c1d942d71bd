"""One book, one hand: our reader learns a clerk's hand from corrected lines, in numpy alone."""
