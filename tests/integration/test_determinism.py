"""The same photos give the same site, byte for byte, in every environment and with any number of workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.site import REPOSITORY

ENVIRONMENTS = {
    "hash seed": {"PYTHONHASHSEED": "12345"},
    "locale": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    "plain locale": {"LC_ALL": "C"},
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "two workers": {"WORKERS": "2"},
    "order of the folder": {"REVERSED": "1"},
}


def build(folder: Path, photos: list[Path], variables: dict[str, str]) -> dict[str, bytes]:
    originals = folder / "content" / "photos"
    for photo in reversed(photos) if "REVERSED" in variables else photos:
        target = originals / photo.parent.name / photo.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, target)
    (folder / "content" / "pages").mkdir()
    (folder / "content" / "pages" / "team.md").write_text("Title: Team\nTemplate: team\n\nText.\n")
    (folder / "pelicanconf.py").write_text(
        "import os, pelican_headshots\n"
        "SITENAME = 'x'; PATH = 'content'; TIMEZONE = 'Europe/Brussels'; SITEURL = 'https://example.org'\n"
        "FEED_ALL_ATOM = CATEGORY_FEED_ATOM = None\n"  # Pelican dates a feed without articles by the clock
        "PLUGINS = ['pelican_headshots']; THEME = pelican_headshots.theme_path()\n"
        "HEADSHOTS = {'workers': int(os.environ.get('WORKERS', '1'))}\n"
    )
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONHASHSEED": "0", "TZ": "UTC", **variables}
    completed = subprocess.run(
        [sys.executable, "-m", "pelican", "content"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    output = folder / "output"
    return {str(path.relative_to(output)): path.read_bytes() for path in sorted(output.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def photos() -> list[Path]:
    return sorted((REPOSITORY / "content" / "photos").rglob("*.jpg"))[::3][:5]


@pytest.fixture(scope="module")
def reference_files(tmp_path_factory: pytest.TempPathFactory, photos: list[Path]) -> dict[str, bytes]:
    return build(tmp_path_factory.mktemp("reference"), photos, {})


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_site_has_the_same_bytes_in_another_environment(
    tmp_path: Path, photos: list[Path], reference_files: dict[str, bytes], environment: str
) -> None:
    files = build(tmp_path, photos, ENVIRONMENTS[environment])
    assert files.keys() == reference_files.keys()
    assert [name for name in files if files[name] != reference_files[name]] == []
