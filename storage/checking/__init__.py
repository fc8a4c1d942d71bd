"""The parts of `storage.verify`: what the catalogue says, held against the audit log, the records and the store."""
