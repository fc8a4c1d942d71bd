"""A citizen hands in PDFs, which no browser shows on a canvas: the answer is drawn on their pages all the same."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import CARD, Visitor
from tests.browser.test_handing_in import _SHADES

A4_300_DPI = (2480, 3508)


def as_pdf(path: Path, *pages: Path | None) -> Path:
    """A PDF of these pictures, one a page; None: a blank page."""
    sheets = [
        Image.new("RGB", A4_300_DPI, "white") if path is None else Image.open(path).convert("RGB") for path in pages
    ]
    sheets[0].save(path, save_all=True, append_images=sheets[1:], resolution=300.0, quality=92)
    return path


def test_a_blurred_page_of_a_pdf_is_shown_with_its_mark(phone: Visitor, blurred: Path, tmp_path: Path) -> None:
    phone.open("/").get_by_role("link", name="Đăng ký thường trú").click()
    phone.fill_card(as_pdf(tmp_path / "mo.pdf", blurred))
    phone.send()
    page = phone.answered("retake")
    expect(page.locator(".stage canvas")).to_be_visible()
    photo, mark = page.locator(".stage canvas").bounding_box(), page.locator(".stage .line").first.bounding_box()
    assert photo and mark
    assert photo["x"] - 3 <= mark["x"] and mark["x"] + mark["width"] <= photo["x"] + photo["width"] + 3
    assert photo["y"] - 3 <= mark["y"] and mark["y"] + mark["height"] <= photo["y"] + photo["height"] + 3
    assert mark["width"] > 40
    assert page.locator(".stage canvas").evaluate(_SHADES) > 50
    assert phone.axe() == []


def test_what_was_read_on_a_later_page_stands_beside_its_ink(phone: Visitor, tmp_path: Path) -> None:
    phone.open("/").get_by_role("link", name="Đăng ký thường trú").click()
    phone.fill_card(as_pdf(tmp_path / "the.pdf", None, CARD))
    phone.send()
    page = phone.answered("usable")
    expect(page.locator('[data-read][data-page="2"] .piece').first).to_be_visible()
    for piece in page.locator(".piece").all():
        assert piece.evaluate(_SHADES) > 60
    assert phone.axe() == []
