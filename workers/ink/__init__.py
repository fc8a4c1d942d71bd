"""The ink pack: lines that people decided, given away so that nobody can be put together from them; and learnt from."""
