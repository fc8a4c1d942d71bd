"""Whose papers a person sees."""

from __future__ import annotations


def offices_seen(office: str, home_office: str) -> tuple[str, ...]:
    """The offices whose papers somebody of `office` works on, their own first.

    What belongs to no office ("") is never nobody's: it is the home office's, or everybody's where the installation
    names none. `home_office`: as `office` in the settings.
    """
    if not office:
        return ("",)
    return (office, "") if home_office in ("", office) else (office,)
