"""Firefox and WebKitGTK, driven through their own WebDriver interfaces; Chromium has the same methods here.

Firefox is spoken to in Marionette, the protocol on which WebDriver for Firefox is built: Debian has no geckodriver.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Page

MAX_WAIT_SECONDS = 120
"""For an answer of a browser, or a state of a page, on a machine that has other things to do."""
ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "ArrowLeft": "\ue012", "ArrowRight": "\ue014", "End": "\ue010", "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004",
}  # fmt: skip
"""Names of keys → their code points in WebDriver."""
REACH_ELEMENT = """const box = arguments[0].getBoundingClientRect()
arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })
const now = arguments[0].getBoundingClientRect()
const hit = document.elementFromPoint(now.x + now.width / 2, now.y + now.height / 2)
return box.y === now.y && arguments[0].contains(hit) && !document.querySelector('[style*=view-transition-name]')"""
"""Whether an element stands still, nothing is over it, and no view transition of the viewer is about to begin or running."""
MINIBROWSER = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None)
MISSING_FIREFOX = "no Firefox on this machine: apt install firefox-esr"
MISSING_WEBKIT = "no WebKitGTK on this machine: apt install webkit2gtk-driver xvfb"


class Engine(Protocol):
    """A window of a browser."""

    def open(self, url: str) -> None:
        """Open *url* and wait until it is loaded."""

    def run(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""

    def click(self, selector: str) -> None:
        """Click in the middle of the first element that matches *selector*."""

    def press(self, key: str) -> None:
        """Press a key, by its name in JavaScript."""

    def type(self, text: str) -> None:
        """Type *text* where the focus is."""

    def back(self) -> None:
        """Go back in the history."""

    def forward(self) -> None:
        """Go forward in the history."""


class PlaywrightEngine:
    """A window of Chromium."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def open(self, url: str) -> None:
        # In the page of the last test, a navigation may still be on its way.
        last_page, self._page = self._page, self._page.context.new_page()
        last_page.close()
        self._page.goto(url, wait_until="load")

    def run(self, expression: str) -> Any:
        from playwright.sync_api import Error

        try:
            return self._page.evaluate(expression)
        except Error:  # the page was being left
            self._page.wait_for_load_state()
            return self._page.evaluate(expression)

    def click(self, selector: str) -> None:
        self._page.locator(selector).first.click()

    def press(self, key: str) -> None:
        self._page.keyboard.press(key)

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)

    def back(self) -> None:
        self._page.evaluate("history.back()")

    def forward(self) -> None:
        self._page.evaluate("history.forward()")


class WebDriverEngine:
    """A window of a browser that understands WebDriver. *send* takes a command of `COMMANDS` with its parameters."""

    COMMANDS = {
        "Navigate": "url", "ExecuteScript": "execute/sync", "FindElement": "element", "PerformActions": "actions",
        "Back": "back", "Forward": "forward",
    }  # fmt: skip
    """Names in Marionette → paths in WebDriver."""

    def __init__(self, send: Callable[[str, dict[str, Any]], Any]) -> None:
        self._send = send

    def open(self, url: str) -> None:
        self._send("Navigate", {"url": "about:blank"})  # a URL that differs only in its fragment would load nothing
        self._send("Navigate", {"url": url})

    def run(self, expression: str) -> Any:
        return self._send("ExecuteScript", {"script": f"return {expression}", "args": []})

    def click(self, selector: str) -> None:
        element = self._send("FindElement", {"using": "css selector", "value": selector})
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while not self._send("ExecuteScript", {"script": REACH_ELEMENT, "args": [element]}):
            assert time.monotonic() < deadline, f"something covers {selector}"
            time.sleep(0.05)
        pointer = [
            {"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": element},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._send("PerformActions", {"actions": [{"type": "pointer", "id": "mouse", "actions": pointer}]})

    def press(self, key: str) -> None:
        self._press_all([KEYS.get(key, key)])

    def type(self, text: str) -> None:
        self._press_all(text)

    def back(self) -> None:
        self._send("ExecuteScript", {"script": "history.back()", "args": []})

    def forward(self) -> None:
        self._send("ExecuteScript", {"script": "history.forward()", "args": []})

    def _press_all(self, characters: Iterable[str]) -> None:
        keys = [{"type": kind, "value": each} for each in characters for kind in ("keyDown", "keyUp")]
        self._send("PerformActions", {"actions": [{"type": "key", "id": "keyboard", "actions": keys}]})


@contextmanager
def start_firefox(folder: Path) -> Iterator[WebDriverEngine]:
    """Start Firefox with a new profile in *folder*."""
    port = _find_free_port()
    folder.joinpath("user.js").write_text(
        f'user_pref("marionette.port", {port});\nuser_pref("ui.prefersReducedMotion", 1);\n'
        'user_pref("datareporting.policy.dataSubmissionEnabled", false);\nuser_pref("app.update.enabled", false);\n'
    )
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program, MISSING_FIREFOX
    arguments = [program, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with _run(arguments), _connect(port) as connection:
        stream = connection.makefile("rwb")

        def receive() -> Any:
            length = b""
            while (character := stream.read(1)) != b":":
                length += character
            return json.loads(stream.read(int(length)))

        def send(command: str, parameters: dict[str, Any]) -> Any:
            message = json.dumps([0, 1, f"WebDriver:{command}", parameters]).encode()
            stream.write(b"%d:%s" % (len(message), message))
            stream.flush()
            _, _, error, result = receive()
            if error:
                raise RuntimeError(f"{command}: {error['message']}")
            return result["value"] if isinstance(result, dict) and "value" in result else result

        receive()  # Marionette greets
        send("NewSession", {})
        yield WebDriverEngine(send)


@contextmanager
def start_webkit() -> Iterator[WebDriverEngine]:
    """Start WebKitGTK's small browser, on a screen of its own that nobody sees."""
    port = _find_free_port()
    with _start_screen() as display, _run(["WebKitWebDriver", f"--port={port}"], DISPLAY=display):
        _connect(port).close()
        base = f"http://127.0.0.1:{port}/session"
        options = {"binary": str(MINIBROWSER), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = _post(base, {"capabilities": capabilities})["sessionId"]

        def send(command: str, parameters: dict[str, Any]) -> Any:
            return _post(f"{base}/{session}/{WebDriverEngine.COMMANDS[command]}", parameters)

        try:
            yield WebDriverEngine(send)
        finally:
            urllib.request.urlopen(
                urllib.request.Request(f"{base}/{session}", method="DELETE"), timeout=MAX_WAIT_SECONDS
            )


def has_firefox() -> bool:
    """Return whether Firefox can be started."""
    return bool(shutil.which("firefox-esr") or shutil.which("firefox"))


def has_webkit() -> bool:
    """Return whether WebKitGTK can be started."""
    return bool(MINIBROWSER and shutil.which("WebKitWebDriver") and shutil.which("Xvfb"))


def _post(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=MAX_WAIT_SECONDS) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{url}: {error.read().decode(errors='replace')[:500]}") from error


@contextmanager
def _start_screen() -> Iterator[str]:
    """Start an X server and yield its display. It chooses the number itself, so that no other test run has the same."""
    reader, writer = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with open(reader, "rb") as numbers, _run(arguments, pass_fds=(writer,)):
        os.close(writer)
        yield f":{int(numbers.readline())}"  # written when the screen is ready


@contextmanager
def _run(arguments: list[str], pass_fds: Sequence[int] = (), **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        arguments,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=pass_fds,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _connect(port: int) -> socket.socket:
    """Connect to a program that may still be starting."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=MAX_WAIT_SECONDS)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
