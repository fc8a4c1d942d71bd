"""The forms: one TOML file for each generation of each document type."""
