"""The review page with a keyboard and a screen reader: names, roles, contrast and the order of the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Windows
from tests.support.review import read_note_field, read_notes, run_review, wait_until
from tests.support.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs requirements/test.txt")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
FOCUSED = """() => {
  const focused = document.activeElement
  return focused.labels?.[0]?.firstChild.textContent.trim() || focused.ariaLabel || focused.firstChild?.textContent.trim()
}"""


@pytest.fixture
def site(review_site: Site) -> Site:
    return review_site


def open_gallery(windows: Windows, url: str, width: int = 1440) -> Page:
    page = windows.open(url, width, 900)
    page.wait_for_selector("[role=option]:focus")
    page.select_option("#folder", "night")
    page.locator("[role=option]").first.click()
    return page


def press_tabs(page: Page, count: int) -> list[str]:
    """Return what has the focus after each press of Tab."""
    names = []
    for _ in range(count):
        page.keyboard.press("Tab")
        names.append(page.evaluate(FOCUSED))
    return names


@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.slow), 390])
def test_no_part_of_the_page_violates_a_rule_of_accessibility(site: Site, windows: Windows, width: int) -> None:
    with run_review(site) as url:
        page = open_gallery(windows, url, width)
        page.wait_for_selector("#slots figure")
        violations = {}
        for key, opened in {
            "": "#panel", "e": "#editor[open]", "g": "#gallery-editor[open]", "?": "#keys[open]", "a": ".arranging",
            "v": "#preview",
        }.items():  # fmt: skip
            if key:
                page.keyboard.press(key)
            page.wait_for_selector(opened)
            result = axe.Axe().run(page, options=RULES)
            violations[opened] = [(found["id"], found["nodes"][0]["html"]) for found in result.response["violations"]]
            page.keyboard.press("a" if key == "a" else "Escape")
        assert violations == dict.fromkeys(violations, [])


def test_tab_goes_through_the_decisions_and_then_through_the_tools(site: Site, windows: Windows) -> None:
    with run_review(site) as url:
        page = open_gallery(windows, url)
        assert press_tabs(page, 6) == [
            "Headshot", "Portrait", "No person", "Edit text", "Cover of its gallery", "Photo of the home page",
        ]  # fmt: skip
        page.locator("#show").focus()
        assert press_tabs(page, 5) == ["in", "Arrange", "Gallery", "Preview", "Keyboard shortcuts"]


def test_a_gallery_and_a_person_are_edited_without_a_pointer(site: Site, windows: Windows) -> None:
    with run_review(site) as url:
        page = open_gallery(windows, url)
        photo = page.evaluate("document.activeElement.dataset.id")
        page.keyboard.press("g")
        assert page.evaluate(FOCUSED) == "Title"
        page.keyboard.type("Low light")
        fields = press_tabs(page, 8)
        assert fields == ["Intro text", "Mood", "Cover", "Arrangement", "Headshots", "Position", "Cancel", "Save"]
        page.keyboard.press("Enter")
        wait_until(lambda: read_notes(site).get("gallery", {}).get("title") == "Low light")
        assert page.evaluate("document.activeElement.dataset.id") == photo, "the focus did not return to the photo"
        page.keyboard.press("e")
        assert page.evaluate(FOCUSED) == "Name"
        assert press_tabs(page, 4) == ["Role", "Department", "Bio", "E-mail"]
        page.keyboard.type("nobody")
        page.keyboard.press("Control+Enter")
        assert page.evaluate(FOCUSED) == "E-mail", "the focus is not on the field that is wrong"
        page.keyboard.press("Control+a")
        page.keyboard.type("jo@example.com")
        page.keyboard.press("Control+Enter")
        wait_until(lambda: read_note_field(site, photo.removeprefix("night/"), "email") == "jo@example.com")
        assert page.evaluate("document.activeElement.dataset.id") == photo, "the focus did not return to the photo"
        page.keyboard.press("g")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.dataset.id") == photo, "the focus did not return to the photo"
