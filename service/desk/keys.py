"""The desk's keys: what each does, which are fixed, and how a person changes the others.

A key is named as its combination is written: "F2", "Alt+C", "Alt+ArrowLeft". Scripts name a press the same way
(`desk_keys.js`), by the key's place, so that an input method's letters do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline.domain.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done by a key that a person may change. `label` stands on its button, `help` in the table of keys."""

    name: str
    key: str
    label: Message
    help: Message


class WrongKeys(Exception):
    """Keys that cannot be kept. `message` says which and why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


def _action(name: str, key: str, label: tuple[str, str], help: tuple[str, str] | None = None) -> Action:
    return Action(name=name, key=key, label=Message(*label), help=Message(*(help or label)))


ACTIONS: Final[tuple[Action, ...]] = (
    _action("illegible", "F2", ("Không đọc được", "Illegible")),
    _action("absent", "F3", ("Giấy tờ không ghi", "Not on the form")),
    _action("paper", "F4", ("Giấy tờ có lỗi", "Paper problem"),
            ("Giấy tờ có lỗi: sai loại, tách trang sai, chụp lại", "Paper problem: type, pages, scan again")),
    _action("undo", "F8", ("Hoàn tác", "Undo"), ("Hoàn tác quyết định vừa rồi", "Undo the last decision")),
    _action("skip", "F9", ("Bỏ qua (để người khác)", "Leave it to others")),
    _action("comment", "Alt+C", ("Ghi chú", "Comment")),
    _action("typing", "Alt+T", ("Kiểu gõ", "Typing"), ("Kiểu gõ: Telex, VNI, tắt", "Typing: Telex, VNI, off")),
    _action("left", "Alt+ArrowLeft", ("Chữ chưa chắc trước", "Doubtful letter before")),
    _action("right", "Alt+ArrowRight", ("Chữ chưa chắc sau", "Next doubtful letter")),
    _action("zoomIn", "Alt++", ("Phóng to", "Zoom in")),
    _action("zoomOut", "Alt+-", ("Thu nhỏ", "Zoom out")),
    _action("place", "Alt+0", ("Về vị trí mục", "To the place")),
    _action("whole", "Alt+9", ("Cả trang", "Whole page")),
    _action("box", "Alt+B", ("Khoanh vùng lại", "Mark the place"),
            ("Khoanh vùng lại vị trí của mục trên giấy tờ", "Mark the place on the page")),
    _action("paperLink", "Alt+P", ("Cả giấy tờ", "Whole paper")),
    _action("help", "F1", ("Phím", "Keys"), ("Bảng phím này", "These keys")),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Action]] = {action.name: action for action in ACTIONS}
# What cannot be changed: hands know it, and pages lead to it without a table.
FIXED: Final[tuple[tuple[str, Message], ...]] = (
    ("Enter", Message("Xác nhận: đúng như máy đọc, hoặc như vừa gõ", "Confirm the reading, or what was typed")),
    ("1 – 5", Message("Chọn cách đọc khác rồi xác nhận; mục có chữ số thì Alt + 1 – 5",
                      "Another reading, confirmed at once; Alt + 1 – 5 always")),
    ("Esc", Message("Trở lại như máy đọc", "Back to the reading")),
    ("Ctrl Enter", Message("Giữ đúng như trên giấy tờ khi máy báo sai dạng", "Keep as written what has an odd form")),
    ("Ctrl Z", Message("Hoàn tác quyết định vừa rồi, khi chưa gõ gì", "Undo the last decision, before typing")),
    ("Ctrl Shift ← ↑ → ↓", Message("Di chuyển trang giấy tờ", "Move the page")),
)  # fmt: skip
# What a key may be changed to: F5, F11 and F12 are every browser's, Alt + 1 – 5 pick readings, Alt + D, E, F go to the
# browser's own bars.
CHOICES: Final[tuple[str, ...]] = (
    *(f"F{number}" for number in (1, 2, 3, 4, 6, 7, 8, 9, 10)),
    *(f"Alt+{letter}" for letter in "ABCGHIJKLMNOPQRSTUVWXYZ"),
    *(f"Alt+{digit}" for digit in "06789"),
    "Alt++", "Alt+-", "Alt+ArrowLeft", "Alt+ArrowRight", "Alt+ArrowUp", "Alt+ArrowDown",
)  # fmt: skip
_SHOWN: Final = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓", "-": "−"}


class Keys:
    """The keys of one person: those they changed, the others as they come."""

    def __init__(self, changed: Mapping[str, str]) -> None:
        """`changed`: action to key; what names no action or key of ours is passed over."""
        self._keys = {action.name: action.key for action in ACTIONS}
        self._keys |= {name: key for name, key in changed.items() if name in BY_NAME and key in CHOICES}

    def of(self, action: str) -> str:
        return self._keys[action]

    def shown(self, action: str) -> str:
        """The key as it stands on a button: "Alt ←"."""
        return shown_key(self._keys[action])

    def actions(self) -> dict[str, str]:
        """Key to action, for scripts."""
        return {key: name for name, key in self._keys.items()}


def shown_key(key: str) -> str:
    held, _, last = key.rpartition("+") if not key.endswith("++") else (key[:-2], "+", "+")
    return " ".join(part for part in (held, _SHOWN.get(last, last)) if part)


def changed_keys(wanted: Mapping[str, str]) -> dict[str, str]:
    """Of the wanted keys (action to key) those that differ from what comes. Raises WrongKeys for an unknown key, and
    for one that two actions want."""
    keys = {action.name: wanted.get(action.name) or action.key for action in ACTIONS}
    for name, key in keys.items():
        if key not in CHOICES:
            raise WrongKeys(Message(f"Không dùng được phím “{key[:20]}”", f"“{key[:20]}” cannot be used"))
        other = next((one for one, has in keys.items() if has == key and one != name), None)
        if other is not None:
            here, there = BY_NAME[name].label, BY_NAME[other].label
            raise WrongKeys(
                Message(
                    f"Phím {shown_key(key)} đang dùng cho cả “{here.vi}” và “{there.vi}”",
                    f"{shown_key(key)} stands for both “{here.en}” and “{there.en}”",
                )
            )
    return {name: key for name, key in keys.items() if key != BY_NAME[name].key}
