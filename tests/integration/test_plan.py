"""`plan` against what the next build then does, file by file; `gc` and `clear-cache`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pelican_headshots.cli.main import main
from pelican_headshots.pipeline.process import PhotoProcessor
from pelican_headshots.support.atomic_files import SharedLock
from tests.support.site import REPOSITORY, Site, command


def planned(site: Site) -> dict[str, Any]:
    site.configure()
    ran = command(site, "plan", "--json")
    assert ran.returncode == 0, ran.stderr
    work: dict[str, Any] = json.loads(ran.stdout)["work"]
    return work


def done(site: Site) -> dict[str, Any]:
    built = site.build()
    assert built.status == 0, built.log
    work: dict[str, Any] = json.loads((site.folder / "build-report.json").read_text())["work"]
    return work


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("plan") / "site")


@pytest.fixture
def small(lived_in: Site, demo_photos: Path) -> Site:
    """One site for all tests here, with its cache, put back to four photographs, no note and these settings."""
    site = lived_in
    site.settings, site.extra_settings = {"formats": ["jpeg"], "max_width": 800}, ""
    shutil.rmtree(site.folder / "content")
    for name in ("half-light", "chair-in-light", "window-light"):
        site.add(demo_photos / "night" / f"{name}.jpg", f"night/{name}.jpg")
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    return site


def new_photo(site: Site) -> None:
    site.add(REPOSITORY / "content" / "photos" / "night" / "reader.jpg", "night/reader.jpg")


def changed_setting(site: Site) -> None:
    site.settings["quality"] = "light"


def deleted_photo(site: Site) -> None:
    (site.photos / "night" / "half-light.jpg").unlink()


def changed_note(site: Site) -> None:
    site.write("content/photos/night/notes.toml", '[photos."half-light.jpg"]\nkind = "headshot"\nname = "Ada Clay"\n')


def article_with_photo(site: Site) -> None:
    words = "Title: Light\nDate: 2026-01-01\n\n![Jo](photos/team/jo-clay_lighting-designer.jpg)\n"
    site.write("content/light.md", words)


def nothing(site: Site) -> None:
    """A build twice."""


def test_before_the_first_build(small: Site) -> None:
    told = planned(small)
    assert not (small.folder / ".headshots").exists(), "a plan writes nothing"
    assert set(told["looked"]) == {
        "night/chair-in-light.jpg", "night/half-light.jpg", "night/window-light.jpg",
        "team/jo-clay_lighting-designer.jpg",
    }  # fmt: skip
    assert told == done(small)


@pytest.mark.parametrize(
    "change", [new_photo, changed_setting, deleted_photo, changed_note, article_with_photo, nothing]
)
def test_the_plan_is_what_the_build_does(small: Site, change: Callable[[Site], None]) -> None:
    done(small)
    tree = {path: path.stat().st_mtime_ns for path in (small.folder / ".headshots").rglob("*") if path.is_file()}
    change(small)
    told = planned(small)
    assert {path: path.stat().st_mtime_ns for path in tree} == tree, "a plan writes nothing"
    was = {path.relative_to(small.folder / "output").as_posix() for path in (small.folder / "output").rglob("*.*")}
    work = done(small)
    assert told == work
    now = {path.relative_to(small.folder / "output").as_posix() for path in (small.folder / "output").rglob("*.*")}
    pictures = {name for name in now - was if name.startswith("pictures/")}
    assert set(work["placed"]) == pictures
    assert set(work["removed"]) == was - now
    if change is nothing:
        assert not any(work.values())
    else:
        assert work["placed"] or work["removed"]


def test_the_plan_in_words(small: Site) -> None:
    done(small)
    assert "up to date" in command(small, "plan").stdout
    deleted_photo(small)
    said = command(small, "plan").stdout
    assert "its photo was removed" in said and "half-light" in said


def test_an_emptied_site_is_planned_for(small: Site) -> None:
    small.extra_settings = "DELETE_OUTPUT_DIRECTORY = True\n"
    done(small)
    told = planned(small)
    assert told["placed"] and not told["encoded"] and not told["looked"]
    assert set(told["placed"]) == set(done(small)["placed"])


def test_without_a_site_there_is_a_sentence(tmp_path: Path) -> None:
    site = Site(tmp_path / "empty")
    ran = command(site, "plan")
    assert ran.returncode == 2 and "pelican-headshots init" in ran.stderr and "Traceback" not in ran.stderr


def test_a_site_without_this_plugin_is_a_sentence(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.extra_settings = "PLUGINS = []\nTHEME = 'simple'\n"
    site.configure()
    ran = command(site, "plan")
    assert ran.returncode == 2 and 'PLUGINS = ["pelican_headshots"]' in ran.stderr and "Traceback" not in ran.stderr


def test_a_page_in_the_place_of_ours_is_told_by_the_plan_as_by_the_build(small: Site) -> None:
    done(small)
    small.write("content/pages/portfolio.md", "Title: Mine\nSlug: portfolio\n\nMine.\n")
    ran = command(small, "plan")
    assert ran.returncode == 2 and "pages/portfolio.md and the list of all galleries" in ran.stderr, ran.stderr
    small.write("content/pages/portfolio.md", "Title: Mine\nsave_as: portfolio/index.html\n\nMine.\n")
    told = planned(small)
    assert told == done(small)


def test_what_is_wrong_with_a_words_file_is_a_sentence(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.settings = {"translations": "mine.toml"}
    site.configure()
    site.write("mine.toml", "[words\n")
    ran = command(site, "plan")
    assert ran.returncode == 2 and "mine.toml" in ran.stderr and "Traceback" not in ran.stderr


def test_gc_removes_what_no_build_names_and_nothing_else(small: Site) -> None:
    done(small)
    command(small, "gc")
    before = {path.name for path in (small.folder / ".headshots" / "renditions").rglob("*") if path.is_file()}
    changed_setting(small)
    deleted_photo(small)
    done(small)
    ran = command(small, "gc")
    assert ran.returncode == 0, ran.stderr
    after = {path.name for path in (small.folder / ".headshots" / "renditions").rglob("*") if path.is_file()}
    assert not after & before, "all of the first build's pictures had another quality"
    assert "photos that no longer exist" in ran.stdout and " 1 photos" in ran.stdout
    work = done(small)
    assert not any(work.values()), "what is left is what the next build needs"


def test_gc_waits_for_a_build(small: Site) -> None:
    done(small)
    gate = SharedLock(small.folder / ".headshots" / "building.lock")
    gate.acquire_shared()
    ran = command(small, "gc")
    gate.release()
    assert ran.returncode == 1 and "A build is running" in ran.stderr


def test_gc_during_an_export_waits_and_every_file_is_written(
    small: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.configure()
    develop = PhotoProcessor.render_missing
    collected: list[int] = []

    def and_gc(room: PhotoProcessor, *rest: Any) -> dict[str, str]:
        lost = develop(room, *rest)
        collected.append(command(small, "gc").returncode)
        return lost

    monkeypatch.setattr(PhotoProcessor, "render_missing", and_gc)
    small.write("content/photos/team/notes.toml", '[photos."jo-clay_lighting-designer.jpg"]\nkind = "headshot"\n')
    assert main(["export", str(tmp_path / "press"), "-s", str(small.folder / "pelicanconf.py")]) == 0
    assert collected == [1]
    assert len(list((tmp_path / "press").iterdir())) == 5


def test_gc_and_clear_cache_wait_while_advise_runs(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    small.configure()
    examine = PhotoProcessor.analyze_files
    collected: list[int] = []

    def and_gc(room: PhotoProcessor, *rest: Any) -> Any:
        seen = examine(room, *rest)
        collected.extend(command(small, verb).returncode for verb in ("gc", "clear-cache"))
        return seen

    monkeypatch.setattr(PhotoProcessor, "analyze_files", and_gc)
    assert main(["advise", "-s", str(small.folder / "pelicanconf.py")]) == 0
    assert collected == [1, 1]


def test_gc_keeps_what_another_site_from_the_same_cache_shows(small: Site) -> None:
    small.build("-o", "public")
    changed_setting(small)
    done(small)
    command(small, "gc")
    small.settings.pop("quality")
    built = small.build("-o", "public")
    work = json.loads((small.folder / "build-report.json").read_text())["work"]
    assert built.status == 0 and not work["encoded"]


def test_clear_cache_removes_the_cache_and_only_a_cache(small: Site) -> None:
    done(small)
    ran = command(small, "clear-cache")
    assert ran.returncode == 0 and not (small.folder / ".headshots").exists()
    assert not (small.folder / "build-report.json").exists()
    assert len(list(small.photos.rglob("*.jpg"))) == 4
    small.write(".headshots/mine.txt", "not a cache")
    assert command(small, "clear-cache").returncode == 2
    assert (small.folder / ".headshots" / "mine.txt").exists()
