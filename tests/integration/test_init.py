"""`init`: from an empty folder to a site, and over nobody's files."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pelican_headshots.cli import main
from tests.support.site import REPOSITORY, Site

ENV = {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def begin(folder: Path, *flags: str) -> int:
    return main.main(["init", str(folder), "--yes", *flags])


def test_the_folder_builds_at_once_and_with_a_photograph(tmp_path: Path, demo_photos: Path) -> None:
    folder = tmp_path / 'it\'s a "site" {{ x }}'
    assert begin(folder, "--host", "github", "--by", "Zoë O'Hara \\ Söhne") == 0
    bare = subprocess.run([sys.executable, "-m", "pelican", "content"], cwd=folder, env=ENV, check=False)
    assert bare.returncode == 0
    site = Site(folder)
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    published = subprocess.run(
        [sys.executable, "-m", "pelican", "content", "-s", "publishconf.py"], cwd=folder, env=ENV, check=False
    )
    assert published.returncode == 0
    team = (folder / "output" / "team" / "index.html").read_text(encoding="utf-8")
    assert "Jo Clay" in team and "Lighting designer" in team
    assert main.main(["audit", str(folder / "output")]) == 0
    assert "example.com" not in team and 'src="../pictures/' in team, "it works wherever the folder is put"
    publish = [sys.executable, "-m", "pelican", "content", "-s", "publishconf.py"]
    subprocess.run(publish, cwd=folder, env={**ENV, "SITEURL": "https://lamp.example/site"}, check=True)
    team = (folder / "output" / "team" / "index.html").read_text(encoding="utf-8")
    assert 'src="https://lamp.example/site/pictures/' in team, "a host may say where it will be"


def test_headshots_without_names_in_one_flat_folder_are_on_the_team_page(tmp_path: Path, demo_photos: Path) -> None:
    begin(tmp_path)
    site = Site(tmp_path)
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "_MG_2030.jpg")
    site.write("content/photos/notes.toml", '[photos."_MG_2030.jpg"]\nkind = "headshot"\n')

    def ran() -> str:
        made = subprocess.run(
            [sys.executable, "-m", "pelican", "content"],
            cwd=tmp_path, env={**ENV, "COLUMNS": "400"}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return made.stdout + made.stderr

    assert "`Photos:` names 'team', which matches no headshot" in ran()
    gallery = tmp_path / "output" / "portfolio" / "photographs" / "index.html"
    assert "pictures/mg-2030" in gallery.read_text(encoding="utf-8"), "the team page of `init` asks for its folder"
    site.write("content/pages/team.md", "Title: Team\nSlug: team\nTemplate: team\n")
    assert "matches no headshot" not in ran()
    assert '<li id="mg-2030"' in (tmp_path / "output" / "team" / "index.html").read_text(encoding="utf-8")
    assert not gallery.exists()
    (tmp_path / "content" / "pages" / "team.md").unlink()
    ran()
    assert "pictures/mg-2030" in gallery.read_text(encoding="utf-8"), "no headshot appears nowhere"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("lamp.example", "https://lamp.example"),
        ("http://lamp.example/site/", "http://lamp.example/site"),
        ("", ""),
        ("not an address", None),
        ("ftp://lamp.example", None),
        ("https://", None),
    ],
)
def test_an_address_is_one_or_is_asked_for_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str, kept: str | None
) -> None:
    assert begin(tmp_path, "--address", given) == (2 if kept is None else 0)
    if kept is None:
        assert f"{given} is not a URL." in capsys.readouterr().err
        assert not list(tmp_path.iterdir())
    else:
        assert f'os.environ.get("SITEURL", {kept!r})' in (tmp_path / "publishconf.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ['O\'Brien "x"', 'x"""\nraise SystemExit(3)\n"""', "back\\slash\\", "{{ x }} << name >>"]
)
def test_whatever_a_site_is_called_its_settings_are_python(tmp_path: Path, name: str) -> None:
    assert begin(tmp_path, "--name", name, "--by", name) == 0
    found = runpy.run_path(str(tmp_path / "pelicanconf.py"))
    assert found["SITENAME"] == found["AUTHOR"] == found["HEADSHOTS"]["rights"]["creator"] == name


def test_what_to_type_next_can_be_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin(tmp_path / "my site")
    assert f"    cd '{tmp_path / 'my site'}'\n" in capsys.readouterr().out


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pelicanconf.py").write_text("# mine\n")
    begin(tmp_path)
    (tmp_path / "content" / "pages" / "about.md").write_text("mine too")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert begin(tmp_path, "--name", "Another") == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    said = capsys.readouterr().out
    assert "kept  pelicanconf.py" in said and "wrote" not in said


@pytest.mark.parametrize("host", ["github", "netlify", "elsewhere"])
def test_recipes_keep_the_cache_between_builds(tmp_path: Path, host: str) -> None:
    begin(tmp_path, "--host", host)
    files = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    recipe = {"github": ".github/workflows/publish.yml", "netlify": "keep-cache/index.js"}.get(host)
    assert [name for name in files if name.startswith((".github", "keep-cache", "netlify"))] or host == "elsewhere"
    if recipe:
        assert ".headshots" in files[recipe].read_text()
    if host == "netlify":
        assert tomllib.loads(files["netlify.toml"].read_text())["build"]["publish"] == "output"
    if host == "elsewhere":
        assert "output/" in files["README.md"].read_text()
    assert {"output/", ".headshots/"} <= set(files[".gitignore"].read_text().split())


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_four_questions_typed_by_a_newcomer(tmp_path: Path) -> None:
    import pty

    master, slave = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-m", "pelican_headshots", "init"],
        cwd=tmp_path, env=ENV, stdin=slave, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.write(master, b"Night Work\nAda Lamp\nnight.example\nx\ngithub\n")
    said, _ = asking.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    assert asking.returncode == 0, said
    settings = (tmp_path / "pelicanconf.py").read_text()
    assert "SITENAME = 'Night Work'" in settings and "'creator': 'Ada Lamp'" in settings.replace('"', "'")
    assert "'https://night.example'" in (tmp_path / "publishconf.py").read_text()
    assert (tmp_path / ".github" / "workflows" / "publish.yml").exists()
    assert said.count("Where will it be hosted") == 2, "an answer that means nothing is asked again"
