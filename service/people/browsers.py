"""By what its person knows a session's browser again: its kind and the kind of machine, no more."""

from __future__ import annotations

import re

_BROWSERS = (
    ("Cốc Cốc", r"coc_coc_browser"),
    ("Edge", r"\bEdg[A-Za-z]*/"),
    ("Opera", r"\bOPR/"),
    ("Firefox", r"\bFirefox/"),
    ("Chrome", r"\b(Chrome|CriOS|Chromium|HeadlessChrome)/"),
    ("Safari", r"\bSafari/"),
)
_MACHINES = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)


def browser_of(user_agent: str) -> str:
    """`Chrome, Windows`; empty for what is not known. What a browser says of itself proves nothing."""
    text = user_agent[:500]
    found = (next((name for name, mark in kinds if re.search(mark, text)), "") for kinds in (_BROWSERS, _MACHINES))
    return ", ".join(name for name in found if name)
