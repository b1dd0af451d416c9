"""The browser of this machine, and windows that collect what goes wrong in them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


class Windows:
    """Browser windows of one test, each with cookies and storage of its own."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.script_errors: list[str] = []
        """Exceptions that no script of a page caught."""
        self.problems: list[str] = []
        """Script errors, warnings and errors in the console, and requests that failed."""
        self._contexts: list[BrowserContext] = []

    def new_page(self, width: int = 1280, height: int = 800, density: float = 1, **options: Any) -> Page:
        """Open an empty window; *options* are those of Playwright's `Browser.new_context`."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=density, **options
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._record_console_message)
        page.on("pageerror", lambda error: self._record_script_error(str(error)))
        page.on("requestfailed", lambda request: self.problems.append(request.url))
        return page

    def open(self, url: str, width: int = 1280, height: int = 800, density: float = 1, **options: Any) -> Page:
        """Open *url* in a new window and wait until it is loaded."""
        page = self.new_page(width, height, density, **options)
        page.goto(url, wait_until="load")
        return page

    def close(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()

    def _record_script_error(self, text: str) -> None:
        # Chromium reports this for a page that is left before its transition begins; no script of ours is involved.
        if "ViewTransition opt-in disabled" not in text:
            self.script_errors.append(text)
            self.problems.append(text)

    def _record_console_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)
