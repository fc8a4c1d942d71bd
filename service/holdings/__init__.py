"""Stored documents in place of paper: which there are, what they are worth today, their use."""
