"""What people decide about readings: whom to ask, by how many people, and what their decisions make of a record.

Pure. `storage.review` keeps items and decisions, `service.desk` has the use cases."""
