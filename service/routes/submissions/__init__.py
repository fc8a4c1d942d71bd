"""Handing in by programs, resumable uploads, and decisions of the office."""
