"""What judges and shows readings but never decides what is read: verdicts on submissions, and the review of records."""
