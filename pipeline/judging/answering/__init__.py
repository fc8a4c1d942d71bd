"""Until when people are to be answered: working days, with holidays that are data."""

from pipeline.judging.answering.deadline import due_on, holidays_of, known_holidays

__all__ = ["due_on", "holidays_of", "known_holidays"]
