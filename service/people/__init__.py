"""Who is asking: programs, people of an office, citizens, and what each may do."""
