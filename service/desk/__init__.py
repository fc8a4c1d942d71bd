"""The review desk: what is to be decided, by whom, with what before their eyes."""
