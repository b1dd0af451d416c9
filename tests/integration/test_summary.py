"""The figures at the end of a build, printed and in `build-report.json`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.site import Site


def test_a_build_ends_with_its_figures_and_an_unchanged_one_says_nothing_of_files(
    site: Site, demo_photos: Path
) -> None:
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair.jpg")
    site.add(demo_photos / "team" / "ochre-clay_assistant.jpg", "team/jo-clay_assistant.jpg")
    (site.photos / "night" / "broken.jpg").write_text("no picture")
    site.add(demo_photos / "team" / "plum-grey_accounts.jpg", "team/DSC_0032.jpg")
    notes = '[photos."jo-clay_assistant.jpg"]\nkind = "headshot"\n[photos."DSC_0032.jpg"]\nkind = "headshot"\n'
    site.write("content/photos/team/notes.toml", notes)
    site.write("content/photos/team/READ-ME.txt", "written by init")
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\n")
    first = site.build()
    assert "Analyzing 4 photos" in first.log
    assert "Encoding 3 photos" in first.log
    summary = json.loads((site.folder / "build-report.json").read_text())["summary"]
    pictures = list((first.output / "pictures").iterdir())
    assert summary["built"] == 3
    assert summary["skipped"] == 1
    assert summary["kinds"]["headshot"] == 2
    assert summary["encoded"] == summary["placed"] == len(pictures)
    assert summary["bytes"] == sum(path.stat().st_size for path in pictures)
    assert "Photos: 3 in the site (2 headshots" in first.log
    assert "Left out: 1" in first.log
    assert first.log.count("broken.jpg") == 1, "named once, with its reason"
    assert "Names: 1 headshot on a team page has none (team/DSC_0032.jpg)." in first.log
    assert summary["unnamed_headshots"] == ["team/DSC_0032.jpg"]
    assert summary["heads"] == 2
    assert len(summary["unsure_photos"]) == summary["unsure"]
    assert "READ-ME" not in first.log
    second = site.build()
    assert "Encoding" not in second.log
    assert "Files:" not in second.log
    assert "Photos:" not in site.build("--quiet").log
