"""The submission service: a verdict on an upload while the citizen is still looking (HTTP)."""
