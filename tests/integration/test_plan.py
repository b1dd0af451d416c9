"""`plan` predicts every file of the next build; `gc` and `clear-cache` remove only what they may."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pelican_headshots.cli.main import main
from pelican_headshots.pipeline.process import PhotoProcessor
from pelican_headshots.support.atomic_files import SharedLock
from tests.support.site import REPOSITORY, Site, command


def read_plan(site: Site) -> dict[str, Any]:
    """Return the work that `plan` predicts."""
    site.configure()
    completed = command(site, "plan", "--json")
    assert completed.returncode == 0, completed.stderr
    work: dict[str, Any] = json.loads(completed.stdout)["work"]
    return work


def build_and_read_work(site: Site) -> dict[str, Any]:
    """Build, and return the work of the build report."""
    built = site.build()
    assert built.status == 0, built.log
    work: dict[str, Any] = json.loads((site.folder / "build-report.json").read_text())["work"]
    return work


@pytest.fixture(scope="module")
def reused_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("plan") / "site")


@pytest.fixture
def small(reused_site: Site, demo_photos: Path) -> Site:
    """One site for all tests here, with its cache, reset to four photos, no note and these settings."""
    site = reused_site
    site.settings, site.extra_settings = {"formats": ["jpeg"], "max_width": 800}, ""
    shutil.rmtree(site.folder / "content")
    for name in ("half-light", "chair-in-light", "window-light"):
        site.add(demo_photos / "night" / f"{name}.jpg", f"night/{name}.jpg")
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    return site


def assert_explained(completed: subprocess.CompletedProcess[str], phrase: str) -> None:
    """Check that a command failed with a message that has *phrase*, and without a traceback."""
    assert completed.returncode == 2, completed.stderr
    assert phrase in completed.stderr, completed.stderr
    assert "Traceback" not in completed.stderr, completed.stderr


def add_photo(site: Site) -> None:
    site.add(REPOSITORY / "content" / "photos" / "night" / "reader.jpg", "night/reader.jpg")


def change_quality(site: Site) -> None:
    site.settings["quality"] = "light"


def delete_photo(site: Site) -> None:
    (site.photos / "night" / "half-light.jpg").unlink()


def write_note(site: Site) -> None:
    site.write("content/photos/night/notes.toml", '[photos."half-light.jpg"]\nkind = "headshot"\nname = "Ada Clay"\n')


def write_article_with_photo(site: Site) -> None:
    text = "Title: Light\nDate: 2026-01-01\n\n![Jo](photos/team/jo-clay_lighting-designer.jpg)\n"
    site.write("content/light.md", text)


def change_nothing(_site: Site) -> None:
    """Leave the site as it is."""


def test_the_plan_before_the_first_build_is_complete_and_writes_nothing(small: Site) -> None:
    plan = read_plan(small)
    assert not (small.folder / ".headshots").exists(), "the plan wrote into the folder"
    assert set(plan["analyzed"]) == {
        "night/chair-in-light.jpg", "night/half-light.jpg", "night/window-light.jpg",
        "team/jo-clay_lighting-designer.jpg",
    }  # fmt: skip
    assert plan == build_and_read_work(small)


@pytest.mark.parametrize(
    "change", [add_photo, change_quality, delete_photo, write_note, write_article_with_photo, change_nothing]
)
def test_the_plan_equals_the_work_of_the_build(small: Site, change: Callable[[Site], None]) -> None:
    build_and_read_work(small)
    modified = {path: path.stat().st_mtime_ns for path in (small.folder / ".headshots").rglob("*") if path.is_file()}
    change(small)
    plan = read_plan(small)
    assert {path: path.stat().st_mtime_ns for path in modified} == modified, "the plan wrote into the folder"
    before = {path.relative_to(small.folder / "output").as_posix() for path in (small.folder / "output").rglob("*.*")}
    work = build_and_read_work(small)
    assert plan == work
    after = {path.relative_to(small.folder / "output").as_posix() for path in (small.folder / "output").rglob("*.*")}
    pictures = {name for name in after - before if name.startswith("pictures/")}
    assert set(work["placed"]) == pictures
    assert set(work["removed"]) == before - after
    if change is change_nothing:
        assert not any(work.values())
    else:
        assert work["placed"] or work["removed"]


def test_the_printed_plan_names_what_changes_and_why(small: Site) -> None:
    build_and_read_work(small)
    assert "up to date" in command(small, "plan").stdout
    delete_photo(small)
    printed = command(small, "plan").stdout
    unsure = json.loads(command(small, "plan", "--json").stdout)["unsure"]
    assert (" checking (" in printed) is bool(unsure)
    assert all(path in printed for path in unsure)
    assert "its photo was removed" in printed
    assert "half-light" in printed


def test_the_plan_counts_on_an_output_folder_that_pelican_empties(small: Site) -> None:
    small.extra_settings = "DELETE_OUTPUT_DIRECTORY = True\n"
    build_and_read_work(small)
    plan = read_plan(small)
    assert plan["placed"]
    assert not plan["encoded"]
    assert not plan["analyzed"]
    assert set(plan["placed"]) == set(build_and_read_work(small)["placed"])


def test_plan_without_a_site_is_explained(tmp_path: Path) -> None:
    site = Site(tmp_path / "empty")
    completed = command(site, "plan")
    assert_explained(completed, "pelican-headshots init")


def test_plan_for_a_site_without_the_plugin_is_explained(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.extra_settings = "PLUGINS = []\nTHEME = 'simple'\n"
    site.configure()
    completed = command(site, "plan")
    assert_explained(completed, 'PLUGINS = ["pelican_headshots"]')


def test_plan_and_build_treat_a_page_in_the_place_of_the_portfolio_alike(small: Site) -> None:
    build_and_read_work(small)
    small.write("content/pages/portfolio.md", "Title: Mine\nSlug: portfolio\n\nMine.\n")
    completed = command(small, "plan")
    assert_explained(completed, "pages/portfolio.md and the list of all galleries")
    small.write("content/pages/portfolio.md", "Title: Mine\nsave_as: portfolio/index.html\n\nMine.\n")
    plan = read_plan(small)
    assert plan == build_and_read_work(small)


def test_an_error_in_a_translations_file_is_explained(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.settings = {"translations": "mine.toml"}
    site.configure()
    site.write("mine.toml", "[phrases\n")
    completed = command(site, "plan")
    assert_explained(completed, "mine.toml")


def test_plan_names_what_fits_no_photo_as_a_build_does(small: Site) -> None:
    small.write("content/photos/night/notes.toml", '[photos."half-lihgt.jpg"]\nhidden = true\n')
    small.configure()
    planned = command(small, "plan")
    assert "names half-lihgt.jpg" in planned.stdout
    (sentence,) = json.loads(command(small, "plan", "--json").stdout)["problems"]
    assert sentence in planned.stdout
    assert small.build().status == 0
    assert json.loads((small.folder / "build-report.json").read_text())["troubles"] == [sentence]


def test_gc_removes_only_what_no_build_needs(small: Site) -> None:
    build_and_read_work(small)
    command(small, "gc")
    before = {path.name for path in (small.folder / ".headshots" / "renditions").rglob("*") if path.is_file()}
    # The lowered quality that "balanced" has for dense screens is the quality of "light": their files can be the same.
    small.settings["quality"] = "archival"
    delete_photo(small)
    build_and_read_work(small)
    completed = command(small, "gc")
    assert completed.returncode == 0, completed.stderr
    after = {path.name for path in (small.folder / ".headshots" / "renditions").rglob("*") if path.is_file()}
    assert not after & before, "a rendition of the old quality is left"
    assert "photos that no longer exist" in completed.stdout
    assert " 1 photos" in completed.stdout
    work = build_and_read_work(small)
    assert not any(work.values()), "something that the next build needs was removed"


def test_gc_keeps_what_articles_and_framings_need(small: Site) -> None:
    small.write("content/walk.md", "Title: Walk\nDate: 2026-01-01\n\n![](night/half-light.jpg)\n")
    small.write("content/pages/team.md", "Title: Team\nTemplate: team\nFraming: loose\n")
    build_and_read_work(small)
    shutil.rmtree(small.folder / "output")
    completed = command(small, "gc")
    assert completed.returncode == 0, completed.stderr
    assert not build_and_read_work(small)["encoded"]


@pytest.mark.unix
def test_what_removes_files_does_nothing_while_a_build_or_a_review_runs(small: Site) -> None:
    build_and_read_work(small)
    lock = SharedLock(small.folder / ".headshots" / "building.lock")
    lock.acquire_shared()
    tried = [command(small, *arguments) for arguments in (("gc",), ("clear-cache",), ("forget-person", "Jo Clay"))]
    lock.release()
    assert [each.returncode for each in tried] == [1, 1, 1]
    (message,) = {each.stderr for each in tried}
    assert "A build or a review of this site is running." in message
    assert "Ctrl+C" in message


def test_gc_does_nothing_during_an_export_which_writes_every_file(
    small: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.configure()
    render_missing = PhotoProcessor.render_missing
    statuses: list[int] = []

    def render_and_collect(processor: PhotoProcessor, *arguments: Any) -> dict[str, str]:
        failed = render_missing(processor, *arguments)
        statuses.append(command(small, "gc").returncode)
        return failed

    monkeypatch.setattr(PhotoProcessor, "render_missing", render_and_collect)
    small.write("content/photos/team/notes.toml", '[photos."jo-clay_lighting-designer.jpg"]\nkind = "headshot"\n')
    assert main(["export", str(tmp_path / "press"), "-s", str(small.folder / "pelicanconf.py")]) == 0
    assert statuses == [1]
    assert len(list((tmp_path / "press").iterdir())) == 5


def test_gc_and_clear_cache_do_nothing_while_advise_runs(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    small.configure()
    analyze_files = PhotoProcessor.analyze_files
    statuses: list[int] = []

    def analyze_and_collect(processor: PhotoProcessor, *arguments: Any) -> Any:
        result = analyze_files(processor, *arguments)
        statuses.extend(command(small, name).returncode for name in ("gc", "clear-cache"))
        return result

    monkeypatch.setattr(PhotoProcessor, "analyze_files", analyze_and_collect)
    assert main(["advise", "-s", str(small.folder / "pelicanconf.py")]) == 0
    assert statuses == [1, 1]


def test_gc_keeps_what_another_output_folder_with_the_same_cache_shows(small: Site) -> None:
    small.build("-o", "public")
    change_quality(small)
    build_and_read_work(small)
    command(small, "gc")
    small.settings.pop("quality")
    built = small.build("-o", "public")
    work = json.loads((small.folder / "build-report.json").read_text())["work"]
    assert built.status == 0
    assert not work["encoded"]


def test_clear_cache_removes_the_cache_but_no_other_folder(small: Site) -> None:
    build_and_read_work(small)
    completed = command(small, "clear-cache")
    assert completed.returncode == 0
    assert not (small.folder / ".headshots").exists()
    assert not (small.folder / "build-report.json").exists()
    assert len(list(small.photos.rglob("*.jpg"))) == 4
    small.write(".headshots/mine.txt", "not a cache")
    assert command(small, "clear-cache").returncode == 2
    assert (small.folder / ".headshots" / "mine.txt").exists()
