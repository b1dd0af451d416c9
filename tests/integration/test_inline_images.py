"""Photos in articles of a real site."""

from __future__ import annotations

import json

from PIL import Image

from tests.support.site import Site


def test_an_article_shows_the_alt_text_of_a_photo_that_is_not_in_the_site(site: Site) -> None:
    (site.photos / "walk").mkdir()
    for name in ("sound", "hidden"):
        Image.effect_noise((400, 300), 60).convert("RGB").save(site.photos / "walk" / f"{name}.jpg")
    site.write("content/photos/walk/broken.jpg", "no picture")
    site.write("content/photos/walk/drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write("content/photos/walk/notes.toml", '[photos."hidden.jpg"]\nhidden = true\n')
    names = ("sound.jpg", "hidden.jpg", "broken.jpg", "drawing.svg")
    images = "".join(f"![Text for {name}](walk/{name})\n\n" for name in names)
    site.write("content/one.md", f"Title: One\nDate: 2026-01-01\n\n{images}")
    result = site.build()
    assert result.status == 0, result.log
    page = result.page("one.html")
    assert "<p>Text for sound.jpg</p>" not in page
    assert 'alt="Text for sound.jpg"' in page
    messages = json.loads((site.folder / "build-report.json").read_text())["troubles"]
    for name, reason in (
        ("hidden.jpg", "is hidden in notes.toml"),
        ("broken.jpg", "it was left out"),
        ("drawing.svg", "it was left out"),
    ):
        assert f"<p>Text for {name}</p>" in page
        (sentence,) = (each for each in messages if f"shows walk/{name}" in each)
        assert "one.md" in sentence
        assert reason in sentence
    assert len(messages) == 3
    assert result.log.count("Its alternative text appears instead") == 3
