"""What everything over HTTP shares: the models on the wire, errors, keys, bounds."""
