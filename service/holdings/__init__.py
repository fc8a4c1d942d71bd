"""Stored documents in place of paper: which there are, whether they are good today, and their use."""
