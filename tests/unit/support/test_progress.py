"""What a build says while it works and when it is done."""

from __future__ import annotations

import io
import json

from rich.console import Console

from pelican_headshots.support import progress
from tests.support.site import Site


def said(console: Console, total: int) -> str:
    assert list(progress.make_console_reporter(console)("Looking at", total, range(total))) == list(range(total))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_bar_with_count_rate_and_time_on_a_terminal() -> None:
    bar = said(Console(file=io.StringIO(), force_terminal=True, width=100), 4)
    assert "Looking at 4 photos" in bar
    assert "4/4" in bar
    assert "per second" in bar
    assert "left" in bar


def test_single_lines_elsewhere() -> None:
    assert said(Console(file=io.StringIO(), force_terminal=False), 1) == "Looking at 1 photo ...\n"


def test_long_work_tells_where_it_is(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(progress, "LINE_INTERVAL_SECONDS", -1.0)
    lines = said(Console(file=io.StringIO(), force_terminal=False), 3).splitlines()
    assert lines[1].startswith("Looking at: 1 of 3, ")
    assert lines[1].endswith(" s left")
    assert len(lines) == 3


def test_nothing_to_do_says_nothing() -> None:
    assert said(Console(file=io.StringIO(), force_terminal=True), 0) == ""


def test_the_end_of_a_build_in_numbers(site: Site, demo_photos) -> None:  # type: ignore[no-untyped-def]
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair.jpg")
    site.add(demo_photos / "team" / "ochre-clay_assistant.jpg", "team/jo-clay_assistant.jpg")
    (site.photos / "night" / "broken.jpg").write_text("no picture")
    site.write("content/photos/team/notes.toml", '[photos."jo-clay_assistant.jpg"]\nkind = "headshot"\n')
    first = site.build()
    assert "Analyzing 3 photos" in first.log
    assert "Encoding 2 photos" in first.log
    told = json.loads((site.folder / "build-report.json").read_text())["summary"]
    pictures = [path for path in (first.output / "pictures").iterdir()]
    assert told["built"] == 2
    assert told["skipped"] == 1
    assert told["kinds"]["headshot"] == 1
    assert told["encoded"] == told["placed"] == len(pictures)
    assert told["bytes"] == sum(path.stat().st_size for path in pictures)
    assert "Photos: 2 in the site (1 headshot" in first.log
    assert "Left out: 1" in first.log
    assert first.log.count("broken.jpg") == 1, "named once, with its reason"
    second = site.build()
    assert "Encoding" not in second.log
    assert "Files:" not in second.log
    assert "Photos:" not in site.build("--quiet").log
