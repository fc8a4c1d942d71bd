"""A clerk at the work page: what is shown, and what a careful person does about it, by keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from pipeline.judging.review.display import display_value
from pipeline.judging.review.places import grammar_of
from tests.browser.conftest import Visitor
from tests.browser.desk_server import DeskServer
from tests.making.desk_home import Truth

_MARKS = {"\u0302": "^", "\u0306": "w", "\u031b": "w"}
_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_AT = """() => { const main = document.querySelector("main"), item = main.querySelector(".item");
  return {item: main.dataset.shown ?? null, field: item?.dataset.field, document: item?.dataset.document,
          shown: item?.dataset.shown, value: document.getElementById("answer")?.value,
          preloaded: main.dataset.preloaded, picks: [...(item?.querySelectorAll("[data-pick]") ?? [])]
            .map(one => one.dataset.text), digits: item ? "digits" in item.dataset : false}; }"""
# A page that is just being loaded has no main yet.
_NEXT_READY = """() => { const {shown, ahead, over} = document.querySelector("main")?.dataset ?? {};
  return shown && (Number(ahead) > 0 || over === "true") && document.querySelector(".line img, .missing-line"); }"""

_OTHER_SHOWN = """item => { const main = document.querySelector("main");
  return main !== null && main.dataset.shown !== item; }"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The item on the screen."""

    item: str
    field: str
    document: str
    shown: str
    value: str
    preloaded: str
    picks: list[str]
    digits: bool


def telex(text: str) -> str:
    """The keys that type a text by Telex."""
    return re.sub(r"[^\W\d_]+", lambda word: _telex_word(word[0]), unicodedata.normalize("NFC", text))


def _telex_word(word: str) -> str:
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("đ", "dd").replace("Đ", "Dd")):
        if letter in _TONES:
            tone = _TONES[letter]
        elif letter in _MARKS:
            keys += keys[-1].lower() if _MARKS[letter] == "^" else "w"
        else:
            keys += letter
    return keys + tone


@dataclass
class Clerk:
    """Somebody who knows what stands on the papers. `papers`: document id to what is on it."""

    visitor: Visitor
    papers: Mapping[str, Truth] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        return self.visitor.page

    def start(self, query: str = "") -> Shown:
        self.visitor.open(f"/ban-duyet/lam{query}")
        return self.at()

    def at(self) -> Shown:
        """The item that is shown, once the one after it is ready too, as for somebody who looks before pressing."""
        self.page.wait_for_function(_NEXT_READY)
        return Shown(**self.page.evaluate(_AT))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Letters as keys; those that no key has as an input method gives them."""
        for letter in text:
            if letter.isascii():
                self.page.keyboard.press(letter if letter != " " else "Space")
            else:
                self.page.keyboard.insert_text(letter)

    def stands(self, item: Shown) -> str:
        """What is on the paper, as a clerk writes it."""
        truth = self.papers[item.document]
        value, verbatim, _, _ = truth.fields[item.field]
        grammar = grammar_of(truth.document_type.value, truth.form, item.field)
        return unicodedata.normalize("NFC", verbatim if value is None else display_value(grammar, value))

    def context_text(self, path: str) -> str:
        """Everything another page holds, looked at in the same tab."""
        return self.visitor.open(path).content()

    def moved_on(self, item: Shown) -> None:
        """Another item is on the screen, or nothing is left."""
        self.page.wait_for_function(_OTHER_SHOWN, arg=item.item)

    def all_sent(self) -> None:
        expect(self.page.locator("[data-unsent]")).to_be_hidden()

    def nothing_left(self) -> None:
        expect(self.page.locator("[data-nothing]")).to_be_visible()


def decisions(server: DeskServer, document_id: str) -> list[tuple[str, str, str, str | None]]:
    """(field, person, choice, value) of everything decided about a document, in order."""
    with server.context.reviews.read() as tables:
        entries = tables.trail.of(document_id)
    return [
        (entry.field, entry.actor, entry.details["choice"], entry.details["value"])
        for entry in entries
        if entry.action == "decided"
    ]


def all_decisions(server: DeskServer) -> list[str]:
    """The id of every decision that was ever noted, in order."""
    with server.context.reviews.read() as tables:
        return [str(entry.details["decision"]) for entry in tables.trail.all() if entry.action == "decided"]
