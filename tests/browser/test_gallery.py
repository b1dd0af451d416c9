"""Galleries in a real browser: covers beside their titles, a cover shown once, and the switch between light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from pelican_headshots.layout.sizes import MAX_COVER_ENLARGEMENT
from tests.support.browser import CHROMIUM, Windows
from tests.support.site import Site

from .conftest import serve
from .test_pages import PICTURES

COVER = """() => {
  const box = document.querySelector('.hero img').getBoundingClientRect()
  const words = document.querySelector('.hero .words').getBoundingClientRect()
  return { left: box.left, top: box.top, width: box.width, height: box.height, wordsRight: words.right }
}"""
BACKGROUND = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.fixture(scope="module")
def site_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with galleries of photos without people, whose covers have different sizes; its mood is `both`."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    site = Site(tmp_path_factory.mktemp("gallery") / "site")
    for gallery, sizes in {
        "large": [(2000, 1333), (900, 600), (600, 900)],
        "usual": [(1600, 1067), (900, 600), (600, 900)],
        "small": [(1200, 800), (900, 600)],
        "upright": [(1067, 1600)],
    }.items():
        for number, size in enumerate(sizes):
            _save_photo(site.photos / gallery / f"{number}.jpg", size)
    site.settings = {"mood": "both"}
    built = site.build()
    assert built.status == 0, built.log
    server, url = serve(built.output)
    yield url
    server.shutdown()


def _save_photo(path: Path, size: tuple[int, int]) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.linear_gradient("L").resize(size).convert("RGB").save(path)


@pytest.mark.parametrize(
    ("gallery", "width", "height", "is_beside"),
    [
        ("large", 1440, 900, False),
        ("large", 2560, 1440, False),
        ("usual", 1440, 900, False),
        ("usual", 1920, 1080, False),
        ("usual", 2560, 1440, True),
        ("small", 1440, 900, True),
        ("upright", 1440, 900, True),
        ("upright", 2560, 1440, True),
    ],
)
def test_a_cover_fills_the_window_or_is_beside_its_title(
    site_url: str, windows: Windows, gallery: str, width: int, height: int, is_beside: bool
) -> None:
    page = windows.show(f"{site_url}/portfolio/{gallery}/", width, height)
    cover = page.evaluate(COVER)
    if is_beside:
        assert cover["wordsRight"] <= cover["left"] + 1
        assert cover["width"] <= width * 0.66 + 1
        assert cover["top"] + cover["height"] <= height
        assert cover["left"] + cover["width"] == pytest.approx(width, abs=1)
    else:
        assert (cover["width"], cover["height"]) == (width, height)
    (picture,) = (each for each in page.evaluate(PICTURES) if each["cover"])
    shown = max(picture["shown"], picture["height"] * picture["ratio"])
    assert shown / picture["widths"][-1] <= 1.3 + 0.01
    if picture["loadedWidth"] < picture["widths"][-1]:
        assert picture["sizesWidth"] == pytest.approx(shown, rel=0.012)


@pytest.mark.parametrize(("gallery", "count"), [("usual", 3), ("small", 2), ("upright", 1)])
def test_a_gallery_shows_each_photo_once_and_the_viewer_all(
    site_url: str, windows: Windows, gallery: str, count: int
) -> None:
    page = windows.show(f"{site_url}/portfolio/{gallery}/")
    expect(page.locator("main img:visible")).to_have_count(
        count
    )  # all those below a cover are drawn at once, but later
    page.locator(".hero .shade a").click(position={"x": 200, "y": 300})
    expect(page.locator("dialog.viewer:modal li")).to_have_count(count)
    assert page.locator("dialog [role=status]").inner_text().startswith(f"1 / {count}")


def test_the_cover_links_to_its_photo_page_without_javascript(site_url: str, windows: Windows) -> None:
    page = windows.show(f"{site_url}/portfolio/usual/", java_script_enabled=False)
    page.locator(".hero .shade a").click(position={"x": 200, "y": 300})
    assert page.url == f"{site_url}/portfolio/usual/0/"


def test_the_switch_changes_the_light_and_is_remembered(site_url: str, windows: Windows) -> None:
    page = windows.open(f"{site_url}/portfolio/", color_scheme="light")
    light = page.evaluate(BACKGROUND)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate(BACKGROUND) != light
    page.wait_for_load_state("networkidle")
    page.goto(f"{site_url}/portfolio/usual/")
    page.locator(".light").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{site_url}/portfolio/")
    assert page.evaluate(BACKGROUND) == light
    assert windows.problems == []


def test_without_javascript_the_light_is_that_of_the_system(site_url: str, windows: Windows) -> None:
    light, dark = (
        windows.show(f"{site_url}/portfolio/", java_script_enabled=False, color_scheme=scheme).evaluate(BACKGROUND)
        for scheme in ("light", "dark")
    )
    assert light != dark


def test_the_menu_is_in_the_same_place_on_every_page(site_url: str, windows: Windows) -> None:
    places = {
        str(
            windows.show(f"{site_url}{path}", 390, 844, 2)
            .locator(".top nav a")
            .first.evaluate("a => { const b = a.getBoundingClientRect(); return [b.x, b.y] }")
        )
        for path in ("/", "/portfolio/", "/portfolio/large/", "/portfolio/small/", "/404.html")
    }
    assert len(places) == 1


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180)])
@pytest.mark.parametrize("gallery", ["small", "upright"])
def test_a_cover_above_its_title_shows_its_whole_crop(
    site_url: str, windows: Windows, gallery: str, width: int, height: int
) -> None:
    page = windows.open(f"{site_url}/portfolio/{gallery}/", width, height)
    (picture,) = (each for each in page.evaluate(PICTURES) if each["cover"])
    assert picture["shown"] == width
    assert picture["shown"] / picture["height"] == pytest.approx(picture["ratio"], rel=0.01)


def test_the_last_row_of_cards_is_centered(site_url: str, windows: Windows) -> None:
    page = windows.open(f"{site_url}/portfolio/", 1440, 900)
    boxes = page.evaluate(
        "(() => { document.querySelector('.cards li').remove();"
        " return [...document.querySelectorAll('.cards li')].map(li => li.getBoundingClientRect().toJSON()) })()"
    )
    first, second, last = boxes
    assert (first["left"], second["right"], second["top"]) == pytest.approx((8, 1432, first["top"]), abs=1)
    assert last["top"] > first["top"]
    assert last["width"] == first["width"]
    assert last["left"] + last["width"] / 2 == pytest.approx(720, abs=1)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (2560, 1440), (3440, 1440)])
def test_a_card_of_a_photo_of_1200_pixels_is_hardly_enlarged(
    site_url: str, windows: Windows, width: int, height: int
) -> None:
    page = windows.open(f"{site_url}/portfolio/", width, height)
    pictures = page.evaluate(PICTURES)
    assert len(pictures) == 4
    for picture in pictures:
        assert picture["shown"] <= picture["loadedWidth"] * MAX_COVER_ENLARGEMENT, picture
        assert picture["shown"] == pytest.approx(picture["sizesWidth"], abs=1.5), picture


def test_the_text_of_a_light_cover_is_dark_in_every_mood(site_url: str, windows: Windows) -> None:
    page = windows.open(f"{site_url}/portfolio/large/")
    for mood in ("auto", "ember", "paper"):
        for pale, is_dark_text in ((False, False), (True, True)):
            page.evaluate(
                "([mood, pale]) => { document.documentElement.dataset.mood = mood;"
                " document.documentElement.classList.toggle('pale', pale) }",
                [mood, pale],
            )
            for selector in (".hero h1", ".top .mark"):
                color = page.locator(selector).evaluate("element => getComputedStyle(element).color")
                lightness = float(color.removeprefix("oklch(").split()[0])
                assert (lightness < 0.3) is is_dark_text, (mood, selector, color)
            assert page.locator(".top").evaluate("top => getComputedStyle(top).colorScheme") == (
                "light" if pale else "dark"
            )


def test_the_links_of_a_photo_page_stay_where_they_are(site_url: str, windows: Windows) -> None:
    tops = set()
    for photo in ("0", "1", "2"):
        page = windows.open(f"{site_url}/portfolio/usual/{photo}/")
        tops.add(page.locator(".turn").evaluate("turn => turn.getBoundingClientRect().top"))
        page.close()
    assert len(tops) == 1
