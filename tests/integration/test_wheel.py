"""The contents of the wheel, and Pelican finding the plugin in it without `PLUGINS`."""

from __future__ import annotations

import email
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from build_assets import agpl
from pelican_headshots.analysis import model_files
from tests.support.site import REPOSITORY


def list_tracked_files(*patterns: str) -> set[str]:
    """Return the paths that git lists, relative to the repository, with new files that are not committed yet."""
    if not shutil.which("git") or not (REPOSITORY / ".git").exists():
        pytest.skip("not a git checkout, so that there is no list to compare with")
    output = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {name for name in output.split("\0") if name and (REPOSITORY / name).exists()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel; return a folder with its contents, as an installation has them."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed: pip install -r requirements/build.txt")
    if not (model_files.PACKAGED_MODEL_FOLDER / model_files.MANIFEST_FILENAME).exists():
        pytest.skip("models are not filled in: python -m build_assets")
    if not (REPOSITORY / agpl.FILE).exists():
        pytest.skip("the license is not filled in: python -m build_assets")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(REPOSITORY)], check=True, timeout=300)
    (archive,) = folder.glob("*.whl")
    with zipfile.ZipFile(archive) as files:
        files.extractall(folder / "installed")
    return folder / "installed"


def build_site(wheel: Path, site: Path, settings: str, *arguments: str) -> str:
    """Build a site with the plugin in *wheel*, and return what Pelican printed."""
    (site / "content").mkdir(parents=True, exist_ok=True)
    (site / "content" / "hello.md").write_text("Title: Hello\nDate: 2026-11-29\n\nHello.\n", encoding="utf-8")
    (site / "pelicanconf.py").write_text(
        f"SITENAME = 'Test'\nPATH = 'content'\nTIMEZONE = 'UTC'\n{settings}\n", encoding="utf-8"
    )
    completed = subprocess.run(
        [sys.executable, "-m", "pelican", "content", *arguments],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(wheel), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    printed = completed.stdout + completed.stderr
    assert completed.returncode == 0, printed
    assert (site / "output" / "hello.html").exists(), printed
    return printed


@pytest.fixture(scope="module")
def site_with_photo(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> Path:
    """Return the folder of one site for all tests here: its photo is analyzed once."""
    site = tmp_path_factory.mktemp("site")
    photo = next(demo_photos.rglob("*.jpg"))
    folder = site / "content" / "photos" / "rome"
    folder.mkdir(parents=True)
    shutil.copyfile(photo, folder / photo.name)
    (folder.parent / "notes.toml").write_text(f'[photos."rome/{photo.name}"]\nkind = "portrait"\n', encoding="utf-8")
    return site


@pytest.fixture
def unbuilt_site(site_with_photo: Path) -> Path:
    """Return the folder of the site without its output and its report."""
    shutil.rmtree(site_with_photo / "output", ignore_errors=True)
    (site_with_photo / "build-report.json").unlink(missing_ok=True)
    return site_with_photo


def test_the_wheel_has_the_modules_that_git_lists(wheel: Path) -> None:
    listed = list_tracked_files("pelican_headshots") - {
        "pelican_headshots/namespace.py"
    }  # has another name in the wheel
    packed = {path.relative_to(wheel).as_posix() for path in (wheel / "pelican_headshots").rglob("*") if path.is_file()}
    added_by_the_build = ("pelican_headshots/models/", "pelican_headshots/theme/", "pelican_headshots/docs/")
    assert "pelican_headshots/py.typed" in listed
    assert {name for name in packed if not name.startswith(added_by_the_build)} == listed


def test_the_wheel_has_the_theme_that_git_lists(wheel: Path) -> None:
    packed = {path.relative_to(wheel / "pelican_headshots").as_posix() for path in wheel.rglob("theme/**/*")}
    assert list_tracked_files("theme") <= packed


def test_the_wheel_has_the_documents_that_git_lists_and_prints_where_they_are(wheel: Path, tmp_path: Path) -> None:
    folder = wheel / "pelican_headshots" / "docs"
    packed = {f"docs/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()}
    assert packed == list_tracked_files("docs")
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 1 << 20
    completed = subprocess.run(
        [sys.executable, "-m", "pelican_headshots", "docs"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(wheel)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert completed.stdout == f"{folder}\n"


@pytest.mark.slow
def test_pytest_finds_every_test_file_that_git_lists() -> None:
    listed = {name for name in list_tracked_files("tests") if Path(name).name.startswith("test_")}
    completed = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--collect-only",
            "-q",
            "-rs",
            "-m",
            "slow or not slow",
            "-p",
            "no:cacheprovider",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    # Where an extra is not installed, pytest skips a complete file; it is found all the same.
    found = re.findall(r"^(?:SKIPPED \[\d+\] )?(tests/[\w/]+\.py):", completed.stdout, re.MULTILINE)
    assert {*found} == {name for name in listed if name.endswith(".py")}, completed.stdout + completed.stderr


def test_only_the_plugin_is_in_the_namespace_of_pelican(wheel: Path) -> None:
    files = [path.relative_to(wheel).as_posix() for path in (wheel / "pelican").rglob("*") if path.is_file()]
    assert files == ["pelican/plugins/headshots/__init__.py"]


def test_pelican_finds_the_plugin_without_a_setting(wheel: Path, unbuilt_site: Path) -> None:
    printed = build_site(wheel, unbuilt_site, "", "--debug")
    assert "Registering plugin `pelican.plugins.headshots`" in printed
    assert (unbuilt_site / "build-report.json").exists()
    assert (unbuilt_site / "output" / "portfolio" / "rome" / "index.html").exists()


@pytest.mark.parametrize("plugins", [["pelican_headshots"], ["headshots"], ["headshots", "pelican_headshots"]])
def test_the_plugin_is_loaded_once_whatever_its_name_in_the_settings(
    wheel: Path, unbuilt_site: Path, plugins: list[str]
) -> None:
    printed = build_site(wheel, unbuilt_site, f"PLUGINS = {plugins!r}", "--debug")
    assert printed.count("Found generator: PortfolioGenerator") == 1
    assert (unbuilt_site / "output" / "portfolio" / "rome" / "index.html").exists()


def test_a_site_without_photos_is_built_as_if_the_plugin_were_absent(wheel: Path, tmp_path: Path) -> None:
    printed = [
        re.sub(r"in [\d.]+ seconds|\d\d:\d\d:\d\d", "", build_site(wheel, tmp_path / name, settings))
        for name, settings in (("found", ""), ("not-loaded", "PLUGINS = []"))
    ]
    assert printed[0] == printed[1]
    files = [
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".pyc" and path.name != "pelicanconf.py"
        }
        for folder in (tmp_path / "found", tmp_path / "not-loaded")
    ]
    assert files[0] == files[1]
    assert "PortfolioGenerator" not in build_site(wheel, tmp_path / "found", "", "--debug")


def test_the_metadata_of_the_wheel_are_complete(wheel: Path) -> None:
    (folder,) = wheel.glob("*.dist-info")
    metadata = email.message_from_string((folder / "METADATA").read_text(encoding="utf-8"))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert metadata["Version"] == project["project"]["version"]
    assert metadata.get_all("License-File") == ["LICENSE-AGPL-3.0.txt", "LICENSE.md"]
    assert hashlib.sha256((folder / "licenses" / "LICENSE-AGPL-3.0.txt").read_bytes()).hexdigest() == agpl.SHA256
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert str(metadata.get_payload()).strip().startswith("# Pelican Headshots")
    assert bool(metadata.get_all("Project-URL")) is bool(project["tool"]["pelican-headshots"]["repository"])


def test_the_links_of_the_package_follow_from_one_address() -> None:
    pytest.importorskip("hatchling", reason="hatchling is not installed: pip install -r requirements/build.txt")
    from build_assets.hatch_metadata import make_urls

    assert make_urls("https://example.com/us/ours", "1.2.0") == {
        "Documentation": "https://example.com/us/ours/tree/v1.2.0/docs",
        "Source": "https://example.com/us/ours",
        "Issues": "https://example.com/us/ours/issues",
        "Changelog": "https://example.com/us/ours/blob/v1.2.0/CHANGELOG.md",
    }
