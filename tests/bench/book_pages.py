"""Simulated books."""


def report(count: int, seed: int) -> None:
    del count, seed
