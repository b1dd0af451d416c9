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
    """Browser windows, each with cookies and storage of its own, and what went wrong in them in the current test."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.script_errors: list[str] = []
        """Exceptions that no script of a page caught."""
        self.problems: list[str] = []
        """Script errors, warnings and errors in the console, and requests that failed."""
        self._contexts: list[BrowserContext] = []
        self._kept_pages: dict[str, Page] = {}
        self._is_leaving = False

    def new_page(self, width: int = 1280, height: int = 800, density: float = 1, **options: Any) -> Page:
        """Open an empty window; *options* are those of Playwright's `Browser.new_context`."""
        page = self._create_page(width, height, density, options)
        self._contexts.append(page.context)
        return page

    def open(self, url: str, width: int = 1280, height: int = 800, density: float = 1, **options: Any) -> Page:
        """Open *url* in a new window and wait until it is loaded."""
        page = self.new_page(width, height, density, **options)
        page.goto(url, wait_until="load")
        return page

    def show(self, url: str, width: int = 1280, height: int = 800, density: float = 1, **options: Any) -> Page:
        """Open *url* in the window that was shown before with the same size and options, and wait until it is loaded.

        It is five times as quick as `open`. The window has no cache, but keeps its storage.
        """
        key = f"{width} {height} {density} {sorted(options.items())}"
        page = self._kept_pages.get(key)
        if page is None:
            page = self._kept_pages[key] = self._create_page(width, height, density, options)
            page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        else:
            self._is_leaving = True  # requests that end now are no problems of the next page
            page.goto("about:blank")
            self._is_leaving = False
        page.goto(url, wait_until="load")
        return page

    def end_test(self) -> None:
        """Close the windows that are not kept, and forget what went wrong."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
        self.script_errors.clear()
        self.problems.clear()

    def close(self) -> None:
        """Close all windows."""
        self.end_test()
        for page in self._kept_pages.values():
            page.context.close()

    def _create_page(self, width: int, height: int, density: float, options: dict[str, Any]) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=density, **options
        )
        page = context.new_page()
        page.on("console", self._record_console_message)
        page.on("pageerror", lambda error: self._record_script_error(str(error)))
        page.on("requestfailed", lambda request: self._record_problem(request.url))
        return page

    def _record_script_error(self, text: str) -> None:
        # Chromium reports this for a page that is left before its transition begins; no script of ours is involved.
        if "ViewTransition opt-in disabled" not in text:
            self.script_errors.append(text)
            self._record_problem(text)

    def _record_console_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._record_problem(message.text)

    def _record_problem(self, text: str) -> None:
        if not self._is_leaving:
            self.problems.append(text)
