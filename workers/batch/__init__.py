"""A batch of scans: found, claimed, read by worker processes, stored, and delivered to the user's folder."""
