"""Measure the review page of a site with many photos, in Chromium.

    python -m bench.review SITE [--rounds 3]

SITE is a folder as `bench.thousands --make` makes it. Needs Playwright and Chromium. `longest task` is the longest time for
which the page could not answer. The shortest of all rounds is shown, because a busy machine only makes it longer.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.support.browser import ARGUMENTS, CHROMIUM

from .sites import REPOSITORY

if TYPE_CHECKING:
    from playwright.sync_api import Page

OBSERVE = """
window.longTasks = [];
new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask", buffered: true });
"""
TAKE_LONGEST_TASK = "() => Math.max(0, ...window.longTasks.splice(0))"
PICTURE_IS_SHOWN = "() => [...document.querySelectorAll('#sheet img')].some((one) => one.naturalWidth)"
IS_COMPLETE = "(count) => document.querySelector('#summary').textContent.startsWith(`${count} photos`)"


def measure_page(page: Page, url: str, count: str) -> dict[str, float]:
    """Open the page at *url*, use it, and return times in milliseconds, bytes and counts."""
    sent: list[int] = []
    page.on("response", lambda response: sent.append(_get_size(response.headers)) if _is_data(response.url) else None)
    figures: dict[str, float] = {}

    def measure(name: str, started: float) -> None:
        figures[f"{name}, ms"] = (time.monotonic() - started) * 1000
        page.wait_for_timeout(500)
        figures[f"{name}, longest task, ms"] = page.evaluate(TAKE_LONGEST_TASK)

    started = time.monotonic()
    page.goto(url)
    page.wait_for_selector("[role=option]:focus", timeout=120_000)
    figures["first photo in the list, ms"] = (time.monotonic() - started) * 1000
    page.wait_for_function(PICTURE_IS_SHOWN, timeout=120_000)
    figures["first picture, ms"] = (time.monotonic() - started) * 1000
    page.wait_for_function(IS_COMPLETE, arg=count, timeout=120_000)
    measure("all photos known", started)
    figures["first response, kB"], figures["all responses, kB"] = sent[0] / 1000, sum(sent) / 1000
    figures["DOM nodes"] = page.evaluate("document.querySelectorAll('*').length")
    for name, key in (("next", "ArrowRight"), ("down", "ArrowDown"), ("end", "End"), ("home", "Home")):
        started = time.monotonic()
        page.keyboard.press(key)
        page.evaluate("new Promise(requestAnimationFrame)")
        measure(name, started)
    started = time.monotonic()
    page.keyboard.press("p")
    page.wait_for_selector("#save-status:has-text('saved')", timeout=120_000)
    measure("a decision is saved", started)
    started = time.monotonic()
    page.keyboard.press("u")
    page.wait_for_selector("#message.on:has-text('Undone')", timeout=120_000)
    measure("undo", started)
    started = time.monotonic()
    page.select_option("#show", "no-person")
    page.evaluate("new Promise(requestAnimationFrame)")
    measure("filter", started)
    page.mouse.move(300, 400)
    for _ in range(40):
        page.mouse.wheel(0, 800)
        page.wait_for_timeout(50)
    figures["scrolling, longest task, ms"] = page.evaluate(TAKE_LONGEST_TASK)
    figures["DOM nodes at the end"] = page.evaluate("document.querySelectorAll('*').length")
    figures["JavaScript heap, MB"] = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    return figures


def _is_data(url: str) -> bool:
    return bool(re.search(r"/state$|/photos/\w+$", url))


def _get_size(headers: dict[str, str]) -> int:
    return int(headers.get("content-length", 0))


def _read_peak_mb(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def main() -> None:
    """Measure the review of a site and print a table."""
    parser = argparse.ArgumentParser(description="Measure the review page of a site.")
    parser.add_argument("site", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    rounds = []
    for _ in range(args.rounds):
        process = subprocess.Popen(
            [sys.executable, "-m", "pelican_headshots", "review", "--no-open"],
            cwd=args.site,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        try:
            printed = ""
            while not (found := re.search(r"(?s)(\d+) photos.*(http://\S+)", printed)):
                printed += process.stdout.readline()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.add_init_script(OBSERVE)
                figures = measure_page(page, found[2], found[1])
                browser.close()
            rounds.append({**figures, "server, peak MiB": _read_peak_mb(process.pid)})
        finally:
            process.terminate()
            process.wait(60)
    for name in rounds[0]:
        print(f"{name:40} {min(each[name] for each in rounds):10.0f}")


if __name__ == "__main__":
    main()
