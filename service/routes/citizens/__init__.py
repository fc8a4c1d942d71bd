"""The citizen's pages: hand in without an account, look up, check a copy."""
