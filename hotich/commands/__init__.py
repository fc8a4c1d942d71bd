"""One module per command; each `run` takes the parsed arguments and gives an exit code."""
