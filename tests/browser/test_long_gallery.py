"""A gallery of several pages in a real browser: the next one is appended, or reached by its link."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.support.browser import CHROMIUM, Windows
from tests.support.site import Site

from .conftest import serve

COUNT = 10


@pytest.fixture(scope="module")
def gallery_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gallery of ten photos on three pages, high enough that the second page is not near at first."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    site = Site(tmp_path_factory.mktemp("long") / "site")
    for number in range(COUNT):
        path = site.photos / "walk" / f"{number:02}.jpg"
        path.parent.mkdir(exist_ok=True)
        Image.linear_gradient("L").resize((1600, 1067) if number == 0 else (800, 1200)).convert("RGB").save(path)
    site.write("content/photos/walk/notes.toml", '[gallery]\ncover = "00.jpg"\n')
    site.settings = {"formats": ["jpeg"], "gallery_page_size": 4}
    built = site.build()
    assert built.status == 0, built.log
    server, url = serve(built.output)
    yield f"{url}/portfolio/walk/"
    server.shutdown()


def list_ids(page: Page) -> list[str]:
    return [link.get_attribute("id") or "" for link in page.locator(".photos li a").all()]


def scroll_to_the_end(page: Page) -> None:
    page.evaluate("document.querySelector('.pager').scrollIntoView({ block: 'end' })")


def test_pages_are_appended_as_the_visitor_scrolls(gallery_url: str, windows: Windows) -> None:
    page = windows.open(gallery_url, 390, 500)
    page.wait_for_timeout(300)
    assert len(list_ids(page)) == 4
    for count in (7, COUNT):
        scroll_to_the_end(page)
        page.wait_for_function(f"document.querySelectorAll('.photos li a').length >= {count}")
    assert list_ids(page) == [f"{number:02}" for number in range(COUNT)]
    assert page.locator(".pager [rel=next]").count() == 0
    assert page.locator(".pager").count() == 1
    assert page.locator(".pager").get_attribute("aria-label") == "Page 3 of 3"
    assert windows.problems == []


def test_an_appended_page_has_no_styles_of_other_photos_computed(gallery_url: str, windows: Windows) -> None:
    page = windows.open(gallery_url, 390, 500)
    page.wait_for_timeout(800)  # the photos below the cover have appeared
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    for count in (7, COUNT):
        scroll_to_the_end(page)
        page.wait_for_function(f"document.querySelectorAll('.photos li a').length >= {count}")
    page.wait_for_timeout(200)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    # A style computation that the trace cuts off has no count.
    args = [event["args"] for event in events if event["name"] == "UpdateLayoutTree"]
    counts = [each["elementCount"] for each in args if "elementCount" in each]
    assert counts
    assert max(counts) < page.evaluate("document.querySelectorAll('*').length") / 2


def test_the_viewer_goes_through_all_pages_and_its_address_leads_back_to_the_photo(
    gallery_url: str, windows: Windows
) -> None:
    page = windows.open(gallery_url, 390, 500)
    page.locator(".hero .shade a").click()
    status = page.locator("dialog [role=status]")
    for number in range(1, COUNT + 1):
        status.get_by_text(f"{number} / {COUNT}").wait_for()
        assert page.url.endswith(f"#{number - 1:02}")
        if number < COUNT:
            page.wait_for_function(f"document.querySelectorAll('.viewer li').length > {number}")
            page.keyboard.press("ArrowRight")
    assert page.url == f"{gallery_url}index3.html#09"
    page.reload()
    status.get_by_text(f"{COUNT} / {COUNT}").wait_for()
    assert windows.problems == []


def test_back_at_a_photo_of_the_first_page_the_address_is_that_of_the_first_page(
    gallery_url: str, windows: Windows
) -> None:
    page = windows.open(gallery_url, 390, 500)
    scroll_to_the_end(page)
    page.wait_for_function("document.querySelectorAll('.photos li a').length > 4")
    page.locator("[id='04']").click()
    page.locator("dialog [role=status]").get_by_text(f"5 / {COUNT}").wait_for()
    assert page.url == f"{gallery_url}index2.html#04"
    page.keyboard.press("ArrowLeft")
    page.locator("dialog [role=status]").get_by_text(f"4 / {COUNT}").wait_for()
    assert page.url == f"{gallery_url}#03"


def test_the_viewer_of_a_later_page_counts_from_the_first(gallery_url: str, windows: Windows) -> None:
    page = windows.open(f"{gallery_url}index2.html", 390, 500)
    page.locator("[id='04']").click()
    assert page.locator("dialog [role=status]").inner_text().startswith(f"5 / {COUNT}")


def test_if_the_next_page_cannot_be_loaded_its_link_stays(gallery_url: str, windows: Windows) -> None:
    page = windows.new_page(390, 500)
    page.route("**/index2.html", lambda route: route.abort())
    page.goto(gallery_url)
    scroll_to_the_end(page)
    page.wait_for_timeout(300)
    assert windows.script_errors == []
    assert len(list_ids(page)) == 4
    page.unroute_all()
    page.locator(".pager [rel=next]").click()
    assert page.url == f"{gallery_url}index2.html"


def test_without_javascript_the_links_lead_through_all_photos(gallery_url: str, windows: Windows) -> None:
    page = windows.open(gallery_url, 390, 500, java_script_enabled=False)
    seen = []
    for number in (1, 2, 3):
        seen += [link.get_attribute("id") for link in page.locator(".photos li a").all()]
        assert page.locator(".pager").inner_text().count(f"Page {number} of 3") == 1
        if number < 3:
            page.locator(".pager [rel=next]").click()
    assert seen == [f"{number:02}" for number in range(COUNT)]
