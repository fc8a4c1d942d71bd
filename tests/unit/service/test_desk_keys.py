"""Keys that a person changes, and what is kept of preferences."""

from __future__ import annotations

import pytest

from service.desk.keys import ACTIONS, CHOICES, Keys, WrongKeys, changed_keys, shown_key
from service.desk.preferences import Preferences


def test_every_key_that_comes_may_be_chosen_and_stands_for_one_thing() -> None:
    assert {action.key for action in ACTIONS} <= set(CHOICES)
    assert len({action.key for action in ACTIONS}) == len(ACTIONS)
    assert changed_keys({}) == {}


def test_only_what_differs_from_what_comes_is_kept() -> None:
    wanted = {action.name: action.key for action in ACTIONS} | {"illegible": "F6"}
    assert changed_keys(wanted) == {"illegible": "F6"}
    assert Keys({"illegible": "F6"}).actions()["F6"] == "illegible"
    assert "F2" not in Keys({"illegible": "F6"}).actions()


@pytest.mark.parametrize("wanted", [{"illegible": "F3"}, {"illegible": "F5"}, {"undo": "Alt+1"}])
def test_a_key_for_two_things_or_of_the_browser_is_refused(wanted: dict[str, str]) -> None:
    with pytest.raises(WrongKeys):
        changed_keys(wanted)


def test_keys_are_shown_as_they_are_printed_on_them() -> None:
    assert [shown_key(key) for key in ("F2", "Alt+C", "Alt++", "Alt+-", "Alt+ArrowLeft")] == [
        "F2", "Alt C", "Alt +", "Alt −", "Alt ←",
    ]  # fmt: skip


def test_preferences_are_read_as_they_were_kept() -> None:
    chosen = Preferences(theme="dark", typing="vni", keys={"undo": "F7"})
    assert Preferences.read(chosen.text()) == chosen


@pytest.mark.parametrize("text", ["", "[]", "no json", '{"theme": "pink", "typing": 3, "keys": []}', '{"new": 1}'])
def test_what_is_not_known_of_preferences_shuts_nobody_out(text: str) -> None:
    assert Preferences.read(text) == Preferences()
