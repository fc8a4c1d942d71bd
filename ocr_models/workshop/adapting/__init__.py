"""How much a book's hand teaches, measured; and the lines of the general kind that it must not forget."""
