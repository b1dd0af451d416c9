"""Pages in a real browser: no errors, no layout shift, and each picture from the right file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pelican_headshots.crop.cover import TALL_TEXT_ZONES, WIDE_TEXT_ZONES
from pelican_headshots.layout.sizes import MAX_COVER_ENLARGEMENT
from tests.support.browser import Windows

from .conftest import TEAM_PHOTOS, ServedSite

if TYPE_CHECKING:
    from playwright.sync_api import Route

PAGES = (
    "/",
    "/portfolio/",
    "/portfolio/night/",
    "/portfolio/night/reader/",
    "/team/",
    "/about/",
    "/one.html",
    "/404.html",
)

LAYOUT_SHIFT = """() => new Promise(done => {
  let total = 0
  new PerformanceObserver(list => { for (const e of list.getEntries()) total += e.value })
    .observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => done(total), 400)
})"""

PICTURES = """async () => {
  for (const i of document.images) { i.loading = 'eager'; await i.decode().catch(() => {}) }
  return [...document.images].map(i => {
    const source = [...i.parentNode.children].find(s => s.srcset?.includes(new URL(i.currentSrc).pathname)) ?? i
    const widths = [...source.srcset.matchAll(/(\\d+)w/g)].map(m => +m[1]).sort((a, b) => a - b)
    const probe = document.createElement('div')
    const entry = source.sizes.split(/,(?![^(]*\\))/).map(e => e.trim())
      .find(e => { const m = e.match(/^((?:\\([^)]*\\)(?: and )?)+) /); return !m || matchMedia(m[1]).matches })
    probe.style.width = entry.replace(/^(?:\\([^)]*\\)(?: and )?)+ /, '')
    document.body.append(probe)
    const sizesWidth = probe.getBoundingClientRect().width
    probe.remove()
    const box = i.getBoundingClientRect()
    return { shown: box.width, height: box.height, sizesWidth, widths,
             loadedWidth: +i.currentSrc.match(/-(\\d+)\\.\\w+$/)[1],
             ratio: i.naturalWidth / i.naturalHeight, cover: !!i.closest('.hero'), src: i.currentSrc }
  })
}"""


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_errors_or_layout_shift(served: ServedSite, windows: Windows, path: str) -> None:
    page = windows.open(served.url + path)
    # A font that comes late on a busy machine moves letters by fractions of a pixel.
    assert page.evaluate(LAYOUT_SHIFT) < 0.0005
    assert windows.problems == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/", "/portfolio/night/"])
def test_fonts_that_come_late_cause_no_layout_shift(windows: Windows, served: ServedSite, path: str) -> None:
    page = windows.new_page(412, 823)
    font_requests: list[Route] = []
    page.route("**/*.woff2", lambda route: font_requests.append(route))
    with page.expect_request("**/*.woff2"):
        page.goto(served.url + path, wait_until="domcontentloaded")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    assert font_requests, "no font was held back"
    for route in font_requests:
        route.continue_()
    page.evaluate("document.fonts.ready")
    assert page.evaluate(LAYOUT_SHIFT) < 0.002


@pytest.mark.parametrize("path", PAGES)
def test_a_page_looks_the_same_under_a_strict_policy(served: ServedSite, windows: Windows, path: str) -> None:
    boxes = (
        "[...document.images].map(i => { const b = i.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] })"
    )
    page = windows.show(served.strict_url + path)
    strict_boxes = page.evaluate(boxes)
    assert windows.problems == []
    assert page.locator("[style]").count() == 0
    plain_boxes = windows.show(served.url + path).evaluate(boxes)
    for strict_box, plain_box in zip(strict_boxes, plain_boxes, strict=True):
        assert strict_box == pytest.approx(plain_box, abs=0.6)


@pytest.mark.parametrize(
    "path", ["/", "/portfolio/", "/portfolio/night/", "/portfolio/night/two-heads/", "/team/", "/about/"]
)
@pytest.mark.parametrize(
    ("width", "height", "density"),
    [(390, 844, 3), (360, 740, 2), (800, 1100, 2), (1280, 720, 1.5), (1440, 900, 1), (2560, 1440, 1)],
)
def test_sizes_match_the_page_and_the_smallest_sufficient_file_is_loaded(
    served: ServedSite, windows: Windows, path: str, width: int, height: int, density: float
) -> None:
    page = windows.show(served.url + path, width, height, density)
    pictures = page.evaluate(PICTURES)
    assert pictures
    for picture in pictures:
        needed = max(picture["shown"], picture["height"] * picture["ratio"]) if picture["cover"] else picture["shown"]
        capped = needed * 2 / 3 if density >= 2.1 and width < 1024 else needed
        is_widest = picture["loadedWidth"] == picture["widths"][-1] and picture["sizesWidth"] > capped
        # A photo with too few pixels is shown smaller than the room for it.
        assert is_widest or picture["sizesWidth"] == pytest.approx(capped, abs=max(2.5, capped * 0.012)), picture
        if picture["cover"]:
            assert picture["loadedWidth"] >= needed / MAX_COVER_ENLARGEMENT, picture
        if "two-heads" in path:
            assert picture["loadedWidth"] >= 0.7 * needed * min(density, 2), picture
        sufficient = [
            file_width for file_width in picture["widths"] if file_width >= picture["sizesWidth"] * density - 0.1
        ]
        assert picture["loadedWidth"] == (sufficient[0] if sufficient else picture["widths"][-1]), picture


def test_the_headshots_of_three_people_are_not_small_in_a_large_window(served: ServedSite, windows: Windows) -> None:
    page = windows.show(served.url + "/team/", 2560, 1440)
    boxes = page.evaluate("[...document.querySelectorAll('.team img')].map(i => i.getBoundingClientRect().toJSON())")
    assert len(boxes) == len(TEAM_PHOTOS)
    assert boxes[-1]["right"] - boxes[0]["left"] > 0.7 * 2560
    assert max(box["bottom"] for box in boxes) < 1440


@pytest.mark.parametrize(
    ("width", "height"), [(360, 740), (390, 844), (820, 1180), (1280, 720), (1440, 900), (2560, 1440)]
)
@pytest.mark.parametrize(
    "title", ["Night", "The Plaster Studio", "Portraits of people who would rather have been behind it"]
)
def test_a_title_stays_in_the_zone_that_covers_keep_free_of_faces(
    served: ServedSite, windows: Windows, width: int, height: int, title: str
) -> None:
    page = windows.show(served.url + "/portfolio/night/", width, height)
    page.evaluate(
        """title => {
          document.documentElement.className = 'gallery covered'
          document.querySelector('.hero').className = 'hero'
          const heading = document.querySelector('.hero h1')
          heading.textContent = title
          heading.className = title.length > 18 ? 'long' : ''
          heading.style.setProperty('--letters', title.length)
        }""",
        title,
    )
    zone = (WIDE_TEXT_ZONES if width > height else TALL_TEXT_ZONES)[0]
    box = page.evaluate(
        "(() => { const r = document.createRange(); r.selectNodeContents(document.querySelector('.hero .words'));"
        " const b = r.getBoundingClientRect(); return [b.right / innerWidth, b.top / innerHeight] })()"
    )
    assert box[0] <= zone.right + 0.005
    assert box[1] >= zone.top - 0.005


@pytest.mark.parametrize("path", ["/", "/portfolio/night/", "/team/", "/portfolio/night/reader/"])
def test_every_picture_is_shown_without_javascript(served: ServedSite, windows: Windows, path: str) -> None:
    sizes = "[...document.images].map(i => [i.offsetWidth, i.offsetHeight])"
    with_script, without = (
        windows.show(served.url + path, java_script_enabled=is_on).evaluate(sizes) for is_on in (True, False)
    )
    assert len(without) == len(with_script)
    assert all(min(size) > 50 for size in without), without


def test_a_thumbnail_links_to_its_photo_page_without_javascript(served: ServedSite, windows: Windows) -> None:
    page = windows.show(served.url + "/portfolio/night/", java_script_enabled=False)
    page.locator(".rows a").first.click()
    assert page.url.endswith("/portfolio/night/guitar/")
    assert page.locator("h1").inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_in_a_narrow_zoomed_window(served: ServedSite, windows: Windows, path: str) -> None:
    # 640 CSS pixels at 200 % zoom are a window of 320.
    page = windows.show(served.url + path, 320, 512, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", ["/", "/portfolio/night/", "/team/", "/about/"])
def test_forced_colors_and_print_keep_the_heading(served: ServedSite, windows: Windows, path: str) -> None:
    page = windows.show(served.url + path, forced_colors="active")
    assert page.locator("h1").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("h1").first.is_visible()
    assert page.pdf()[:4] == b"%PDF"
