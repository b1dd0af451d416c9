"""The viewer of a gallery: a modal dialog that works with keys, touch and shared URLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.support.browser import Windows
from tests.support.site import Site

from .conftest import GALLERY_PHOTOS, ServedSite, serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

REDUCED_MOTION: dict[str, Any] = {"reduced_motion": "reduce"}
NAMES = sorted(name.partition("/")[2] for name in GALLERY_PHOTOS)
SHOWN_INDEX = """() => [...document.querySelectorAll('.viewer li')].findIndex(item => {
  const box = item.getBoundingClientRect()
  return box.left < innerWidth / 2 && box.right > innerWidth / 2
})"""


@pytest.fixture
def gallery_page(served: ServedSite, windows: Windows) -> Page:
    return windows.show(served.url + "/portfolio/night/", **REDUCED_MOTION)


def test_it_opens_as_a_labelled_modal_dialog_with_the_focus_inside(gallery_page: Page, windows: Windows) -> None:
    gallery_page.locator(".rows a").nth(1).click()
    assert gallery_page.locator("dialog.viewer:modal").count() == 1
    assert gallery_page.locator("dialog").get_attribute("aria-label")
    assert gallery_page.evaluate("document.activeElement.closest('dialog') !== null")
    assert gallery_page.evaluate("document.activeElement.ariaLabel").startswith("Photos")
    assert gallery_page.evaluate(SHOWN_INDEX) == 1
    assert all(button.get_attribute("aria-label") for button in gallery_page.locator("dialog button").all())
    assert windows.problems == []


def test_arrow_keys_change_the_photo_and_the_url(gallery_page: Page) -> None:
    gallery_page.locator(".rows a").first.press("Enter")
    for key, index in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 5),
        ("ArrowRight", 5),
        ("Home", 0),
    ):
        gallery_page.keyboard.press(key)
        gallery_page.wait_for_function(f"({SHOWN_INDEX})() === {index}")
        gallery_page.wait_for_function(f"location.hash === '#{NAMES[index]}'")
    assert gallery_page.locator("dialog [role=status]").inner_text().startswith("1 / 6")


def test_escape_focuses_the_photo_shown_last(gallery_page: Page) -> None:
    gallery_page.locator(".rows a").first.click()
    gallery_page.keyboard.press("ArrowRight")
    gallery_page.wait_for_function(f"location.hash === '#{NAMES[1]}'")
    gallery_page.keyboard.press("Escape")
    gallery_page.wait_for_function("!document.querySelector('dialog').open")
    assert gallery_page.evaluate("document.activeElement.id") == NAMES[1]
    assert gallery_page.evaluate("location.hash") == ""


def test_a_url_with_a_photo_opens_the_viewer(served: ServedSite, windows: Windows) -> None:
    page = windows.show(f"{served.url}/portfolio/night/#{NAMES[3]}", **REDUCED_MOTION)
    page.wait_for_function(f"({SHOWN_INDEX})() === 3")
    assert page.locator("dialog:modal").count() == 1


def test_a_photo_page_links_back_to_its_place_in_the_gallery(served: ServedSite, windows: Windows) -> None:
    page = windows.show(f"{served.url}/portfolio/night/{NAMES[4]}/", **REDUCED_MOTION)
    page.locator(".turn a").nth(1).click()
    assert page.url.endswith(f"#at-{NAMES[4]}")
    assert page.locator("dialog").count() == 0


@dataclass
class Touch:
    """Fingers on the screen of a phone, by the events that the browser receives from a real screen."""

    page: Page

    def __post_init__(self) -> None:
        self._send = self.page.context.new_cdp_session(self.page).send

    def move(self, *fingers: tuple[tuple[float, float], tuple[float, float]], steps: int = 8) -> None:
        """Put fingers down, move each from its first to its second point, and lift them."""
        for step in range(steps + 1):
            points = [
                {"x": x + (to_x - x) * step / steps, "y": y + (to_y - y) * step / steps, "id": number}
                for number, ((x, y), (to_x, to_y)) in enumerate(fingers)
            ]
            self._dispatch("touchMove" if step else "touchStart", points)
            self.page.evaluate("new Promise(requestAnimationFrame)")
        self._dispatch("touchEnd", [])

    def _dispatch(self, kind: str, points: list[dict[str, float]]) -> None:
        self._send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture
def phone(served: ServedSite, windows: Windows) -> Page:
    """Return a phone that shows the second photo in the viewer."""
    page = windows.show(f"{served.url}/portfolio/night/", 390, 844, 2, has_touch=True, is_mobile=True, **REDUCED_MOTION)
    page.locator(".rows a").nth(1).tap()
    wait_for_photo(page, 1)
    return page


def wait_for_photo(page: Page, index: int) -> None:
    """Wait until a photo is shown, alone and at rest, and is the one in the address."""
    page.wait_for_function(f"({SHOWN_INDEX})() === {index} && location.hash === '#{NAMES[index]}'")
    page.wait_for_function(
        f"(o => Math.abs(o.scrollLeft - {index} * o.clientWidth) < 1)(document.querySelector('.viewer ol'))"
    )


def test_a_swipe_shows_the_next_or_the_previous_photo(phone: Page) -> None:
    touch = Touch(phone)
    touch.move(((300, 400), (80, 410)))
    wait_for_photo(phone, 2)
    touch.move(((80, 400), (300, 390)))
    wait_for_photo(phone, 1)
    touch.move(((80, 400), (300, 390)))
    wait_for_photo(phone, 0)
    touch.move(((80, 400), (300, 390)))
    wait_for_photo(phone, 0)


@pytest.mark.parametrize("fingers", [((200, 600), (205, 200)), ((200, 200), (190, 600))], ids=["up", "down"])
def test_a_finger_that_moves_up_or_down_shows_no_other_photo(phone: Page, fingers: Any) -> None:
    Touch(phone).move(fingers)
    phone.evaluate("new Promise(requestIdleCallback)")
    wait_for_photo(phone, 1)
    assert phone.locator("dialog.viewer:modal").count() == 1


def test_fingers_that_magnify_a_photo_and_move_it_show_no_other_photo(phone: Page) -> None:
    touch = Touch(phone)
    touch.move(((180, 400), (120, 350)), ((210, 400), (270, 450)))
    phone.wait_for_function("visualViewport.scale > 1.3 && visualViewport.offsetLeft > 10")
    touch.move(((80, 400), (330, 390)))
    phone.wait_for_function("visualViewport.offsetLeft < 1")
    touch.move(((330, 400), (80, 390)))
    phone.wait_for_function("visualViewport.offsetLeft > 10")
    assert phone.evaluate(SHOWN_INDEX) == 1
    assert phone.evaluate("location.hash") == f"#{NAMES[1]}"


def test_a_click_magnifies_to_one_image_pixel_per_device_pixel(gallery_page: Page) -> None:
    gallery_page.locator(".rows a").first.click()
    gallery_page.locator(".viewer img").first.click()
    widest = gallery_page.locator(".viewer img").first.evaluate(
        "i => Math.max(...i.parentNode.querySelector('[srcset]').srcset.match(/\\d+(?=w)/g))"
    )
    assert gallery_page.locator(".viewer img").first.evaluate("i => i.offsetWidth * devicePixelRatio") == pytest.approx(
        widest, abs=1
    )
    assert gallery_page.locator("[data-do=zoom][aria-pressed=true]").count() == 1
    gallery_page.keyboard.press("Escape")
    assert gallery_page.locator("dialog:modal").count() == 1, "Escape first leaves the magnified view"
    assert gallery_page.locator(".zoomed").count() == 0


def test_the_caption_is_announced_in_the_status(gallery_page: Page) -> None:
    gallery_page.locator("#reader").click()
    assert "A caption." in gallery_page.locator("dialog [role=status]").inner_text()


def test_no_animation_runs_under_reduced_motion(gallery_page: Page) -> None:
    gallery_page.locator(".rows a").first.click()
    gallery_page.keyboard.press("ArrowRight")
    running = "document.getAnimations().filter(a => a.playState === 'running')"
    assert gallery_page.evaluate(f"{running}.filter(a => a.effect.getComputedTiming().duration > 50).length") == 0


def test_a_click_for_a_new_tab_opens_no_viewer(gallery_page: Page) -> None:
    gallery_page.locator(".rows a").first.click(modifiers=["Control"])
    assert gallery_page.locator("dialog").count() == 0


def test_it_works_under_a_strict_policy(served: ServedSite, windows: Windows) -> None:
    page = windows.show(served.strict_url + "/portfolio/night/", **REDUCED_MOTION)
    page.locator(".rows a").nth(2).click()
    page.wait_for_function(f"({SHOWN_INDEX})() === 2")
    assert windows.problems == []


def test_a_photo_with_a_single_rendition_can_be_opened_and_magnified(site: Site, windows: Windows) -> None:
    (site.photos / "walk").mkdir()
    for name, size in (("a", (1500, 1000)), ("b", (500, 400)), ("c", (1500, 1000))):
        Image.effect_noise(size, 60).convert("RGB").save(site.photos / "walk" / f"{name}.jpg")
    site.settings = {"formats": ["jpeg"]}
    built = site.build()
    assert built.status == 0, built.log
    server, url = serve(built.output)
    try:
        page = windows.show(f"{url}/portfolio/walk/", **REDUCED_MOTION)
        single_file = page.locator("#b img")
        assert single_file.get_attribute("srcset") is None, (
            "there is more than one rendition, so this test tests nothing"
        )
        single_file.click()
        page.wait_for_function(f"({SHOWN_INDEX})() === 1")
        page.locator(".viewer li:nth-child(2) img").click()
        assert page.locator(".zoomed img").evaluate("i => i.offsetWidth * devicePixelRatio") == 500
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"({SHOWN_INDEX})() === 2")
        assert windows.problems == []
    finally:
        server.shutdown()
