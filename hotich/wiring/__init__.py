"""Builders that put the parts together by the settings; nothing here does work of its own.

Everything heavy is imported where it is needed, so that a command loads only what it uses.
"""
