"""What a person has chosen of the desk's pages: colours, the way of typing, keys. Kept with the account, not the
browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.domain.message import Message
from service.desk.keys import Keys

THEMES: Final[Mapping[str, Message]] = {
    "": Message("Theo máy tính", "As the computer's"),
    "light": Message("Sáng", "Light"),
    "dark": Message("Tối", "Dark"),
}
TYPINGS: Final[Mapping[str, Message]] = {
    "": Message("Tắt (dùng bộ gõ của máy tính)", "Off (the computer's own input method)"),
    "telex": Message("Telex", "Telex"),
    "vni": Message("VNI", "VNI"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`theme` of `THEMES`, `typing` of `TYPINGS`; `keys`: action to key, of those that were changed."""

    theme: str = ""
    typing: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Preferences:
        """From what is kept. What this version does not know is passed over: a preference never shuts anybody out."""
        try:
            told: Any = json.loads(text or "{}")
        except ValueError:
            told = {}
        told = told if isinstance(told, dict) else {}
        keys = told.get("keys")
        keys = keys if isinstance(keys, dict) else {}
        return cls(
            theme=theme if (theme := str(told.get("theme", ""))) in THEMES else "",
            typing=typing if (typing := str(told.get("typing", ""))) in TYPINGS else "",
            keys={str(name): str(key) for name, key in keys.items()},
        )

    def text(self) -> str:
        return json.dumps({"theme": self.theme, "typing": self.typing, "keys": dict(self.keys)}, sort_keys=True)

    @property
    def desk_keys(self) -> Keys:
        return Keys(self.keys)
