"""What a field may say: patterns, lexicons, and which of them belong to which grammar."""
