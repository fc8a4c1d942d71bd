"""What everything over HTTP shares: models on the wire, errors, keys, limits."""
