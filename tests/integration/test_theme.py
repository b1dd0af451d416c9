"""The theme's interface: blocks, tokens, slots and the worked example of `docs/theme.md`, which is built as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.layout.mood import MOODS
from pelican_headshots.pages import compose
from pelican_headshots.pages.template_context import InlineStyles
from pelican_headshots.people import routing
from pelican_headshots.values import classification, portfolio
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.rendition import Rights
from tests.support.photos import QUALITY, as_portrait, photo
from tests.support.site import REPOSITORY, BuildResult, Site

DOCS = (REPOSITORY / "docs" / "theme.md").read_text(encoding="utf-8")
TEMPLATES = REPOSITORY / "theme" / "templates"
CSS = (REPOSITORY / "theme" / "static" / "css" / "theme.css").read_text(encoding="utf-8")
PELICANS = (
    "archives article author authors categories category index page pagination period_archives tag tags translations"
)


def blocks(template: str) -> set[str]:
    return set(re.findall(r"{%-? block (\w+)", (TEMPLATES / template).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", PELICANS.split())
def test_no_page_falls_back_to_another_theme(name: str) -> None:
    assert (TEMPLATES / f"{name}.html").exists()


def test_settings_that_pelican_does_not_set_have_a_default() -> None:
    from pelican.settings import DEFAULT_CONFIG

    for template in TEMPLATES.rglob("*.html"):
        words = re.sub(r"{#.*?#}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        asked = set(re.findall(r"\b([A-Z][A-Z_]{3,})\b(?!\|default)", words)) - set(DEFAULT_CONFIG)
        guarded = set(re.findall(r"(?:default\(|if )([A-Z_]+)", words))
        assert asked <= guarded, template.name


def test_documented_blocks_are_there() -> None:
    rows = re.findall(r"^\| `(\w+\.html)`[^|]*\| (.+) \|$", DOCS, re.MULTILINE)
    assert len(rows) >= 6
    for template, words in rows:
        names = {name for part in re.findall(r"`([^`]+)`", words) for name in part.split()}
        assert names <= blocks(template) | blocks("base.html"), (template, names - blocks(template))


SEEN = (
    portfolio.Gallery,
    portfolio.GalleryItem,
    portfolio.PhotoView,
    portfolio.Picture,
    portfolio.PictureSource,
    portfolio.SrcsetCandidate,
    portfolio.PersonView,
    portfolio.Download,
    classification.Classification,
)
"""What templates see of a portfolio."""


def documented_attributes(kind: type) -> set[str]:
    told = re.search(rf"\*\*{kind.__name__}\*\* `([^`]+)`", DOCS)
    assert told
    return set(told[1].split())


@pytest.mark.parametrize("kind", SEEN)
def test_documented_attributes_are_all_of_them(kind: type) -> None:
    assert set(kind.__struct_fields__) <= documented_attributes(kind)  # type: ignore[attr-defined]


def test_documented_attributes_are_there_for_strict_templates() -> None:
    headshot, night = photo("team/jane.jpg"), photo("night/chair.jpg")
    notes = {"team": Notes(photos={"jane.jpg": Note(kind=PhotoKind.HEADSHOT, name="Jane Doe")})}
    made = compose.compose_portfolio(
        routing.build_gallery_folders([headshot, night], notes | {"night": Notes(photos=as_portrait("chair.jpg"))}),
        RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY | {"png": 0}, "engine 1", 2560)),
        Rights(),
        with_downloads=True,
    )
    found: dict[type, list[object]] = {}

    def walk(value: object) -> None:
        found.setdefault(type(value), []).append(value)
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
        for part in parts:
            walk(part)
        for name in getattr(value, "__struct_fields__", ()):
            walk(getattr(value, name))

    walk(made)
    strict = Environment(undefined=StrictUndefined)
    for kind in SEEN:
        words = strict.from_string("".join(f"{{{{ it.{name} }}}}" for name in sorted(documented_attributes(kind))))
        assert found[kind], kind
        for value in found[kind]:
            words.render(it=value)


def test_documented_tokens_are_set() -> None:
    part = DOCS.partition("## Tokens")[2].partition("\n## ")[0]
    tokens = set(re.findall(r"--[a-z-]+", part))
    assert len(tokens) > 15
    base = (TEMPLATES / "base.html").read_text("utf-8")  # sets what follows from a page's cover
    assert [token for token in tokens if f"{token}:" not in CSS + base] == []


def test_the_stylesheets_moods_are_the_ones_whose_contrast_is_known() -> None:
    def tones(css: str) -> dict[str, tuple[float, float]]:
        found = re.findall(r"--(\w+): oklch\(([\d.]+) ([\d.]+) var\(--hue\)\)", css)
        return {name: (float(light), float(chroma)) for name, light, chroma in found}

    root = tones(CSS[CSS.index(":root {") : CSS.index("@media")])
    for name, mood in MOODS.items():
        said = dict(root)
        for selectors, body in re.findall(r"((?:\[data-mood=\w+\],? ?)+)\{([^}]*)\}", CSS):
            if f"[data-mood={name}]" in selectors and "--bg" in body:
                said |= tones(body)
        for part in ("bg", "surface", "ink", "mute", "line", "accent"):
            tone = getattr(mood, part)
            assert said[part] == pytest.approx((tone.lightness, tone.chroma)), (name, part)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> BuildResult:
    site = Site(tmp_path_factory.mktemp("example") / "site")
    site.add(demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair-in-light.jpg")
    site.add(demo_photos / "team" / "chalk-white_archivist.jpg", "team/chalk-white_archivist.jpg")
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n\nWords.\n")
    for name, text in re.findall(r"^```(?:css|jinja) (\S+)\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL):
        site.write(name, text)
    site.settings = {"stylesheet": "my.css"}
    site.extra_settings = 'THEME_TEMPLATES_OVERRIDES = ["my"]\nRELATIVE_URLS = True'
    built = site.build()
    assert built.status == 0, built.log
    return built


def test_the_worked_example_is_seen(example: BuildResult, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    page.goto(f"file://{example.output}/portfolio/night/index.html")
    style = "getComputedStyle(document.documentElement)"
    assert page.evaluate(f"{style}.getPropertyValue('--hue').trim()") == "15"
    assert page.evaluate(f"{style}.backgroundColor") == "oklch(0.17 0.03 15)"
    tops = page.evaluate("[...document.querySelectorAll('.rows li')].map(li => li.getBoundingClientRect().top)")
    assert len(set(tops)) == len(tops) == 2, "one picture to a line"
    page.goto(f"file://{example.output}/team/index.html")
    role, where = page.evaluate(
        "[...document.querySelectorAll('.team p')].map(p => p.getBoundingClientRect().toJSON())"
    )
    assert where["top"] >= role["bottom"], "nothing stands on anything"
    page.close()


def test_the_worked_example_builds(example: BuildResult) -> None:
    wall = example.page("portfolio/night/index.html")
    assert 'class="rows single"' in wall and 'data-gallery="night"' in wall
    assert 'sizes="min(100vw, 72.0vh)"' in wall
    assert "Studio, second floor" in example.page("team/index.html")
    assert "css/own.css" in wall
    assert "--hue: 15" in (example.output / "theme" / "css" / "own.css").read_text()


def test_every_list_says_what_it_lists(site: Site, demo_photos: Path) -> None:
    site.write(
        "content/one.md", "Title: One\nDate: 2026-01-01\nCategory: Essays\nTags: film\nAuthor: Ada\n\n![](hall.jpg)\n"
    )
    site.write("content/two.md", "Title: Two\nDate: 2026-01-02\nCategory: Essays\nTags: film, talk\n\nWords alone.\n")
    site.add(demo_photos / "night" / "the-hall.jpg", "night/hall.jpg")
    site.extra_settings = "YEAR_ARCHIVE_SAVE_AS = '{date:%Y}/index.html'"
    built = site.build()
    assert built.status == 0, built.log
    for page, heading in {
        "archives.html": "Journal",
        "tags.html": "Tags",
        "categories.html": "Categories",
        "authors.html": "Authors",
        "tag/film.html": "film",
        "category/essays.html": "Essays",
        "author/ada.html": "Articles by Ada",
        "2026/index.html": "Archive 2026",
    }.items():
        told = built.page(page)
        assert f"<h1>{heading}</h1>" in told, page
        assert f"<title>{heading} · Test</title>" in told, page
        assert page[-10:] not in ("film.html", "essays.html") or 'alt=""' in told, (
            "the article's picture beside its title"
        )
    pictured, plain = built.page("tags.html").split('<ul class="terms">')
    assert 'class="terms pictured"' in pictured and "<picture>" in pictured and ">film</a><span>2</span>" in pictured
    assert ">talk</a><span>1</span>" in plain and "<picture>" not in plain


def test_drafts_and_hidden_pages_are_on_no_map(site: Site, demo_photos: Path) -> None:
    site.add(demo_photos / "night" / "the-hall.jpg", "night/hall.jpg")
    site.write("content/one.md", "Title: One\nDate: 2026-01-01\n\n![](hall.jpg)\n")
    site.write("content/two.md", "Title: Two\nDate: 2026-01-01\nStatus: draft\n\nNot yet.\n")
    site.write("content/pages/three.md", "Title: Three\nStatus: hidden\n\nFor a few.\n")
    site.write("content/four.md", "Title: Four\nSlug: vintage2019\nDate: 2026-01-02\n\nOld wine.\n")
    site.extra_settings = "SITEURL = 'https://example.com'\nFEED_ALL_ATOM = 'all.atom.xml'\nDEFAULT_PAGINATION = 1"
    built = site.build()
    assert built.status == 0, built.log
    told = built.page("sitemap.xml")
    one = told[told.index("<loc>https://example.com/one.html") :]
    assert "<image:loc>https://example.com/pictures/hall-" in one[: one.index("</url>")]
    assert "two" not in told and "three" not in told
    assert "archives.html" in told and "tags.html" not in told and (built.output / "tags.html").exists(), "no tags yet"
    assert "/vintage2019.html<" in told and (built.output / "index2.html").exists() and "index2" not in told
    assert 'name="robots" content="noindex"' in built.page("drafts/two.html")
    assert 'name="robots" content="noindex"' in built.page("three/index.html")
    assert "noindex" not in built.page("one.html")
    assert '"BlogPosting"' in built.page("one.html") and '"copyrightNotice"' not in built.page("drafts/two.html")
    feed = built.page("all.atom.xml")
    assert "https://example.com/pictures/hall-" in feed
    assert not re.search(r"(?:src|srcset|href)=&quot;(?!https?:|#|mailto:)|(?:src|srcset|href)=\"(?!https?:|#)", feed)


def test_no_page_is_styled_as_a_part_of_one() -> None:
    classes = {
        "hero",
        "shade",
        "words",
        "facts",
        "rows",
        "cards",
        "team",
        "split",
        "large-photo",
        "label",
        "turn",
        "prose",
        "journal",
    }
    for template in TEMPLATES.rglob("*.html"):
        for said in re.findall(r"{% block body_class %}([\w ]*)", template.read_text(encoding="utf-8")):
            assert not classes & set(said.split()), template.name
            for name in set(said.split()) - {"covered", "pale", "home", "article", "single"}:
                assert not re.search(rf"(?<![\w.-])\.{name}\b", CSS), (template.name, name)


EVERY_TEMPLATE = {
    "404": "404.html",
    "about": "about/index.html",
    "archives": "archives.html",
    "article": "one.html",
    "author": "author/ann.html",
    "authors": "authors.html",
    "categories": "categories.html",
    "category": "category/misc.html",
    "contact": "contact/index.html",
    "gallery": "portfolio/night/index.html",
    "index": "index.html",
    "page": "words/index.html",
    "period_archives": "posts/2026/index.html",
    "person": "people/chalk-white/index.html",
    "photo": "portfolio/night/chair-in-light/index.html",
    "portfolio": "portfolio/index.html",
    "tag": "tag/a.html",
    "tags": "tags.html",
    "team": "team/index.html",
}
"""Template → a page that is made from it."""
PARTS = {"_parts", "_people", "_picture", "_text", "base", "pagination", "translations"}


def test_strict_undefined_finds_nothing_missing_in_any_template(site: Site, demo_photos: Path) -> None:
    assert {path.stem for path in TEMPLATES.rglob("*.html")} == {*EVERY_TEMPLATE, *PARTS}
    chair, chalk = demo_photos / "night" / "chair-in-light.jpg", demo_photos / "team" / "chalk-white_archivist.jpg"
    site.add(chair, "night/chair-in-light.jpg")
    site.add(chair, "day/window.jpg")
    site.add(chalk, "team/chalk-white_archivist.jpg")
    site.add(chalk, "team/chalk-white_2.jpg")
    site.add(demo_photos / "team" / "plum-grey_accounts.jpg", "team/dsc_0001.jpg")
    # Everything that can be said of somebody, somebody without a photograph, and a photograph without a name.
    site.write(
        "content/photos/team/people.toml",
        'departments = ["Night", "Day"]\n[[people]]\nname = "Chalk White"\ndepartment = "Night"\npronouns = "he"\n'
        'bio = "One.\\n\\nTwo."\nemail = "rust@example.com"\nphone = "+32 2/55 x12"\n'
        'links = { Work = "https://example.com" }\n[[people]]\nname = "Nobody Yet"\ndepartment = "Day"\n'
        '[[people]]\nname = "Late Riser"\ndepartment = "day"\n',
    )
    for name, more in (("team", ""), ("about", "Photos: chalk-white\n"), ("contact", ""), ("page", "Slug: words\n")):
        site.write(f"content/pages/{name}.md", f"Title: {name}\nTemplate: {name}\n{more}\nWords.\n")
    picture = "![A chair](night/chair-in-light.jpg 'caption')"
    site.write("content/one.md", f"Title: One\nDate: 2026-01-01\nTags: a\nAuthor: Ann\n\nWords.\n\n{picture}\n")
    site.write("content/two.md", "Title: Two\nDate: 2026-01-02\n\nWords.\n")
    site.settings = {"formats": ["jpeg"], "max_width": 640, "downloads": True}
    site.extra_settings = (
        "import jinja2\nJINJA_ENVIRONMENT = {'undefined': jinja2.StrictUndefined}\nDEFAULT_PAGINATION = 1\n"
        "YEAR_ARCHIVE_SAVE_AS = 'posts/{date:%Y}/index.html'\n"
    )
    built = site.build()
    assert built.status == 0, built.log
    assert "is undefined" not in built.log
    assert [page for page in EVERY_TEMPLATE.values() if not (built.output / page).exists()] == []
    assert 'class="beside"' in built.page("contact/index.html") and 'class="cards"' in built.page("404.html")
    team, person = built.page("team/index.html"), built.page("people/chalk-white/index.html")
    assert '<a href="#department-night">Night</a>' in team and 'id="department-night"' in team
    assert 'href="tel:+322-55;ext=12"' in person
    assert team.count('id="department-day"') == 1 and 'id="late-riser"' in team, "one department, however it is written"
    assert (
        "nobody" in team and "speaker" in person and "mailto:" in person and "Two." in person and 'id="more"' in person
    )


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Journal"), ("de", "Zum Inhalt springen"), ("fr", "Aller au contenu")]
)
def test_words_files_say_the_same_things(language: str, word: str) -> None:
    import msgspec

    from pelican_headshots.pages.translations import BUILTIN_TRANSLATIONS_FOLDER, load_translations

    english = msgspec.toml.decode((BUILTIN_TRANSLATIONS_FOLDER / "en.toml").read_bytes())
    spoken = msgspec.toml.decode((BUILTIN_TRANSLATIONS_FOLDER / f"{language}.toml").read_bytes())
    assert spoken["words"].keys() == english["words"].keys()
    for key, text in english["words"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", spoken["words"][key])), key
    assert word in load_translations(language).words.values()


def test_a_words_file_of_ones_own(tmp_path: Path) -> None:
    from pelican_headshots.pages.translations import load_translations

    own = tmp_path / "he.toml"
    own.write_text('language = "he"\ndirection = "rtl"\n[words]\nportfolio = "תיק"\n', encoding="utf-8")
    spoken = load_translations("he", own)
    assert (spoken.direction, spoken.translate("portfolio"), spoken.translate("next")) == ("rtl", "תיק", "Next")
    assert spoken.format_date("2026-03") == "March 2026"
    own.write_text('[words]\nnext = "Weiter"\n', encoding="utf-8-sig")
    spoken = load_translations("de", own)
    assert (spoken.direction, spoken.translate("next"), spoken.translate("previous")) == ("ltr", "Weiter", "Zurück")


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("language = 3\n", "utf-8", "language: Expected a text"),
        ('direction = "up"\n', "utf-8", "direction: 'up' is not possible here"),
        ('months = ["January"]\n', "utf-8", "months: Expected a list of length >= 12"),
        ("[words\n", "utf-8", "not valid TOML"),
        ('[words]\nnext = "Zurück"\n', "latin-1", "Save it as UTF-8"),
    ],
)
def test_what_is_wrong_with_a_words_file_is_a_sentence(tmp_path: Path, text: str, encoding: str, told: str) -> None:
    from pelican_headshots.pages.translations import TranslationsError, load_translations

    own = tmp_path / "he.toml"
    own.write_text(text, encoding=encoding)
    with pytest.raises(TranslationsError, match="he.toml") as wrong:
        load_translations("he", own)
    assert told in str(wrong.value)


def test_a_value_within_a_style_cannot_leave_it() -> None:
    odd = '--lq:red"><script>alert(1)</script>;}body{background:red'
    attribute = InlineStyles(inline=True)(odd)
    assert attribute.count('"') == 2 and "<" not in attribute and ">" not in attribute
    strict = InlineStyles(inline=False)
    strict(odd)
    assert strict.build_stylesheet().count("{") == strict.build_stylesheet().count("}") == 1
    assert InlineStyles(inline=True)("--lq:#aabbcc,#001122") == ' style="--lq:#aabbcc,#001122"'
