"""Builders that tests share: papers, lines, records, batches, and the processes that stand in for real readers."""
