"""The screen of an office, and what is not in view on one."""

from __future__ import annotations

from playwright.sync_api import ViewportSize

OFFICE: ViewportSize = {"width": 1366, "height": 768}
OUT_OF_SIGHT = """wanted => [...document.querySelectorAll(wanted)].map(e => [e.innerText, e.getBoundingClientRect()])
  .filter(([, b]) => b.top < 0 || b.left < 0 || b.bottom > innerHeight || b.right > innerWidth || !b.height)
  .map(([text]) => text)"""
