"""Submissions: receiving, reading, answering, showing and deciding them."""
