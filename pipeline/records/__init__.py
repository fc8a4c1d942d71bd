"""What is written of a record: the JSON contract and the archival copy."""
