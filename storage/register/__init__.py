"""The population register: loading it, and finding a person in it by what a paper states."""

from storage.register.loader import BadRow, LoadReport, load_register
from storage.register.register import SqlRegister

__all__ = ["BadRow", "LoadReport", "SqlRegister", "load_register"]
