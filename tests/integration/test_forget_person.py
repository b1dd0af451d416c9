"""`forget-person`: a person in two galleries, on the team page, in an article and an export leaves no trace of ours."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.cache import read_tree
from tests.support.site import Site, command

NAME_SPELLINGS = (b"jane-doe", b"jane doe", b"jane%20doe", b"jane_doe", b"jane@", b"dsc_0412", b"dsc-0412")
"""The name, the photo's slugs and what else tells of the person, in lower case."""

PEOPLE = """# Who is who
departments = ["Print"]

# the boss
[[people]]
name = "Jane Doe"
email = "jane@example.com"
photos = ["jane-doe_head-of-print.jpg"]

# since 2020
[[people]]
name = "John Roe"   # not Row
role = "Assistant"
"""
ARTICLE = """Title: Light
Date: 2026-01-01

Two evenings.

{}![A chair](photos/night/chair-in-light.jpg)
"""
NIGHT_NOTES = """[gallery]
title = "Night"
order = ["chair-in-light.jpg", {}"half-light.jpg"]

"""


def fill_site(site: Site, demo: Path, *, with_jane: bool) -> None:
    """Write a site of three people in a team, two galleries and an article."""
    site.settings = {"formats": ["jpeg"], "max_width": 640, "mood": "slate"}
    site.add(demo / "team" / "ochre-clay_assistant.jpg", "team/john-roe_assistant.jpg")
    site.add(demo / "night" / "chair-in-light.jpg", "night/chair-in-light.jpg")
    site.add(demo / "night" / "half-light.jpg", "night/half-light.jpg")
    site.add(demo / "daylight" / "drapery.jpg", "daylight/drapery.jpg")
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\n\nAll of us.\n")
    if with_jane:
        site.add(demo / "team" / "navy-glaze_studio-manager.jpg", "team/jane-doe_head-of-print.jpg")
        site.add(demo / "night" / "reader.jpg", "night/dsc_0412.jpg")
        site.add(demo / "daylight" / "by-the-window.jpg", "daylight/jane-doe_2.jpg")
        site.write("content/photos/team/people.toml", PEOPLE)
        site.write(
            "content/photos/night/notes.toml",
            NIGHT_NOTES.format('"dsc_0412.jpg", ')
            + '[photos."dsc_0412.jpg"]\nkind = "portrait"\nname = "Jane Doe"\ncaption = "Jane Doe reads."\n',
        )
        site.write("content/light.md", ARTICLE.format("![](photos/night/dsc_0412.jpg)\n\nJane\nDoe was there.\n\n"))
    else:
        site.write(
            "content/photos/team/people.toml", PEOPLE.partition("# the boss")[0] + PEOPLE[PEOPLE.index("# since") :]
        )
        site.write("content/photos/night/notes.toml", NIGHT_NOTES.format(""))
        site.write("content/light.md", ARTICLE.format(""))


@dataclass
class Forgotten:
    """A site before and after Jane Doe was forgotten and the site was built."""

    site: Site
    before: dict[str, bytes]
    exports_before: dict[str, bytes]
    originals: dict[str, bytes]
    printed: str
    status: int
    fresh: dict[str, bytes]
    """The same site built without her from the start."""


