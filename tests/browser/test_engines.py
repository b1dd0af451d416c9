"""What a visitor does with the pages, in Chromium, Firefox and WebKitGTK."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support import engines
from tests.support.engines import Engine
from tests.support.review import wait_until

from .conftest import GALLERY_PHOTOS, ServedSite

NAMES = sorted(name.partition("/")[2] for name in GALLERY_PHOTOS)
IS_OPEN = "!!document.querySelector('dialog.viewer:modal')"
IS_CLOSED = "!document.querySelector('dialog[open]')"
QUICK_INTERVALS = "const start = setInterval; window.setInterval = (action, time) => start(action, time / 8)"
SHOWN_INDEX = """[...document.querySelectorAll('.viewer li')].findIndex(item => {
  const box = item.getBoundingClientRect()
  return box.left < innerWidth / 2 && box.right > innerWidth / 2
})"""


@pytest.fixture(
    scope="module",
    params=["chromium", *(pytest.param(name, marks=pytest.mark.slow) for name in ("firefox", "webkit"))],
)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with ExitStack() as stack:
        if request.param == "chromium":
            context = request.getfixturevalue("chromium").new_context(viewport={"width": 1280, "height": 800})
            stack.callback(context.close)
            yield engines.PlaywrightEngine(context.new_page())
        elif request.param == "firefox":
            if not engines.has_firefox():
                pytest.skip(engines.MISSING_FIREFOX)
            yield stack.enter_context(engines.start_firefox(tmp_path_factory.mktemp("firefox")))
        else:
            if not engines.has_webkit():
                pytest.skip(engines.MISSING_WEBKIT)
            yield stack.enter_context(engines.start_webkit())


@pytest.fixture
def gallery(engine: Engine, served: ServedSite) -> Engine:
    """Return the engine with a gallery open."""
    engine.open(f"{served.url}/portfolio/night/")
    return engine


def wait_for(engine: Engine, expression: str) -> None:
    """Wait until *expression* is true in the page."""
    deadline = time.monotonic() + engines.MAX_WAIT_SECONDS
    while not engine.run(expression):
        assert time.monotonic() < deadline, f"never true: {expression}"
        time.sleep(0.02)


def open_photo(engine: Engine, name: str) -> None:
    """Open the viewer with a click and wait until the photo is there."""
    engine.click(f"#{name}")
    wait_for(engine, f"{IS_OPEN} && location.hash === '#{name}' && {SHOWN_INDEX} === {NAMES.index(name)}")


@pytest.mark.parametrize("path", ["/portfolio/night/", "/team/"])
def test_the_smallest_sufficient_file_is_loaded(engine: Engine, served: ServedSite, path: str) -> None:
    engine.open(served.url + path)
    engine.run("[...document.images].forEach(i => { i.loading = 'eager' })")
    wait_for(engine, "[...document.images].every(i => i.complete && i.currentSrc)")
    for shown, loaded, widths in engine.run(
        """[...document.images].filter(i => !i.closest('.hero') && i.srcset).map(i => {
          const source = [...i.parentNode.children].find(s => s.srcset?.includes(new URL(i.currentSrc).pathname))
          const scrollbar = innerWidth / document.documentElement.clientWidth // `sizes` counts it as part of the window
          return [i.getBoundingClientRect().width * scrollbar * devicePixelRatio, +i.currentSrc.match(/-(\\d+)\\.\\w+$/)[1],
                  [...source.srcset.matchAll(/(\\d+)w/g)].map(m => +m[1])]
        })"""
    ):
        sufficient = [width for width in widths if width >= shown - 2]
        assert loaded == min(sufficient, default=max(widths)), (shown, widths)


def test_a_click_opens_the_viewer_with_the_focus_inside(gallery: Engine) -> None:
    open_photo(gallery, NAMES[2])
    wait_for(gallery, "document.activeElement.closest('dialog') !== null")


def test_back_closes_the_viewer_and_stays_in_the_gallery(gallery: Engine) -> None:
    open_photo(gallery, NAMES[1])
    gallery.back()
    wait_for(gallery, f"{IS_CLOSED} && location.pathname === '/portfolio/night/' && location.hash === ''")


def test_forward_opens_the_viewer_again(gallery: Engine) -> None:
    open_photo(gallery, NAMES[1])
    gallery.back()
    wait_for(gallery, IS_CLOSED)
    gallery.forward()
    wait_for(gallery, f"{IS_OPEN} && location.hash === '#{NAMES[1]}' && {SHOWN_INDEX} === 1")


def test_one_step_back_closes_it_after_many_photos_and_shows_the_last_one(gallery: Engine) -> None:
    entries = gallery.run("history.length")
    open_photo(gallery, NAMES[0])
    for index in (1, 2, 3):
        gallery.press("ArrowRight")
        wait_for(gallery, f"location.hash === '#{NAMES[index]}'")
    gallery.press("End")
    wait_for(gallery, f"location.hash === '#{NAMES[-1]}'")
    assert gallery.run("history.length") == entries + 1
    gallery.back()
    wait_for(gallery, f"{IS_CLOSED} && document.activeElement.id === '{NAMES[-1]}'")
    wait_for(gallery, "history.scrollRestoration === 'auto'")  # a browser would restore the old place before
    assert gallery.run(
        "(b => b.top < innerHeight && b.bottom > 0)(document.activeElement.parentNode.getBoundingClientRect())"
    )


def test_escape_closes_the_viewer_as_back_does(gallery: Engine) -> None:
    open_photo(gallery, NAMES[1])
    gallery.press("Escape")
    wait_for(gallery, f"{IS_CLOSED} && location.hash === '' && document.activeElement.id === '{NAMES[1]}'")
    gallery.forward()
    wait_for(gallery, IS_OPEN)


def test_two_quick_escapes_do_not_leave_the_gallery(gallery: Engine) -> None:
    open_photo(gallery, NAMES[1])
    gallery.press("Escape")
    gallery.press("Escape")
    wait_for(gallery, IS_CLOSED)
    open_photo(gallery, NAMES[2])  # a second step back would leave the gallery now
    assert gallery.run("location.pathname") == "/portfolio/night/"


def test_a_deep_link_opens_the_viewer_and_closing_it_stays_in_the_gallery(engine: Engine, served: ServedSite) -> None:
    engine.open(f"{served.url}/portfolio/night/#{NAMES[3]}")
    wait_for(engine, f"{IS_OPEN} && {SHOWN_INDEX} === 3")
    engine.click("[data-do=close]")
    wait_for(engine, f"{IS_CLOSED} && location.pathname + location.hash === '/portfolio/night/'")


def test_a_click_magnifies_and_escape_first_leaves_the_magnified_view(gallery: Engine) -> None:
    open_photo(gallery, NAMES[0])
    gallery.click(".viewer img")
    wait_for(gallery, "!!document.querySelector('.zoomed img')")
    gallery.press("Escape")
    wait_for(gallery, f"{IS_OPEN} && !document.querySelector('.zoomed')")


def test_a_slideshow_runs_until_a_key_is_pressed(gallery: Engine) -> None:
    gallery.run(
        f"document.head.append(Object.assign(document.createElement('script'), {{ text: `{QUICK_INTERVALS}` }}))"
    )
    open_photo(gallery, NAMES[0])
    gallery.click("[data-do=slideshow]")
    wait_for(gallery, "document.querySelector('[data-do=slideshow]').getAttribute('aria-pressed') === 'true'")
    wait_for(gallery, f"{SHOWN_INDEX} === 1")
    gallery.press("ArrowRight")
    wait_for(gallery, "document.querySelector('[data-do=slideshow]').getAttribute('aria-pressed') === 'false'")


def test_full_screen_keeps_photo_and_controls_and_ends_with_the_viewer(gallery: Engine) -> None:
    if not gallery.run("document.fullscreenEnabled"):
        pytest.skip("this browser has no full screen")
    open_photo(gallery, NAMES[0])
    gallery.click("[data-do=fullscreen]")
    wait_for(gallery, "document.fullscreenElement?.contains(document.querySelector('.viewer img'))")
    gallery.click("[data-do=close]")
    wait_for(gallery, f"{IS_CLOSED} && !document.fullscreenElement")


def test_the_caption_can_be_hidden(gallery: Engine) -> None:
    open_photo(gallery, "reader")
    status = "document.querySelector('dialog [role=status]').textContent"
    wait_for(gallery, f"{status}.includes('A caption.')")
    gallery.click("[data-do=caption]")
    wait_for(gallery, f"!{status}.includes('A caption.') && {status}.includes('/ 6')")


def test_arrow_keys_turn_the_pages_of_photos(engine: Engine, served: ServedSite) -> None:
    engine.open(f"{served.url}/portfolio/night/{NAMES[0]}/")
    engine.press("ArrowRight")
    wait_for(engine, f"location.pathname === '/portfolio/night/{NAMES[1]}/' && document.readyState === 'complete'")
    engine.press("ArrowLeft")
    wait_for(engine, f"location.pathname === '/portfolio/night/{NAMES[0]}/'")


def test_a_form_sends_what_was_typed_without_javascript(engine: Engine, served: ServedSite) -> None:
    served.sent_forms.clear()
    engine.open(f"{served.no_script_url}/contact/")
    engine.click("[name=name]")
    for name, text in {"name": "Ada B.", "email": "ada@example.com", "message": "Two portraits, please."}.items():
        assert engine.run("document.activeElement.name") == name
        engine.type(text)
        engine.press("Tab")
    assert engine.run("document.activeElement.tagName") == "BUTTON", "Tab stops at the field for robots"
    engine.press("Enter")
    wait_until(lambda: served.sent_forms)
    assert served.sent_forms == [
        (
            "/contact/",
            {"name": ["Ada B."], "email": ["ada@example.com"], "message": ["Two portraits, please."], "_gotcha": [""]},
        )
    ]


def test_a_form_without_an_address_is_not_sent(engine: Engine, served: ServedSite) -> None:
    served.sent_forms.clear()
    engine.open(f"{served.no_script_url}/contact/")
    engine.click("[name=name]")
    engine.type("Ada B.")
    engine.click(".form button")
    wait_for(engine, "document.activeElement.name === 'email'")
    assert served.sent_forms == []


def test_a_form_leads_to_its_service_or_to_the_mail_program(engine: Engine, served: ServedSite) -> None:
    targets = {}
    for name in ("book", "mail"):
        engine.open(f"{served.url}/{name}/")
        targets[name] = engine.run("(form => [form.action, form.method])(document.querySelector('form'))")
    assert targets == {
        "book": ["https://forms.example.com/f?a=1&b=2", "post"],
        "mail": ["mailto:ada@example.com", "get"],
    }


def test_without_javascript_a_photo_leads_to_its_page_and_back(engine: Engine, served: ServedSite) -> None:
    engine.open(f"{served.no_script_url}/portfolio/night/")
    engine.click(f"#{NAMES[1]}")
    wait_for(engine, f"location.pathname === '/portfolio/night/{NAMES[1]}/' && document.images[0]?.naturalWidth > 0")
    engine.back()
    wait_for(engine, "location.pathname === '/portfolio/night/' && document.readyState === 'complete'")
