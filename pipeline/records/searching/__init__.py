"""How stored documents are found again: the terms a document is known by, and the question that finds them."""

from pipeline.records.searching.question import AllOf, AnyOf, Closeness, Question, Spellings, Wanted, attempts
from pipeline.records.searching.terms import SearchTerms, page_words, terms_of

__all__ = [
    "AllOf",
    "AnyOf",
    "Closeness",
    "Question",
    "SearchTerms",
    "Spellings",
    "Wanted",
    "attempts",
    "page_words",
    "terms_of",
]
