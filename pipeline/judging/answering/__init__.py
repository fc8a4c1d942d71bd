"""Until when people are to be answered: working days, with holidays that are data."""

from pipeline.judging.answering.deadline import WorkingDays, due_on, holidays_of, known_holidays

__all__ = ["WorkingDays", "due_on", "holidays_of", "known_holidays"]
