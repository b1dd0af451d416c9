"""`pelican-headshots init` writes a site that builds at once, and overwrites no file."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from pelican_headshots.cli import main
from pelican_headshots.cli.scaffold import HOST_NAMES
from tests.support.site import REPOSITORY, Site

ENV = {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def run_init(folder: Path, *options: str) -> int:
    return main.main(["init", str(folder), "--yes", *options])


def test_the_new_site_builds_without_photos_and_with_one(tmp_path: Path, demo_photos: Path) -> None:
    folder = tmp_path / 'it\'s a "site" {{ x }}'
    assert run_init(folder, "--host", "github", "--by", "Zoë O'Hara \\ Söhne") == 0
    without_photos = subprocess.run([sys.executable, "-m", "pelican", "content"], cwd=folder, env=ENV, check=False)
    assert without_photos.returncode == 0
    site = Site(folder)
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    publish = [sys.executable, "-m", "pelican", "content", "-s", "publishconf.py"]
    assert subprocess.run(publish, cwd=folder, env=ENV, check=False).returncode == 0
    team = (folder / "output" / "team" / "index.html").read_text(encoding="utf-8")
    assert "Jo Clay" in team
    assert "Lighting designer" in team
    assert main.main(["audit", str(folder / "output")]) == 0
    # Without an address, the site works in any folder of a host.
    assert "example.com" not in team
    assert 'src="../pictures/' in team
    # The host may give the address.
    subprocess.run(publish, cwd=folder, env={**ENV, "SITEURL": "https://lamp.example/site"}, check=True)
    team = (folder / "output" / "team" / "index.html").read_text(encoding="utf-8")
    assert 'src="https://lamp.example/site/pictures/' in team


@pytest.mark.slow
def test_a_headshot_outside_all_folders_is_on_the_team_page_or_without_one_in_its_gallery(
    tmp_path: Path, demo_photos: Path
) -> None:
    run_init(tmp_path)
    site = Site(tmp_path)
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "_MG_2030.jpg")
    site.write("content/photos/notes.toml", '[photos."_MG_2030.jpg"]\nkind = "headshot"\n')

    def build() -> str:
        completed = subprocess.run(
            [sys.executable, "-m", "pelican", "content"],
            cwd=tmp_path, env={**ENV, "COLUMNS": "400"}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return completed.stdout + completed.stderr

    team = tmp_path / "output" / "team" / "index.html"
    gallery = tmp_path / "output" / "portfolio" / "photographs" / "index.html"
    build()
    assert '<li id="mg-2030"' in team.read_text(encoding="utf-8"), "the `Photos:` of `init`'s page matches nobody"
    site.write("content/pages/team.md", "Title: Team\nSlug: team\nTemplate: team\n")
    assert "matches no headshot" not in build()
    assert '<li id="mg-2030"' in team.read_text(encoding="utf-8")
    assert not gallery.exists()
    home = (tmp_path / "output" / "index.html").read_text(encoding="utf-8")
    assert "pictures/mg-2030" in home, "without galleries, the home page shows the team"
    (tmp_path / "content" / "pages" / "team.md").unlink()
    build()
    assert "pictures/mg-2030" in gallery.read_text(encoding="utf-8"), "no headshot appears nowhere"


@pytest.mark.parametrize(
    ("address", "site_url"),
    [
        ("lamp.example", "https://lamp.example"),
        ("http://lamp.example/site/", "http://lamp.example/site"),
        ("", ""),
        ("adalamp", None),
        ("http://intranet", "http://intranet"),
        ("not an address", None),
        ("ftp://lamp.example", None),
        ("https://", None),
    ],
)
def test_an_address_that_is_no_url_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, site_url: str | None
) -> None:
    assert run_init(tmp_path, "--address", address) == (2 if site_url is None else 0)
    if site_url is None:
        assert f"{address} is not a URL." in capsys.readouterr().err
        assert not list(tmp_path.iterdir())
    else:
        assert f"Your site's address: {site_url or 'none yet'}. Change it in publishconf.py." in capsys.readouterr().out
        assert f'os.environ.get("SITEURL", {site_url!r})' in (tmp_path / "publishconf.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ['O\'Brien "x"', 'x"""\nraise SystemExit(3)\n"""', "back\\slash\\", "{{ x }} << name >>"]
)
def test_the_settings_are_valid_python_whatever_the_name_of_the_site(tmp_path: Path, name: str) -> None:
    assert run_init(tmp_path, "--name", name, "--by", name) == 0
    settings = runpy.run_path(str(tmp_path / "pelicanconf.py"))
    assert settings["SITENAME"] == settings["AUTHOR"] == settings["HEADSHOTS"]["rights"]["creator"] == name


def test_the_printed_next_command_is_quoted_for_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_init(tmp_path / "my site")
    assert f"    cd '{tmp_path / 'my site'}'\n" in capsys.readouterr().out


def test_no_existing_file_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pelicanconf.py").write_text("# mine\n")
    run_init(tmp_path)
    (tmp_path / "content" / "pages" / "about.md").write_text("mine too")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert run_init(tmp_path, "--name", "Another") == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    printed = capsys.readouterr().out
    assert "kept  pelicanconf.py" in printed
    assert "wrote" not in printed


def test_a_new_site_has_the_files_of_its_host_alone(tmp_path: Path) -> None:
    written = {}
    for host in HOST_NAMES:
        run_init(tmp_path / host, "--host", host)
        paths = (path for path in (tmp_path / host).rglob("*") if path.is_file())
        written[host] = {path.relative_to(tmp_path / host).as_posix() for path in paths}
    site = written["elsewhere"]
    assert {host: files - site for host, files in written.items()} == {
        "github": {".github/workflows/publish.yml"},
        "gitlab": {".gitlab-ci.yml"},
        "netlify": {"netlify.toml", "keep-cache/index.js", "keep-cache/manifest.yml", "keep-cache/package.json"},
        "cloudflare": {".github/workflows/publish.yml"},
        "elsewhere": set(),
    }
    assert "CLOUDFLARE_API_TOKEN" in (tmp_path / "cloudflare" / "README.md").read_text()
    assert "copy `output/`" in (tmp_path / "elsewhere" / "README.md").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_the_answers_typed_in_a_terminal_are_in_the_new_site(tmp_path: Path) -> None:
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pelican_headshots", "init"],
        cwd=tmp_path, env=ENV, stdin=slave, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.write(master, b"Night Work\nAda Lamp\nadalamp\nnight.example\npink\npaper\nx\ngithub\nde\n")
    printed, _ = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    assert process.returncode == 0, printed
    settings = (tmp_path / "pelicanconf.py").read_text()
    assert "SITENAME = 'Night Work'" in settings
    assert "'creator': 'Ada Lamp'" in settings.replace('"', "'")
    assert "'mood': 'paper'" in settings.replace('"', "'")
    assert "'https://night.example'" in (tmp_path / "publishconf.py").read_text()
    assert (tmp_path / ".github" / "workflows" / "publish.yml").exists()
    assert "DEFAULT_LANG = 'de'" in settings
    # Each question was repeated after an invalid answer.
    assert (
        printed.count("What is its URL") == printed.count("Which mood") == printed.count("Where will it be hosted") == 2
    )
    assert "Type one of these words, or press Enter for auto." in printed
