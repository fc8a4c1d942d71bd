"""Invented people and the papers drawn of them, with their truth."""
