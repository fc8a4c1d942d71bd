"""`hotich settings`: every setting with its value in force, whence it comes and what it means."""

from __future__ import annotations

import json
import os
import tomllib
from argparse import Namespace
from dataclasses import fields
from pathlib import Path

from hotich.help_language import help_language
from hotich.setting_meanings import MEANINGS
from hotich.settings import SECRET, Settings, load_settings


def run(arguments: Namespace) -> int:
    """Secrets are told as set or not, never shown."""
    settings = load_settings(arguments.home)
    rows = [_row(settings, field.name, arguments.home) for field in fields(Settings)]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    language = help_language()
    for row in rows:
        mark = " *" if row["from"] != "default" else ""
        print(f"{row['name']} = {row['value']}{mark}")
        print(f"    {row[language]}")
    return 0


def _row(settings: Settings, name: str, home: Path | None) -> dict[str, str]:
    value = getattr(settings, name)
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    if name in SECRET and value:
        shown = "***"
    meaning = MEANINGS[name]
    return {"name": name, "value": shown, "from": _origin(settings, name, home), "vi": meaning.vi, "en": meaning.en}


def _origin(settings: Settings, name: str, home: Path | None) -> str:
    """`command line`, `environment`, `settings.toml` or `default`, as `load_settings` weighs them."""
    variable = f"HOTICH_{name.upper()}"
    if name == "home":
        return "command line" if home is not None else "environment" if variable in os.environ else "default"
    if variable in os.environ or (name in SECRET and variable + "_FILE" in os.environ):
        return "environment"
    path = settings.home / "settings.toml"
    if path.exists() and name in tomllib.loads(path.read_text(encoding="utf-8")):
        return "settings.toml"
    if name == "prefect_api_url" and os.environ.get("PREFECT_API_URL"):
        return "environment"
    return "default"