@pytest.fixture(scope="module")
def forgotten(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> Forgotten:
    folder = tmp_path_factory.mktemp("forget")
    site, other = Site(folder / "site"), Site(folder / "other")
    fill_site(site, demo_photos, with_jane=True)
    built = site.build()
    assert built.status == 0, built.log
    before, originals = read_tree(built.output), read_tree(site.photos)
    assert command(site, "export", "press").returncode == 0
    shutil.copy(site.folder / "press" / "jane-doe-square.jpg", site.folder / "press" / "jane-doe-smith-square.jpg")
    exports_before = read_tree(site.folder / "press")
    asked = command(site, "forget-person", "Jane Doe")
    assert (asked.returncode, asked.stdout.splitlines()[-1]) == (1, "Nothing was removed.")
    assert read_tree(site.photos) == originals
    done = command(site, "forget-person", "jane  DOÉ", "--exports", "press", "--yes")
    site.write("content/light.md", ARTICLE.format(""))  # what only its author can do
    built = site.build()
    assert built.status == 0, built.log
    fill_site(other, demo_photos, with_jane=False)
    fresh = other.build()
    assert fresh.status == 0, fresh.log
    return Forgotten(site, before, exports_before, originals, done.stdout, done.returncode, read_tree(fresh.output))


def find_traces(tree: dict[str, bytes]) -> list[str]:
    return [
        name
        for name, data in tree.items()
        if any(spelling in data.lower() or spelling.decode() in name.lower() for spelling in NAME_SPELLINGS)
    ]


@pytest.mark.slow
def test_no_byte_of_the_output_and_of_the_cache_names_the_person(forgotten: Forgotten) -> None:
    assert len(find_traces(forgotten.before)) > 10
    assert find_traces(read_tree(forgotten.site.folder / "output")) == []
    assert find_traces(read_tree(forgotten.site.folder / ".headshots")) == []


@pytest.mark.slow
def test_the_site_is_that_of_a_build_without_the_person(forgotten: Forgotten) -> None:
    assert read_tree(forgotten.site.folder / "output") == forgotten.fresh


@pytest.mark.slow
def test_her_pictures_are_gone_and_all_other_files_are_identical(forgotten: Forgotten) -> None:
    after = read_tree(forgotten.site.folder / "output")
    gone = {hashlib.sha256(data).digest() for name, data in forgotten.before.items() if name not in after}
    cached = read_tree(forgotten.site.folder / ".headshots" / "renditions")
    kept = {hashlib.sha256(data).digest() for data in (*after.values(), *cached.values())}
    assert gone
    assert not gone & kept
    pictures = {name for name in after if name.startswith("pictures/")} & forgotten.before.keys()
    assert pictures
    assert all(after[name] == forgotten.before[name] for name in pictures)


@pytest.mark.slow
def test_only_her_exports_are_deleted(forgotten: Forgotten) -> None:
    after = read_tree(forgotten.site.folder / "press")
    gone = forgotten.exports_before.keys() - after.keys()
    assert {"jane-doe-square.jpg", "jane-doe-circle.png"} <= gone
    assert "jane-doe-smith-square.jpg" in after
    assert "john-roe-square.jpg" in after
    assert all(forgotten.exports_before[name] == data for name, data in after.items())


@pytest.mark.slow
def test_originals_stay_and_notes_and_people_files_lose_only_what_names_her(forgotten: Forgotten) -> None:
    after = read_tree(forgotten.site.photos)
    photos = {name for name in forgotten.originals if name.endswith(".jpg")}
    assert all(after[name] == forgotten.originals[name] for name in photos)
    notes = after["night/notes.toml"].decode()
    assert notes == NIGHT_NOTES.format("") + '[photos."dsc_0412.jpg"]\nignored = true\n'
    assert after["team/notes.toml"].decode() == '[photos."jane-doe_head-of-print.jpg"]\nignored = true\n'
    assert after["team/people.toml"].decode() == PEOPLE.partition("# the boss")[0] + PEOPLE[PEOPLE.index("# since") :]


@pytest.mark.slow
def test_what_only_the_photographer_can_do_is_named_by_file_and_line(forgotten: Forgotten) -> None:
    assert forgotten.status == 1
    lines = forgotten.printed.splitlines()
    assert "  content/light.md:6: shows dsc_0412.jpg" in lines
    assert "  content/light.md:8: names the person" in lines
    assert "Lines that only you can change (2):" in lines
    assert f"  {forgotten.site.photos / 'night' / 'dsc_0412.jpg'}" in lines
    assert "  team/jane-doe_head-of-print.jpg: team/people.toml, file name" in lines


@pytest.mark.slow
def test_a_second_run_finds_nothing_left_to_do_and_an_unknown_name_is_refused(forgotten: Forgotten) -> None:
    again = command(forgotten.site, "forget-person", "Jane Doe", "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "ignored already" in again.stdout
    unknown = command(forgotten.site, "forget-person", "Jon Roe", "--yes")
    assert (unknown.returncode, unknown.stderr) == (2, "Nothing in this site names Jon Roe. Did you mean John Roe?\n")
