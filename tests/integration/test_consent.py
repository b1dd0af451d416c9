"""A consent that ends: nothing changed but the day, and the pictures leave the site."""

from __future__ import annotations

import logging
import shutil
from datetime import date
from pathlib import Path

import pytest

from pelican_headshots.analysis import model_files
from pelican_headshots.cli.main import main
from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.publish.build_report import BuildReport
from pelican_headshots.publish.summary import format_summary
from pelican_headshots.settings import Settings

LAST_DAY, NEXT_DAY = date(2027, 6, 30), date(2027, 7, 1)


@pytest.fixture
def site_folder(tmp_path: Path, demo_photos: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site of two photos, one of them of Jane Doe; photos are read and not analyzed, which is quick."""

    def find_no_models(*_: object) -> None:
        raise model_files.ModelError("The models are missing.")

    monkeypatch.setattr(model_files, "find_models", find_no_models)
    team, night = tmp_path / "content" / "photos" / "team", tmp_path / "content" / "photos" / "night"
    for folder in (team, night):
        folder.mkdir(parents=True)
    shutil.copy(demo_photos / "team" / "navy-glaze_studio-manager.jpg", team / "dsc_0412.jpg")
    shutil.copy(demo_photos / "night" / "chair-in-light.jpg", night / "jane-doe.jpg")
    shutil.copy(demo_photos / "night" / "half-light.jpg", night / "half-light.jpg")
    (team / "notes.toml").write_text('[photos."dsc_0412.jpg"]\nkind = "headshot"\n')
    (team / "people.toml").write_text(
        '[[people]]\nname = "Jane Doe"\nphoto = "dsc_0412.jpg"\nemail = "jane@example.com"\n'
        "consent = {until = 2027-06-30}\n"
    )
    return tmp_path


def make_build(day: date, folder: Path) -> SiteBuild:
    return SiteBuild(
        Settings(formats=("jpeg",), max_width=640),
        folder / "content" / "photos",
        site_folder=folder,
        output_folder=folder / "output",
        today=day,
    )


def build_on(day: date, folder: Path) -> tuple[SiteBuild, BuildReport]:
    """Build the site as Pelican does, without the text of its pages."""
    build = make_build(day, folder)
    build.build_portfolio()
    pages = [page.save_as for page in build.page_specs]
    for page in pages:
        (folder / "output" / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / "output" / page).write_text("a page")
    return build, build.publish_site(pages)


def list_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_on_the_next_day_removes_what_is_published_and_renders_nothing(
    site_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    before, announced = build_on(LAST_DAY, site_folder)
    assert set(before.routes) == {"night/half-light.jpg", "night/jane-doe.jpg", "team/dsc_0412.jpg"}
    assert "The consent of Jane Doe ends on 2027-06-30." in caplog.text
    assert announced.summary
    assert "Consent: 1 consent ends within 30 days, as said above." in list(format_summary(announced.summary))
    files_before = list_files(site_folder / "output")
    assert "people/jane-doe/index.html" in files_before

    caplog.clear()
    after, report = build_on(NEXT_DAY, site_folder)
    files_after = list_files(site_folder / "output")
    assert set(after.routes) == {"night/half-light.jpg"}
    assert not [name for name in files_after if "jane" in name or "dsc" in name]
    assert files_after.items() <= files_before.items()
    assert report.changes.analyzed == {}
    assert (
        "The consent of Jane Doe ended on 2027-06-30. Left out: night/jane-doe.jpg, team/dsc_0412.jpg." in caplog.text
    )
    assert report.summary
    assert (report.summary.without_consent, report.summary.hidden) == (2, 0)
    assert "Consent: 2 photos are left out, each named above with the reason." in list(format_summary(report.summary))
    written = (site_folder / "build-report.json").read_text()
    assert "night/jane-doe.jpg is left out: the consent of Jane Doe ended on 2027-06-30." in written
    assert report.messages == [], "a consent that ends is no problem, which would stop a strict build"


def test_an_export_asks_for_the_use_of_each_place(site_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people_file = site_folder / "content" / "photos" / "team" / "people.toml"
    people_file.write_text('[[people]]\nname = "Jane Doe"\nphoto = "dsc_0412.jpg"\nconsent = {uses = ["press"]}\n')
    (site_folder / "pelicanconf.py").write_text(
        "PATH = 'content'\nPLUGINS = ['pelican_headshots']\nHEADSHOTS = {'formats': ['jpeg'], 'max_width': 640}\n"
    )
    folder, settings = site_folder / "heads", ["--settings", str(site_folder / "pelicanconf.py")]
    assert main(["export", str(folder), "--for", "badge,press", *settings]) == 0
    assert [path.name for path in folder.iterdir()] == ["jane-doe_press.jpg"]
    assert 'The consent of Jane Doe does not include "badge".' in capsys.readouterr().err
    assert main(["export", str(folder), *settings]) == 0
    assert [path.name for path in folder.iterdir()] == ["jane-doe_press.jpg"]
    assert 'The consent of Jane Doe does not include "export".' in capsys.readouterr().err
