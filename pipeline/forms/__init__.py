"""Forms as data, and what follows from them: which form a page is, and where its values stand."""
