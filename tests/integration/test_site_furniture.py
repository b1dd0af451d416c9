"""What surrounds the photos, in a real build: logo, icons, menu, links, snippets, contact form, camera data, slots."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from tests.support.documents import DOCS, read_titled_samples
from tests.support.site import BuildResult, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50"><style>rect { fill: #f00 } '
    "@media (prefers-color-scheme: dark) { rect { fill: #0f0 } }</style>"
    '<script>document.title = "run"</script><rect width="200" height="50"/></svg>'
)


def add_with_camera_data(site: Site, source: Path, name: str) -> None:
    """Copy a photo into the site as if a camera had written it, with serial numbers and a position."""
    tags = Image.Exif()
    tags[0x10F], tags[0x110] = "NIKON CORPORATION", "NIKON <Z 8>"
    details, gps = tags.get_ifd(0x8769), tags.get_ifd(0x8825)
    details[0xA434], details[0xA431], details[0xA435] = "NIKKOR Z 85mm", "SERIAL-1", "SERIAL-2"
    details[0x829A], details[0x8827] = IFDRational(1, 200), 400
    gps[1], gps[2] = "N", (IFDRational(50, 1), IFDRational(51, 1), IFDRational(7, 1))
    target = site.photos / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture:
        picture.thumbnail((1500, 1500))
        picture.save(target, quality=88, exif=tags)


def create_site(folder: Path, demo_photos: Path) -> Site:
    site = Site(folder)
    add_with_camera_data(site, demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    for name in ("chalk-white_archivist", "plum-grey_accounts"):
        site.add(demo_photos / "team" / f"{name}.jpg", f"team/{name}.jpg")
    site.write("logo.svg", LOGO)
    for name, text in read_titled_samples(DOCS / "howto-headshot-page.md").items():
        site.write(name, text.replace("Template: faces\n", "Template: faces\nMenu_Order: 02\n"))
    site.write("my/head.html", '<meta name="from-snippet" content="{{ SITENAME }}">')
    site.write("my/body_end.html", '<script src="{{ SITEURL }}/count.js"></script>')
    site.write(
        "content/pages/contact.md",
        "Title: Contact\nTemplate: contact\nMenu_Order: 01\nForm: https://forms.example.com/f?a=1&b=2\n\nWords.\n",
    )
    site.write(
        "content/pages/mail.md",
        "Title: Mail\nTemplate: contact\nMenu_Order: 03\nForm: mailto:ada@example.com\n\nWords.\n",
    )
    site.write(
        "content/pages/netlify.md",
        "Title: Netlify\nTemplate: contact\nStatus: hidden\nMenu_Order: 04\nForm: netlify\nHoneypot: trap\n\nWords.\n",
    )
    site.write("content/one.md", "Title: One\nSlug: one\nLang: en\nDate: 2026-01-01\n\nWords.\n")
    site.write("content/one-de.md", "Title: Eins\nSlug: one\nLang: de\nDate: 2026-01-01\n\nWorte.\n")
    site.settings = {"logo": "logo.svg", "stylesheet": "faces.css", "exif": ["camera", "exposure"], "mood": "both"}
    site.extra_settings = (
        "THEME_TEMPLATES_OVERRIDES = ['my']\nPAGE_ORDER_BY = 'menu_order'\n"
        "MENUITEMS = [('Prints', 'https://prints.example.com/?a=1&b=2')]\n"
        "SOCIAL = [('Mastodon', 'https://social.example.com/@ada')]\nLINKS = [('Privacy', '/privacy/')]\n"
    )
    return site


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> Site:
    return create_site(tmp_path_factory.mktemp("furniture") / "site", demo_photos)


@pytest.fixture(scope="module")
def built(furnished: Site) -> BuildResult:
    result = furnished.build()
    assert result.status == 0, result.log
    return result


def test_the_logo_is_published_unchanged_and_named_like_the_site(built: BuildResult) -> None:
    assert (built.output / "theme" / "logo.svg").read_text(encoding="utf-8") == LOGO
    tag = '<img class="logo" src="/theme/logo.svg" width="400" height="100" alt="Test">'
    assert tag in built.page("contact/index.html")


def test_every_page_links_to_icons_that_exist(built: BuildResult) -> None:
    pages = [page.read_text(encoding="utf-8") for page in built.output.rglob("*.html")]
    assert len(pages) > 8
    for html in pages:
        links = re.findall(r'<link rel="(icon|apple-touch-icon|manifest)" href="/([^"]+)"', html)
        assert [kind for kind, _ in links] == ["icon", "icon", "apple-touch-icon", "manifest"]
        assert all((built.output / path).is_file() for _, path in links)


def test_icons_and_logo_are_removed_from_a_site_that_no_longer_has_them(site: Site, demo_photos: Path) -> None:
    site.add(demo_photos / "night" / "the-hall.jpg", "night/hall.jpg")
    site.write("logo.svg", LOGO)
    site.settings = {"logo": "logo.svg", "formats": ["jpeg"]}
    first = site.build()
    theme = first.output / "theme"
    icons = {file.name for file in (theme / "icons").iterdir()}
    assert (theme / "logo.svg").exists()
    site.settings, site.extra_settings = {"formats": ["jpeg"]}, "SITENAME = 'Zoe'\n"
    second = site.build()
    assert second.status == 0, second.log
    assert not (theme / "logo.svg").exists()
    others = {file.name for file in (theme / "icons").iterdir()}
    assert len(others) == len(icons)
    assert not others & icons
    site.build()
    assert {file.name for file in (theme / "icons").iterdir()} == others


def test_the_menu_has_the_documented_order(built: BuildResult) -> None:
    (menu,) = re.findall(r"<nav.*?</nav>", built.page("one.html"), re.DOTALL)
    assert re.findall(r">([^<>\s][^<>]*)</a>", menu) == [
        "Portfolio", "Contact", "Faces", "Mail", "Journal", "Prints", "Deutsch",
    ]  # fmt: skip
    assert 'href="https://prints.example.com/?a=1&amp;b=2"' in menu


def test_links_are_in_the_footer_and_social_ones_on_the_contact_page_too(built: BuildResult) -> None:
    contact, home = built.page("contact/index.html"), built.page("index.html")
    social = '<a rel="me" href="https://social.example.com/@ada">Mastodon</a>'
    assert (contact.count(social), home.count(social)) == (2, 1)
    assert '<a href="/privacy/">Privacy</a>' in home


def test_a_translation_is_linked_in_the_menu_in_its_own_language(built: BuildResult) -> None:
    assert '<a hreflang="de" lang="de" href="/one-de.html">Deutsch</a>' in built.page("one.html")
    assert '<a hreflang="en" lang="en" href="/one.html">English</a>' in built.page("one-de.html")
    assert "Deutsch" not in built.page("index.html")


def test_snippets_are_on_every_page(built: BuildResult) -> None:
    for name in ("index.html", "portfolio/night/half-light/index.html", "404.html", "one.html"):
        html = built.page(name)
        assert '<meta name="from-snippet" content="Test">' in html.partition("</head>")[0]
        assert '<script src="/count.js"></script>' in html.partition("</footer>")[2]


def test_a_form_for_a_service_is_posted_with_a_honeypot_and_one_by_mail_has_none(built: BuildResult) -> None:
    service, mail = built.page("contact/index.html"), built.page("mail/index.html")
    assert '<form class="form" action="https://forms.example.com/f?a=1&amp;b=2" method="post">' in service
    assert re.findall(r'<(?:input|textarea) name="(\w+)"', service) == ["name", "email", "message", "_gotcha"]
    assert 'name="_gotcha" tabindex="-1" autocomplete="off"' in service
    assert '<form class="form" action="mailto:ada@example.com" method="get">' in mail
    assert re.findall(r'<(?:input|textarea) name="(\w+)"', mail) == ["subject", "body"]
    netlify = built.page("netlify/index.html")
    assert 'name="contact" method="post" data-netlify="true" data-netlify-honeypot="trap">' in netlify
    assert '<input name="trap"' in netlify


def test_camera_data_appear_as_far_as_the_setting_names_them_and_never_serial_numbers(built: BuildResult) -> None:
    line = "NIKON &lt;Z 8&gt; · 1/200 s, ISO 400"
    assert line in built.page("portfolio/night/half-light/index.html")
    assert f"<small>{line}</small>" in built.page("portfolio/night/index.html")
    for file in built.output.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not any(secret in data for secret in (b"NIKKOR", b"SERIAL-", b"<Z 8>")), file


def test_a_form_that_leads_nowhere_stops_the_build_before_anything_is_written(
    furnished: Site, built: BuildResult
) -> None:
    page = furnished.folder / "content" / "pages" / "mail.md"
    words = page.read_text(encoding="utf-8")
    before = built.page("mail/index.html")
    page.write_text(words.replace("mailto:", ""), encoding="utf-8")
    result = furnished.build()
    page.write_text(words, encoding="utf-8")
    assert result.status == 1
    assert "`Form: ada@example.com`" in result.log
    assert "Traceback" not in result.log
    assert built.page("mail/index.html") == before


@pytest.fixture(scope="module")
def with_slots(furnished: Site, built: BuildResult) -> Path:
    """Return the same site with `show_slots`, which a browser can open from the disk."""
    furnished.settings = {**furnished.settings, "show_slots": True}
    result = furnished.build("-o", "slots", "--relative-urls")
    del furnished.settings["show_slots"]
    assert "show_slots is on" in result.log
    return furnished.folder / "slots"


def test_slots_are_named_only_while_the_setting_is_on(with_slots: Path, built: BuildResult) -> None:
    assert "data-slot" not in built.page("portfolio/night/index.html")
    assert "slots.js" not in built.page("index.html")
    html = (with_slots / "faces" / "index.html").read_text(encoding="utf-8")
    assert html.count('<picture data-slot="head">') == 2
    assert "/theme/js/slots.js" in html


@pytest.mark.parametrize("window", [(390, 844, 2), (1440, 900, 1), (2560, 1440, 1)])
def test_the_documented_page_of_headshots_is_sharp(
    with_slots: Path, chromium: Browser, window: tuple[int, int, float]
) -> None:
    width, height, density = window
    page = chromium.new_page(viewport={"width": width, "height": height}, device_scale_factor=density)
    page.goto(f"file://{with_slots}/faces/index.html")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    found = page.evaluate(
        "[...document.querySelectorAll('.faces img')].map(i => [i.clientWidth, +i.currentSrc.match(/-(\\d+)\\.\\w+$/)[1]])"
    )
    page.close()
    columns = 2 if width < 600 else 6
    assert [shown for shown, _ in found] == [pytest.approx(width / columns, abs=1)] * 2
    assert all(file >= 0.99 * shown * density for shown, file in found), found


@pytest.mark.parametrize(("scheme", "color"), [("dark", (0, 255, 0)), ("light", (255, 0, 0))])
def test_a_logo_can_have_a_color_for_dark_and_for_light_pages(
    with_slots: Path, chromium: Browser, tmp_path: Path, scheme: Literal["dark", "light"], color: tuple[int, int, int]
) -> None:
    page = chromium.new_page(viewport={"width": 800, "height": 600}, color_scheme=scheme)
    page.goto(f"file://{with_slots}/contact/index.html")
    assert page.title() == "Contact · Test", "a script in the logo was run"
    assert page.locator(".logo").evaluate("logo => logo.clientHeight") == 36
    page.locator(".logo").screenshot(path=tmp_path / "logo.png")
    page.close()
    with Image.open(tmp_path / "logo.png") as picture:
        assert picture.convert("RGB").getpixel((20, 18)) == color


def test_slots_are_drawn_over_a_page_with_their_size_and_file(with_slots: Path, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"file://{with_slots}/faces/index.html")
    page.wait_for_function("document.querySelectorAll('body > div').length == 2 && document.body.lastChild.textContent")
    words = page.locator("body > div").all_inner_texts()
    page.close()
    assert all(re.fullmatch(r"head\s+240 × 300\nfile 320 × 400 \(1\.3\d×\)", text) for text in words), words


def test_the_trap_for_robots_is_neither_seen_nor_reached_by_keyboard(with_slots: Path, chromium: Browser) -> None:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False).new_page()
    page.goto(f"file://{with_slots}/contact/index.html")
    page.get_by_label("Name").focus()
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.locator(":focus").evaluate("field => field.name || field.textContent"))
    trap = page.locator("[name=_gotcha]").evaluate("field => getComputedStyle(field.closest('.honeypot')).clipPath")
    button = page.get_by_role("button", name="Send").bounding_box()
    page.context.close()
    assert reached == ["email", "message", "Send"]
    assert trap == "inset(50%)"
    assert button is not None
    assert button["y"] + button["height"] <= 900, "the button is below the first screen"
