"""What people decide about readings: which fields need how many pairs of eyes, and what their decisions make of a
record. Pure: who decides, and when, is for `storage.review` and `service.desk` to keep."""
