"""What is written of a record: the JSON contract and the archival copy."""

READS = False  # nothing here changes what is read: see `workers.reading_identity`
