"""What the archive holds of one person, and what the person may have done with it."""
