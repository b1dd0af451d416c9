"""The viewer: a named modal dialog that keys, fingers and addresses can use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.support.site import Site

from .conftest import WALL, Served, serve

STILL = {"reduced_motion": "reduce"}
NAMES = sorted(name.partition("/")[2] for name in WALL)
SHOWN = """() => [...document.querySelectorAll('.viewer li')].findIndex(item => {
  const box = item.getBoundingClientRect()
  return box.left < innerWidth / 2 && box.right > innerWidth / 2
})"""


@pytest.fixture
def wall(served: Served, window: Callable[..., Any]) -> Any:
    return window(served.url + "/portfolio/night/", **STILL)


def test_it_opens_as_a_named_modal_dialog_with_the_focus_inside(wall: Any) -> None:
    wall.locator(".rows a").nth(1).click()
    assert wall.locator("dialog.viewer:modal").count() == 1
    assert wall.locator("dialog").get_attribute("aria-label")
    assert wall.evaluate("document.activeElement.closest('dialog') !== null")
    assert wall.evaluate("document.activeElement.ariaLabel").startswith("Photos")
    assert wall.evaluate(SHOWN) == 1
    assert all(button.get_attribute("aria-label") for button in wall.locator("dialog button").all())
    assert wall.complaints == []


def test_keys_turn_and_the_address_follows(wall: Any) -> None:
    wall.locator(".rows a").first.press("Enter")
    for key, place in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 5),
        ("ArrowRight", 5),
        ("Home", 0),
    ):
        wall.keyboard.press(key)
        wall.wait_for_function(f"({SHOWN})() === {place}")
        wall.wait_for_function(f"location.hash === '#{NAMES[place]}'")
    assert wall.locator("dialog [role=status]").inner_text().startswith("1 / 6")


def test_escape_returns_to_the_picture_one_ended_on(wall: Any) -> None:
    wall.locator(".rows a").first.click()
    wall.keyboard.press("ArrowRight")
    wall.wait_for_function(f"location.hash === '#{NAMES[1]}'")
    wall.keyboard.press("Escape")
    wall.wait_for_function("!document.querySelector('dialog').open")
    assert wall.evaluate("document.activeElement.id") == NAMES[1]
    assert wall.evaluate("location.hash") == ""


def test_a_shared_address_opens_the_viewer(served: Served, window: Callable[..., Any]) -> None:
    page = window(f"{served.url}/portfolio/night/#{NAMES[3]}", **STILL)
    page.wait_for_function(f"({SHOWN})() === 3")
    assert page.locator("dialog:modal").count() == 1


def test_the_way_back_from_a_photographs_page_leads_to_its_place_on_the_wall(
    served: Served, window: Callable[..., Any]
) -> None:
    page = window(f"{served.url}/portfolio/night/{NAMES[4]}/", **STILL)
    page.locator(".turn a").nth(1).click()
    assert page.url.endswith(f"#at-{NAMES[4]}")
    assert page.locator("dialog").count() == 0


def test_swiping_turns(served: Served, window: Callable[..., Any]) -> None:
    page = window(f"{served.url}/portfolio/night/", 390, 844, 2, has_touch=True, is_mobile=True, **STILL)
    page.locator(".rows a").first.tap()
    page.locator(".viewer ol").evaluate("o => o.scrollTo({ left: o.clientWidth, behavior: 'instant' })")
    page.wait_for_function(f"location.hash === '#{NAMES[1]}'")


def test_one_pixel_on_one_pixel(wall: Any) -> None:
    wall.locator(".rows a").first.click()
    wall.locator(".viewer img").first.click()
    widest = wall.locator(".viewer img").first.evaluate(
        "i => Math.max(...i.parentNode.querySelector('[srcset]').srcset.match(/\\d+(?=w)/g))"
    )
    assert wall.locator(".viewer img").first.evaluate("i => i.offsetWidth * devicePixelRatio") == pytest.approx(
        widest, abs=1
    )
    assert wall.locator("[aria-pressed=true]").count() == 1
    wall.keyboard.press("Escape")
    assert wall.locator("dialog:modal").count() == 1, "Escape first leaves the magnified view"
    assert wall.locator(".zoomed").count() == 0


def test_the_caption_is_read_and_shown(wall: Any) -> None:
    wall.locator("#reader").click()
    assert "A caption." in wall.locator("dialog [role=status]").inner_text()


def test_nothing_moves_for_those_who_asked_for_rest(wall: Any) -> None:
    wall.locator(".rows a").first.click()
    wall.keyboard.press("ArrowRight")
    running = "document.getAnimations().filter(a => a.playState === 'running')"
    assert wall.evaluate(f"{running}.filter(a => a.effect.getComputedTiming().duration > 50).length") == 0


def test_a_new_tab_is_left_to_the_browser(wall: Any) -> None:
    wall.locator(".rows a").first.click(modifiers=["Control"])
    assert wall.locator("dialog").count() == 0


def test_it_works_under_a_strict_policy(served: Served, window: Callable[..., Any]) -> None:
    page = window(served.strict + "/portfolio/night/", **STILL)
    page.locator(".rows a").nth(2).click()
    page.wait_for_function(f"({SHOWN})() === 2")
    assert page.complaints == []


def test_it_opens_where_a_small_picture_is_one_file(site: Site, window: Callable[..., Any]) -> None:
    (site.photos / "walk").mkdir()
    for name, size in (("a", (1500, 1000)), ("b", (500, 400)), ("c", (1500, 1000))):
        Image.effect_noise(size, 60).convert("RGB").save(site.photos / "walk" / f"{name}.jpg")
    site.settings = {"formats": ["jpeg"]}
    built = site.build()
    assert built.status == 0, built.log
    server, url = serve(built.output)
    try:
        page = window(f"{url}/portfolio/walk/", **STILL)
        small = page.locator("#b img")
        assert small.get_attribute("srcset") is None, "it is one file, or this test tests nothing"
        small.click()
        page.wait_for_function(f"({SHOWN})() === 1")
        page.locator(".viewer li:nth-child(2) img").click()
        assert page.locator(".zoomed img").evaluate("i => i.offsetWidth * devicePixelRatio") == 500
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"({SHOWN})() === 2")
        assert page.complaints == []
    finally:
        server.shutdown()
