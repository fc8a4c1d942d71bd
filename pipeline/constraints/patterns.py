"""Texts that follow a rule, as an automaton that a reader's search walks along: dates, numbers, lists.

A rule is put together from parts: `literal`, `one_of`, `sequence`, `maybe`, `many`, `any_of`. Case does not
matter. Method: Thompson's construction, made deterministic a state at a time as the search asks
(Aho, Sethi, Ullman, "Compilers", section 3.7).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable


class _Net:
    """Nodes with arcs that a character opens, and free ones."""

    def __init__(self) -> None:
        self.arcs: list[dict[str, list[int]]] = []
        self.free: list[list[int]] = []

    def node(self) -> int:
        self.arcs.append({})
        self.free.append([])
        return len(self.arcs) - 1


Part = Callable[[_Net, int], int]
"""Adds the part's nodes to a net behind a node, and gives the node where it ends."""


def literal(text: str) -> Part:
    """Exactly this text."""

    def add(net: _Net, start: int) -> int:
        for character in text.lower():
            end = net.node()
            net.arcs[start].setdefault(character, []).append(end)
            start = end
        return start

    return add


def any_of(characters: str) -> Part:
    """One of these characters."""

    def add(net: _Net, start: int) -> int:
        end = net.node()
        for character in characters.lower():
            net.arcs[start].setdefault(character, []).append(end)
        return end

    return add


def sequence(*parts: Part | str) -> Part:
    """One after the other; a text stands for itself."""

    def add(net: _Net, start: int) -> int:
        for part in parts:
            start = (literal(part) if isinstance(part, str) else part)(net, start)
        return start

    return add


def one_of(*parts: Part | str) -> Part:
    """Any one of them."""

    def add(net: _Net, start: int) -> int:
        ends = [sequence(part)(net, start) for part in parts]
        end = net.node()
        for last in ends:
            net.free[last].append(end)
        return end

    return add


def maybe(part: Part | str) -> Part:
    """The part or nothing."""
    return one_of(part, "")


def many(part: Part | str) -> Part:
    """The part any number of times, including none."""

    def add(net: _Net, start: int) -> int:
        again = net.node()
        net.free[start].append(again)
        net.free[sequence(part)(net, again)].append(again)
        return again

    return add


class Pattern:
    """The texts a rule allows: a `pipeline.domain.recognition.Wording` that forbids every other and prefers none."""

    def __init__(self, rule: Part | str) -> None:
        self._net = _Net()
        start = self._net.node()
        self._end = sequence(rule)(self._net, start)
        self._numbers: dict[frozenset[int], int] = {}
        self._nodes: list[frozenset[int]] = []
        self._steps: dict[tuple[int, str], int | None] = {}
        self._start = self._number([start])
        letters = {letter for arcs in self._net.arcs for letter in arcs}
        self._characters = frozenset(letters | {letter.upper() for letter in letters})

    @property
    def characters(self) -> frozenset[str]:
        """All that can ever stand in an allowed text."""
        return self._characters

    @property
    def start(self) -> int:
        return self._start

    def follow(self, state: int, character: str) -> int | None:
        """The state after one more character; None where no allowed text continues so."""
        key = (state, character)
        if key not in self._steps:
            letter = character.lower()
            reached = [n for node in self._nodes[state] for n in self._net.arcs[node].get(letter, ())]
            self._steps[key] = self._number(reached) if reached else None
        return self._steps[key]

    def weight(self, state: int, *, ended: bool) -> float:
        """0 while an allowed text can still be reached, and at its end; -inf for an end before it."""
        return -math.inf if ended and self._end not in self._nodes[state] else 0.0

    def allows(self, text: str) -> bool:
        """Whether the whole text follows the rule."""
        state: int | None = self._start
        for character in text:
            if state is None:
                return False
            state = self.follow(state, character)
        return state is not None and self._end in self._nodes[state]

    def _number(self, nodes: Iterable[int]) -> int:
        """The number of the state for these nodes and all nodes that can be reached from them without a character."""
        reached: set[int] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting.extend(self._net.free[node])
        states = frozenset(reached)
        if states not in self._numbers:
            self._numbers[states] = len(self._nodes)
            self._nodes.append(states)
        return self._numbers[states]
