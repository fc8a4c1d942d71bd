"""The review desk over the wire: its pages, claims, decisions, pictures, overview."""
