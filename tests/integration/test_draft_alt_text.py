"""A draft of alternative text on the built pages: in `alt` attributes, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.support.site import Site

NOTES = """[gallery]
title = "Evening"
[photos."DSC_0412.jpg"]
kind = "portrait"
[photos."DSC_0413.jpg"]
kind = "portrait"
alt = "Two friends at a gate"
[photos."DSC_0414.jpg"]
kind = "portrait"
alt = ""
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> dict[str, str]:
    """The pages of a gallery and of its photos without metadata: with a draft, with a written text, and with alt = ""."""
    site = Site(tmp_path_factory.mktemp("drafts"))
    (site.photos / "evening").mkdir()
    for original, name in (
        ("half-light.jpg", "DSC_0412.jpg"),
        ("reader.jpg", "DSC_0413.jpg"),
        ("reader.jpg", "DSC_0414.jpg"),
    ):
        with Image.open(demo_photos / "night" / original) as image:
            image.resize((900, 900)).save(site.photos / "evening" / name)
    site.write("content/photos/evening/notes.toml", NOTES)
    built = site.build()
    assert built.status == 0, built.log
    pages = {name: built.page(f"portfolio/evening/dsc-{name}/index.html") for name in ("0412", "0413", "0414")}
    return pages | {"gallery": built.page("portfolio/evening/index.html")}


def find_drafts(html: str) -> list[str]:
    """The tags and scripts that contain a drafted phrase."""
    pieces = re.findall(r"<script.*?</script>|<[^>]*>|[^<]+", html, re.DOTALL)
    return [piece for piece in pieces if re.search(r"\bportrait\b", piece, re.IGNORECASE)]


def test_a_draft_is_in_alt_attributes_only(page: dict[str, str]) -> None:
    drafts = find_drafts(page["0412"])
    assert drafts
    assert all(piece.startswith("<img") for piece in drafts), drafts
    description = re.search(r'<meta name="description" content="([^"]*)"', page["0412"])
    assert description
    assert description[1] == "Evening"


def test_a_written_text_is_used_everywhere(page: dict[str, str]) -> None:
    for start in ('<meta name="description" ', '<meta property="og:description" ', '<meta property="og:image:alt" '):
        assert f'{start}content="Two friends at a gate"' in page["0413"]
    assert '"caption": "Two friends at a gate"' in page["0413"]
    assert not find_drafts(page["0413"])


def test_an_empty_text_in_a_note_marks_a_photo_as_decorative(page: dict[str, str]) -> None:
    assert re.search(r'<img [^>]*pictures/dsc-0414-[^>]* alt=""', page["0414"])
    link = re.search(r'<a id="dsc-0414"[^>]*>.*?</a>', page["gallery"], re.DOTALL)
    assert link
    assert ' alt=""' in link[0]
    assert ' aria-label="Evening"' in link[0], "a link needs a name"
    assert page["gallery"].count(' aria-label="Evening"') == 1
