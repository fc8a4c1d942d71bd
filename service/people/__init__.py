"""Callers of the service: programs, people of an office, citizens, and what each may do."""
