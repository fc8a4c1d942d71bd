"""Measures what a book's corrected lines teach, and draws the general lines that its model must not forget."""
