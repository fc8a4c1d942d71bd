"""No document leads to what is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.docs.reading import PRODUCT, ROOT, code_words, documents

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as they are made where the documents are read."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_links_to_is_there(path: Path) -> None:
    for link in _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        if "://" in link or link.startswith("mailto:"):
            continue
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


# Records of decisions speak of the time when they were made.
_OF_NOW = [path for path in documents() if path.parent.name != "decisions"]


@pytest.mark.parametrize("path", _OF_NOW, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_that_a_document_names_is_there(path: Path) -> None:
    for word in code_words(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        if word.split("/")[0] in PRODUCT and "/" in word and re.fullmatch(r"[\w./-]+", word):
            assert (ROOT / word).exists(), word


def test_every_document_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    left = [ROOT / "README.md"]
    while left:
        path = left.pop()
        if path in seen or path.suffix != ".md":
            continue
        seen.add(path)
        links = _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8")))
        left += [(path.parent / link.partition("#")[0]).resolve() for link in links if "://" not in link]
    assert {path for path in documents() if ".github" not in path.parts} <= seen
