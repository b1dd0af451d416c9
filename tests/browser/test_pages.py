"""Pages in a real browser: quiet, still, and each picture from the right file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pelican_headshots.crop.cover import TALL_TEXT_ZONES, WIDE_TEXT_ZONES

from .conftest import Served

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

SHIFT = """() => new Promise(done => {
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
    const said = probe.getBoundingClientRect().width
    probe.remove()
    const box = i.getBoundingClientRect()
    return { shown: box.width, height: box.height, said, got: +i.currentSrc.match(/-(\\d+)\\.\\w+$/)[1], widths,
             ratio: i.naturalWidth / i.naturalHeight, cover: !!i.closest('.hero'), src: i.currentSrc }
  })
}"""


@pytest.mark.parametrize("path", PAGES)
def test_no_page_complains_or_moves(served: Served, window: Callable[..., Any], path: str) -> None:
    page = window(served.url + path)
    # A typeface that comes late on a busy machine moves letters by fractions of a pixel.
    assert page.evaluate(SHIFT) < 0.0005
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/", "/portfolio/night/"])
def test_words_keep_their_places_when_the_typefaces_come_late(chromium: Any, served: Served, path: str) -> None:
    page = chromium.new_page(viewport={"width": 412, "height": 823})
    late: list[Any] = []
    page.route("**/*.woff2", lambda route: late.append(route))
    page.goto(served.url + path, wait_until="domcontentloaded")
    page.wait_for_timeout(600)
    assert late, "no typeface was asked for"
    for route in late:
        route.continue_()
    page.evaluate("document.fonts.ready")
    assert page.evaluate(SHIFT) < 0.002
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_strict_policy_changes_nothing(served: Served, window: Callable[..., Any], path: str) -> None:
    strict = window(served.strict + path)
    assert strict.complaints == []
    assert strict.locator("[style]").count() == 0
    boxes = (
        "[...document.images].map(i => { const b = i.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] })"
    )
    plain = window(served.url + path)
    for one, other in zip(strict.evaluate(boxes), plain.evaluate(boxes), strict=True):
        assert one == pytest.approx(other, abs=0.6)


@pytest.mark.parametrize(
    "path", ["/", "/portfolio/", "/portfolio/night/", "/portfolio/night/two-heads/", "/team/", "/about/"]
)
@pytest.mark.parametrize(
    ("width", "height", "density"),
    [(390, 844, 3), (360, 740, 2), (800, 1100, 2), (1280, 720, 1.5), (1440, 900, 1), (2560, 1440, 1)],
)
def test_sizes_are_what_the_page_shows_and_the_smallest_sufficient_file_comes(
    served: Served, window: Callable[..., Any], path: str, width: int, height: int, density: float
) -> None:
    page = window(served.url + path, width, height, density)
    pictures = page.evaluate(PICTURES)
    assert pictures
    for picture in pictures:
        spans = max(picture["shown"], picture["height"] * picture["ratio"]) if picture["cover"] else picture["shown"]
        capped = spans * 2 / 3 if density >= 2.1 and width < 1024 else spans
        limited = picture["got"] == picture["widths"][-1] and picture["said"] > capped
        # A photograph that has no more pixels to give is shown smaller than there was room for.
        assert limited or picture["said"] == pytest.approx(capped, abs=max(2.5, capped * 0.012)), picture
        if picture["cover"] or "two-heads" in path:
            assert picture["got"] >= 0.7 * spans * min(density, 2), picture
        enough = [rung for rung in picture["widths"] if rung >= picture["said"] * density - 0.1]
        assert picture["got"] == (enough[0] if enough else picture["widths"][-1]), picture


@pytest.mark.parametrize(
    ("width", "height"), [(360, 740), (390, 844), (820, 1180), (1280, 720), (1440, 900), (2560, 1440)]
)
@pytest.mark.parametrize(
    "title", ["Night", "The Plaster Studio", "Portraits of people who would rather have stood behind it"]
)
def test_a_title_stays_where_covers_are_kept_free_of_faces(
    served: Served, window: Callable[..., Any], width: int, height: int, title: str
) -> None:
    page = window(served.url + "/portfolio/night/", width, height)
    page.evaluate(
        """title => {
          document.documentElement.className = 'gallery covered'
          document.querySelector('.hero').className = 'hero'
          const words = document.querySelector('.hero h1')
          words.textContent = title
          words.className = title.length > 18 ? 'long' : ''
          words.style.setProperty('--letters', title.length)
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
def test_without_script_everything_is_there(served: Served, window: Callable[..., Any], path: str) -> None:
    with_script, without = window(served.url + path), window(served.url + path, java_script_enabled=False)
    for page in (with_script, without):
        page.wait_for_load_state("networkidle")
    assert without.locator("img").count() == with_script.locator("img").count()
    for picture in without.locator("img").all():
        box = picture.bounding_box()
        assert box and box["width"] > 50 and box["height"] > 50


def test_a_thumbnail_leads_to_its_own_page_without_script(served: Served, window: Callable[..., Any]) -> None:
    page = window(served.url + "/portfolio/night/", java_script_enabled=False)
    page.locator(".rows a").first.click()
    assert page.url.endswith("/portfolio/night/guitar/")
    assert page.locator("h1").inner_text()


@pytest.mark.parametrize("path", PAGES)
def test_narrow_and_magnified_nothing_is_cut_off(served: Served, window: Callable[..., Any], path: str) -> None:
    # 640 CSS pixels at 200 % zoom are a window of 320.
    page = window(served.url + path, 320, 512, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", ["/", "/portfolio/night/", "/team/", "/about/"])
def test_forced_colours_and_print_keep_words_and_pictures(
    served: Served, window: Callable[..., Any], path: str
) -> None:
    page = window(served.url + path, forced_colors="active")
    assert page.locator("h1").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("h1").first.is_visible()
    assert page.pdf()[:4] == b"%PDF"
