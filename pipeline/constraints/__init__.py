"""What a field can contain: patterns, lexicons, and which of them belong to which grammar."""
