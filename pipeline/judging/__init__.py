"""Judges and shows what was read, but never decides what is read: verdicts on submissions, review of records."""

READS = False  # nothing here changes what is read: see `workers.reading_identity`
