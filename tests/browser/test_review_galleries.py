"""Galleries, people and focal points edited in the review page in a real browser, with the site beside them."""

from __future__ import annotations

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.support.browser import Windows
from tests.support.review import (
    read_note_field,
    read_notes,
    run_review,
    wait_until,
)
from tests.support.site import Site


@pytest.fixture
def site(review_site: Site) -> Site:
    return review_site


def open_folder(windows: Windows, url: str, folder: str) -> Page:
    """Open the review page with the photos of one folder, sorted as they are there."""
    page = windows.open(url, 1440, 900)
    page.wait_for_selector("[role=option]:focus")
    page.select_option("#folder", folder)
    return page


def select_photo(page: Page, path: str) -> None:
    page.locator(f'[role=option][data-id="{path}"]').click()
    expect(page.locator("#file")).to_have_text(path)


def get_preview(page: Page) -> FrameLocator:
    return page.frame_locator("#preview-frame")


def test_a_gallery_is_edited_with_keys_while_the_preview_follows(site: Site, windows: Windows) -> None:
    original_notes = '# by hand\n[gallery]\ntitle = "Night" # short\n'
    site.write("content/photos/night/notes.toml", original_notes)
    with run_review(site) as url:
        page = open_folder(windows, url, "night")
        select_photo(page, "night/guitar.jpg")
        page.keyboard.press("v")
        preview = get_preview(page)
        expect(preview.locator("h1")).to_have_text("Night", timeout=20_000)
        expect(preview.locator("#guitar")).to_be_attached()
        page.keyboard.press("g")
        page.fill("#gallery-editor [name=title]", "Low <light>")
        page.fill("#gallery-editor [name=intro]", "One lamp.")
        page.select_option("#gallery-editor [name=mood]", "paper")
        page.select_option("#gallery-editor [name=position]", label="after Team")
        page.keyboard.press("Control+Enter")
        expect(preview.locator("h1")).to_have_text("Low <light>", timeout=20_000)
        expect(preview.locator("html")).to_have_attribute("data-mood", "paper")
        expect(preview.get_by_text("One lamp.")).to_be_attached()
        assert read_notes(site)["gallery"] == {
            "title": "Low <light>",
            "intro": "One lamp.",
            "mood": "paper",
            "position": 2,
        }
        assert read_notes(site, "team")["gallery"] == {"position": 1}
        page.keyboard.press("c")
        wait_until(lambda: read_notes(site)["gallery"].get("cover") == "guitar.jpg")
        expect(page.locator("#as-cover")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Shift+C")
        wait_until(lambda: read_notes(site, "").get("gallery", {}).get("cover") == "night/guitar.jpg")
        expect(page.locator("#as-home-photo")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("c")
        wait_until(lambda: "cover" not in read_notes(site)["gallery"])
        for _ in range(4):
            page.keyboard.press("u")
        wait_until(lambda: (site.photos / "night" / "notes.toml").read_text() == original_notes)
        wait_until(lambda: not (site.photos / "notes.toml").exists())
        wait_until(lambda: not (site.photos / "team" / "notes.toml").exists())
        expect(preview.locator("h1")).to_have_text("Night", timeout=20_000)
        preview.locator("#reader").click()  # no script runs there, so no viewer opens
        expect(preview.locator(".turn")).to_be_attached(timeout=20_000)
        expect(preview.locator("main img").first).to_have_js_property("complete", True)
        page.select_option("#preview-page", label="Home")
        expect(preview.locator("html")).to_contain_class("home covered", timeout=20_000)
        wait_until(lambda: preview.locator("img").first.evaluate("image => image.naturalWidth"))
        assert windows.script_errors == []
        page.locator("#show-preview").click()
        expect(page.locator("#preview")).to_be_hidden()


def test_the_framing_of_headshots_is_chosen_and_their_crops_follow(site: Site, windows: Windows) -> None:
    site.write("content/photos/team/notes.toml", '[photos."jo-clay_assistant.jpg"]\nkind = "headshot"\n')
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n\n")
    with run_review(site) as url:
        page = open_folder(windows, url, "team")
        select_photo(page, "team/jo-clay_assistant.jpg")
        crop = page.locator("#slots figure").filter(has_text="team page").locator("img")
        expect(crop).to_be_visible(timeout=20_000)
        normal_scale = crop.evaluate("image => parseFloat(image.style.width)")
        page.keyboard.press("v")
        picture = get_preview(page).locator("li img").first
        expect(picture).to_be_visible(timeout=40_000)
        normal_picture = picture.get_attribute("src")
        page.keyboard.press("g")
        expect(page.locator("#gallery-editor [name=title]")).to_be_disabled()
        page.select_option("#gallery-editor [name=framing]", "tight")
        page.keyboard.press("Control+Enter")
        wait_until(lambda: read_notes(site, "team").get("gallery") == {"framing": "tight"})
        # The closer the crop, the larger the whole photo behind it.
        wait_until(lambda: crop.evaluate("image => parseFloat(image.style.width)") > normal_scale, 40)
        wait_until(lambda: picture.get_attribute("src") != normal_picture, 40)
        page.keyboard.press("u")
        wait_until(lambda: "gallery" not in read_notes(site, "team"))
        wait_until(lambda: crop.evaluate("image => parseFloat(image.style.width)") == normal_scale, 40)
        assert windows.script_errors == []


def test_facts_about_a_person_are_edited(site: Site, windows: Windows) -> None:
    with run_review(site) as url:
        page = open_folder(windows, url, "team")
        select_photo(page, "team/jo-clay_assistant.jpg")
        page.keyboard.press("e")
        page.fill("[name=department]", "Print")
        page.fill("[name=bio]", "Since 1998.\n\nAnd more.")
        page.fill("[name=email]", "nobody")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor")).to_be_visible()
        page.fill("[name=email]", "jo@example.com")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#editor")).to_be_hidden()
        wait_until(lambda: read_note_field(site, "jo-clay_assistant.jpg", "email", "team") == "jo@example.com")
    assert read_note_field(site, "jo-clay_assistant.jpg", "bio", "team") == "Since 1998.\n\nAnd more."
    assert read_note_field(site, "jo-clay_assistant.jpg", "department", "team") == "Print"


def test_a_focal_point_that_cuts_a_face_is_shown_with_a_warning(site: Site, windows: Windows) -> None:
    with run_review(site) as url:
        page = open_folder(windows, url, "night")
        select_photo(page, "night/guitar.jpg")
        expect(page.locator("#slots figure").first).to_be_visible(timeout=20_000)
        expect(page.locator("#cut-warning")).to_be_hidden()
        box = page.locator("#photo").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.98, steps=4)
        page.mouse.up()
        expect(page.locator("#cut-warning")).to_contain_text("a face is cut in: link preview", timeout=20_000)
        expect(page.locator("#slots .cuts-head figcaption").first).to_have_text("link preview: cuts a face")
        assert page.locator("#marks .cut").count() >= 1
        page.keyboard.press("f")
        page.keyboard.press("Delete")
        expect(page.locator("#cut-warning")).to_be_hidden(timeout=20_000)
        assert windows.script_errors == []


def test_scripts_in_texts_do_not_run_in_the_preview(site: Site, windows: Windows) -> None:
    attack = "parent.document.title = document.title = 'attacked'; parent.sessionStorage.clear()"
    site.write(
        "content/pages/about.md",
        f'Title: About\n\n<p id="text" onclick="{attack}">Words.</p>\n<script>{attack}</script>\n'
        f'<img src="/nothing.png" onerror="{attack}" alt="">\n<a href="javascript:{attack}">Link</a>\n',
    )
    with run_review(site) as url:
        page = open_folder(windows, url, "night")
        page.keyboard.press("Home")
        page.locator("#show-preview").click()
        page.select_option("#preview-page", label="About")
        text = get_preview(page).locator("#text")
        expect(text).to_have_text("Words.", timeout=20_000)
        text.click()
        get_preview(page).get_by_role("link", name="Link").click()
        page.wait_for_timeout(500)
        assert page.title() == "Review · Test"
        assert page.evaluate("sessionStorage.length") == 1
        assert get_preview(page).locator("title").inner_text() != "attacked"
