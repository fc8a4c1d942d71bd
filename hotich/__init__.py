"""The program: command line, settings, wiring. No logic of its own."""

__version__ = "0.1.0"
