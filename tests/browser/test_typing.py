"""Telex and VNI at the desk against every syllable that Vietnamese spelling can form, typed in the orders people type.

No server: the script's module alone, in the browser that runs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from pipeline.values.keys import canonical_tones, strip_tone
from pipeline.values.syllables import legal_syllables

_SCRIPT = Path(__file__).resolve().parents[2] / "service/static/desk_typing.js"
_MARKS = {"\u0302": "^", "\u0306": "(", "\u031b": "+"}
_TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_UO = re.compile("uơ$")
_WITH_UO = re.compile("(h|th|kh|q)uơ$")  # huơ, thuở, khuơ, quơ
_TYPE = """async ([keys, way]) => {
  const {typedAll} = await import("/desk_typing.js");
  return keys.map(one => typedAll(one, way)); }"""


@pytest.fixture(scope="module")
def keyboard(browser: Browser) -> Iterator[Page]:
    def serve(route: Route) -> None:
        script = route.request.url.endswith(".js")
        route.fulfill(
            body=_SCRIPT.read_text(encoding="utf-8") if script else "<!doctype html>",
            content_type="text/javascript" if script else "text/html",
        )

    page = browser.new_page()
    page.route("**/*", serve)
    page.goto("http://typing.invalid/")
    yield page
    page.close()


def spelled(syllable: str, way: str = "telex", *, marks: str = "each", tone: str = "end") -> str:
    """The keys of a syllable. `marks`: "each" behind its letter, or all at the "end"; `tone`: at the "end", or behind
    its "letter"."""
    keys, later, last = "", "", ""
    for sign in unicodedata.normalize("NFD", syllable.replace("đ", "d\u0335").replace("Đ", "D\u0335")):
        if sign in _TELEX_TONES:
            key = (_TELEX_TONES if way == "telex" else _VNI_TONES)[sign]
            if tone == "letter":
                keys += key
            else:
                last = key
        elif sign in _MARKS or sign == "\u0335":
            key = _mark(sign, keys.rstrip("sfrxj12345")[-1], way)
            if marks == "each":
                keys += key
            elif not (key in "w7" and later.endswith(key)):  # one key makes both letters of ươ
                later += key
        elif way == "telex" and sign.lower() == "o" and keys.lower().endswith("o"):
            keys += sign + "o"  # two o are ô, three are two
        else:
            keys += sign
    return keys + later + last


def _mark(sign: str, letter: str, way: str) -> str:
    if way == "vni":
        return {"\u0302": "6", "\u0306": "8", "\u031b": "7", "\u0335": "9"}[sign]
    return "w" if sign in ("\u0306", "\u031b") else letter


@pytest.fixture(scope="module")
def syllables() -> list[str]:
    """All of the spelling's rules but those in an open uơ that no word has: one key makes ươ of uo there."""
    known = {canonical_tones(one) for one in legal_syllables()}
    return sorted(one for one in known if not _UO.search(strip_tone(one)[0]) or _WITH_UO.match(strip_tone(one)[0]))


@pytest.mark.parametrize(
    ("way", "marks", "tone"),
    [("telex", "each", "end"), ("telex", "each", "letter"), ("telex", "end", "end"), ("vni", "each", "end")],
)
def test_every_syllable_is_typed_in_the_orders_people_type(
    keyboard: Page, syllables: list[str], way: str, marks: str, tone: str
) -> None:
    wanted = syllables if (marks, tone, way) == ("each", "end", "telex") else syllables[::7]
    keys = [spelled(one, way, marks=marks, tone=tone) for one in wanted]
    made = keyboard.evaluate(_TYPE, [keys, way])
    wrong = [(typed, one, got) for typed, one, got in zip(keys, wanted, made, strict=True) if one != got]
    assert wrong == []


def test_capitals_stay_where_they_were_typed(keyboard: Page, syllables: list[str]) -> None:
    wanted = [one.upper() for one in syllables[::17]] + [one.capitalize() for one in syllables[::17]]
    keys = [spelled(one.capitalize() if one[1:].islower() else one.upper()) for one in wanted]
    shouted = [key.upper() if one.isupper() else key for key, one in zip(keys, wanted, strict=True)]
    assert keyboard.evaluate(_TYPE, [shouted, "telex"]) == wanted


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("giwowngf", "giường"), ("giuowngf", "giường"), ("w", "ư"), ("dd", "đ"), ("dduowngf", "đường"),
        ("duongdwf", "đường"), ("hoafn", "hoàn"), ("thuowr", "thuở"), ("vietej", "việt"), ("VIEEJT", "VIỆT"),
        ("ass", "as"), ("aaa", "aa"), ("ddd", "dd"), ("ww", "w"), ("toanss", "toans"), ("loz", "loz"), ("lasz", "la"),
        ("xooongf", "xoòng"), ("fax", "fax"), ("catf", "catf"), ("nguowif", "người"), ("Quoocs", "Quốc"),
        ("excel", "excel"), ("word", "word"), ("google", "google"), ("Kroong", "Krông"), ("Bhuwm", "Bhưm"),
        ("Ddawsk", "Đắk"), ("gisf", "gì"), ("hoof", "hồ"),
    ],
)  # fmt: skip
def test_keys_mean_what_people_know(keyboard: Page, keys: str, word: str) -> None:
    assert keyboard.evaluate(_TYPE, [[keys], "telex"]) == [word]
