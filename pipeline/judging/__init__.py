"""What judges and shows readings but never decides what is read: verdicts on submissions, and the review of records."""

READS = False  # nothing here changes what is read: see `workers.reading_identity`
