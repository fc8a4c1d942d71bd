"""A real browser on the real service: `hotich serve` with its reading process, and Debian's Chromium, once each."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.desk_server import DeskServer, desk_server
from tests.e2e.conftest import SAMPLES, start
from tests.making.desk_home import PASSWORD
from tests.making.ports import free_port

CARD = SAMPLES / "can-cuoc-cong-dan-chip.jpg"
CERTIFICATE = SAMPLES / "giay-khai-sinh-2016-in.jpg"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
expect.set_options(timeout=30_000)  # a busy machine answers late; what never comes fails all the same
# The first is Chromium without a browser's own windows around the pages: the same engine at less than half the work.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service answers. One reading process, so that a second submission has to wait."""
    port = free_port()
    home = tmp_path_factory.mktemp("service")
    server = start("serve", "--home", home, "--port", port, "--workers", 1)
    try:
        _until_it_answers(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def _until_it_answers(url: str, server: Any) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, "hotich serve ended at once"
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)  # it is still loading its models
    raise AssertionError("hotich serve did not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("no browser on this machine: install Debian's package chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            # It visits our own pages only; inside a container its sandbox cannot be set up.
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def blurred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The card, photographed with a shaking hand."""
    path = tmp_path_factory.mktemp("photos") / "mo.jpg"
    cv2.imwrite(str(path), cv2.GaussianBlur(cv2.imread(str(CARD)), (0, 0), 9))
    return path


@dataclass
class Visitor:
    """Somebody with a browser of their own. `troubles`: what a browser complains of, which it never should."""

    context: BrowserContext
    page: Page
    origin: str
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def fill_card(self, *files: Path) -> None:
        """Fills in the form of permanent residence for the specimen's invented person."""
        page = self.open("/nop/1.004222")
        page.get_by_label("Họ, chữ đệm, tên").fill("Phạm Phương Thùy Trà")
        page.get_by_label("Số định danh cá nhân").fill("001309914353")
        page.get_by_label("Ngày sinh").fill("14/9/2009")
        page.get_by_label("Nữ").check()
        page.locator("#p-applicant_card-front").set_input_files([str(file) for file in files])

    def send(self) -> None:
        self.page.get_by_role("button", name="Gửi Send").click()

    def answered(self, kind: str) -> Page:
        """The page with the answer, which must be of this kind."""
        self.page.locator("main[data-kind]:not([data-waiting])").wait_for()
        assert self.page.locator("main").get_attribute("data-kind") == kind
        return self.page

    def axe(self) -> list[str]:
        """What axe finds wrong with the page as it stands."""
        violations = Axe().run(self.page, options={"runOnly": RULES}).response["violations"]
        return [f"{violation['id']}: {[node['html'] for node in violation['nodes']]}" for violation in violations]


def visit(browser: Browser, origin: str, **options: Any) -> Visitor:
    """A new visitor; what the browser complains of is noted."""
    context = browser.new_context(locale="vi-VN", **({"viewport": PHONE} | options))
    context.set_default_timeout(30_000)
    visitor = Visitor(context=context, page=context.new_page(), origin=origin)
    page, note = visitor.page, visitor.troubles.append
    page.on("pageerror", lambda error: note(f"script: {error}"))

    def said(message: ConsoleMessage) -> None:
        if "Security Policy" in message.text:
            note(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((origin, "blob:", "data:")):
            note(f"elsewhere: {request.url}")

    page.on("console", said)
    page.on("request", asked)
    return visitor


@pytest.fixture
def phone(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A citizen's phone."""
    visitor = visit(browser, origin, has_touch=True, is_mobile=True)
    yield visitor
    visitor.context.close()
    assert visitor.troubles == []


@pytest.fixture
def desktop(browser: Browser, origin: str) -> Iterator[Visitor]:
    visitor = visit(browser, origin, viewport={"width": 1280, "height": 900})
    yield visitor
    visitor.context.close()
    assert visitor.troubles == []


@pytest.fixture
def plain(browser: Browser, origin: str) -> Iterator[Visitor]:
    """A browser that runs no scripts."""
    visitor = visit(browser, origin, java_script_enabled=False)
    yield visitor
    visitor.context.close()
    assert visitor.troubles == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    """A review desk of its own, empty, where one person decides."""
    with desk_server(tmp_path / "home") as server:
        yield server


@pytest.fixture
def come(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`come(desk, login)` brings somebody who is signed in, in a browser of their own; `typed`: they sign in by form.
    `troubles` are looked at in the end."""
    visitors: list[Visitor] = []

    def arrive(
        server: DeskServer, login: str, path: str = "/ban-duyet", *, typed: bool = False, **options: Any
    ) -> Visitor:
        visitor = visit(browser, server.origin, **({"viewport": DESK} | options))
        visitors.append(visitor)
        if not typed:
            visitor.context.add_cookies([{"name": "hotich", "value": server.session(login), "url": server.origin}])
        page = visitor.open(path)
        if typed:
            page.get_by_label("Tên đăng nhập").fill(login)
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            page.get_by_label("Mã xác thực một lần (OTP)").fill(server.home.code(login))
            page.keyboard.press("Enter")
        page.locator("main[data-person]").wait_for()
        return visitor

    yield arrive
    for visitor in visitors:
        visitor.context.close()
        assert visitor.troubles == []
