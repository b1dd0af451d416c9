"""The commands in the documents run, and the tutorial can be followed line by line. Samples: `unit/test_documents.py`."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from pelican_headshots.values.notes import GalleryNote, Note
from tests.support.documents import DOCS, DOCUMENTS, STARTER_README, find_commands, read_samples
from tests.support.site import REPOSITORY, Site

PAGES = [page for page in DOCUMENTS if page.name != "CHANGELOG.md"]
NOTES = (DOCS / "notes.md").read_text("utf-8")


@pytest.mark.parametrize(("heading", "note_class"), [("[gallery]", GalleryNote), ('[photos."file.jpg"]', Note)])
def test_the_documented_keys_of_a_note_are_those_that_exist(heading: str, note_class: type[msgspec.Struct]) -> None:
    table = NOTES.partition(f"## `{heading}`")[2].partition("\n## ")[0]
    first_column = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(first_column))) == sorted(note_class.__struct_fields__)
    choices = ("slate", "sequence") if note_class is GalleryNote else ("pair", "no-person")
    assert all(f'"{choice}"' in table for choice in choices)


TUTORIAL_COMMANDS = re.findall(r"^\$ (pelican.*)$", (DOCS / "tutorial.md").read_text("utf-8"), re.M)
"""The commands that the test of the tutorial runs."""


def find_commands_to_run() -> list[str]:
    """Return the commands in the documents that the tutorial does not run, without those that are the start of another."""
    written = {line for _, line in find_commands(PAGES) if line.startswith("pelican-headshots ")}
    lines = {re.split(r" {2,}", line)[0] for line in written} - set(TUTORIAL_COMMANDS)
    return sorted(line for line in lines if not any(other.startswith(f"{line} ") for other in lines))


@pytest.fixture(scope="module")
def documented_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with all files that the commands in the documents name."""
    site = Site(tmp_path_factory.mktemp("documented") / "site")
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    demo = REPOSITORY / "content" / "photos"
    site.add(demo / "team" / "navy-glaze_studio-manager.jpg", "team/jane-doe_head-of-print.jpg")
    site.add(demo / "night" / "reader.jpg", "night/reader.jpg")
    site.write("content/photos/team/notes.toml", '[photos."jane-doe_head-of-print.jpg"]\nkind = "headshot"\n')
    (site.photos / "night" / "broken.jpg").write_text("no picture")
    assert site.build().status == 0
    (site.folder / "OUTPUT").symlink_to("output")
    return site


def test_the_build_report_is_as_documented(documented_site: Site) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", (DOCS / "report.md").read_text("utf-8"), re.S)
    documented = json.loads(example)
    written = json.loads((documented_site.folder / "build-report.json").read_text("utf-8"))
    assert list(documented) == list(written)
    assert set(documented["summary"]) == set(written["summary"])
    assert set(documented["work"]) == set(written["work"])
    for status in ("built", "skipped"):
        keys = [
            {key for entry in report["inputs"].values() if entry["status"] == status for key in entry}
            for report in (documented, written)
        ]
        assert keys[0] == keys[1], status
    text = (DOCS / "report.md").read_text("utf-8")
    assert all(f"`{entry['status']}`" in text for entry in written["inputs"].values())


@pytest.mark.parametrize("line", find_commands_to_run())
def test_every_command_in_the_documents_runs(documented_site: Site, line: str) -> None:
    # Optional arguments, in brackets, are given.
    arguments = shlex.split(line.replace("[", "").replace("]", ""), comments=True)[1:]
    arguments += ["--yes"] if arguments[0] == "init" else []
    completed = subprocess.run(
        [sys.executable, "-m", "pelican_headshots", *arguments],
        cwd=documented_site.folder, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert completed.returncode == 0, completed.stdout + completed.stderr


class Reader:
    """Somebody who follows a document: types its commands and saves its files.

    This checkout is used instead of the installed package; servers are ended once they have answered.
    """

    def __init__(self, home: Path, demo_photos: Path) -> None:
        pictures = home / "Pictures"
        (pictures / "night").mkdir(parents=True)
        (pictures / "headshots").mkdir()
        originals = {
            "night/half-light.jpg": "night/half-light.jpg",
            "night/chair-in-light.jpg": "night/chair-in-light.jpg",
            "jo-clay_lighting-designer.jpg": "team/navy-glaze_studio-manager.jpg",
            "headshots/jane.jpg": "team/navy-glaze_studio-manager.jpg",
            "headshots/sam.jpg": "team/plum-grey_accounts.jpg",
        }
        for name, original in originals.items():
            with Image.open(demo_photos / original) as photo:
                photo.thumbnail((900, 900))  # small files are encoded soon
                photo.save(pictures / name, quality=90)
        programs = home / "bin"
        programs.mkdir()
        for name, module in (("pelican", "pelican"), ("pelican-headshots", "pelican_headshots")):
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m {module} "$@"\n')
            (programs / name).chmod(0o755)
        self.folder = home
        self.env = {
            **os.environ,
            "HOME": str(home),
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "BROWSER": "true",
        }

    def follow(self, page: Path) -> None:
        """Do what the document says. What it adds to an existing `pelicanconf.py` is written at its end."""
        for sample in read_samples(page):
            if sample.title:
                target = self.folder / sample.title
                is_added = sample.title == "pelicanconf.py" and target.exists()
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text((target.read_text("utf-8") if is_added else "") + sample.text, "utf-8")
            for line in sample.list_commands() if sample.language == "console" else ():
                self.type(line)

    def type(self, line: str) -> None:
        """Run a command. Installing, and copying to a web host, are skipped."""
        if line.startswith(("python3 -m venv", ". .venv", "pip install", "rsync")):
            return
        if line.startswith("cd "):
            self.folder /= line[3:]
        elif line in SERVER_COMMANDS:
            _check_server(line, self.folder, self.env)
        else:
            completed = subprocess.run(
                line, shell=True, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
            )
            assert completed.returncode == 0, f"{line}\n{completed.stdout}{completed.stderr}"

    def read_page(self, name: str) -> str:
        """Return a page of the site."""
        return (self.folder / "output" / name).read_text("utf-8")


@pytest.fixture
def reader(tmp_path: Path, demo_photos: Path) -> Reader:
    if os.name == "nt":
        pytest.skip("typed into a POSIX shell")
    return Reader(tmp_path / "home", demo_photos)


def test_the_tutorial_can_be_followed_line_by_line(reader: Reader) -> None:
    starter_commands = re.findall(r"^    (pelican\S*(?: \S+)*)  ", STARTER_README.read_text("utf-8"), re.M)
    assert len(starter_commands) == 5
    assert set(starter_commands) <= set(TUTORIAL_COMMANDS)
    reader.follow(DOCS / "tutorial.md")
    team = reader.read_page("team/index.html")
    assert "Jo Clay" in team
    assert "Lighting designer" in team
    assert reader.read_page("portfolio/night/index.html")


@pytest.mark.slow
def test_the_guide_to_a_team_page_can_be_followed(reader: Reader) -> None:
    reader.follow(DOCS / "howto-team-page.md")
    home_page = reader.read_page("index.html")
    for text in (
        "Our people",
        "Everybody you may meet",
        "Jane Doe",
        "Head of print",
        "Sam Okafor",
        "Kim Reyes",
        "Office",
    ):
        assert text in home_page
    assert home_page.count("<picture") == 2, "Kim has no photo"
    assert reader.read_page("people/jane-doe/index.html")
    photos = reader.folder / "content" / "photos" / "team"
    (photos / "jane.jpg").unlink()
    people = (photos / "people.csv").read_text("utf-8")
    (photos / "people.csv").write_text("".join(line for line in people.splitlines(True) if "Jane" not in line), "utf-8")
    reader.type("pelican content")
    assert "Jane" not in reader.read_page("index.html")
    assert not list((reader.folder / "output").rglob("jane*"))


@pytest.mark.slow
def test_the_guide_to_an_existing_site_can_be_followed(reader: Reader) -> None:
    reader.folder /= "existing"
    (reader.folder / "content").mkdir(parents=True)
    (reader.folder / "pelicanconf.py").write_text("SITENAME = 'Old'\nPATH = 'content'\nTIMEZONE = 'UTC'\n", "utf-8")
    (reader.folder / "content" / "hello.md").write_text("Title: Hello\nDate: 2026-11-29\n\nHello.\n", "utf-8")
    reader.follow(DOCS / "howto-existing-site.md")
    assert reader.read_page("hello.html")
    assert 'id="banner"' in reader.read_page("portfolio/night/index.html"), "in the theme that the site has"
    assert "Jo Clay" in reader.read_page("pages/team.html")
    reader.type("pelican content")
    assert 'href="/portfolio/"' in reader.read_page("index.html")


SERVER_COMMANDS = ("pelican --listen", "pelican --autoreload --listen", "pelican-headshots review")
"""Commands that run until Ctrl+C."""


def _check_server(line: str, folder: Path, env: dict[str, str]) -> None:
    with socket.socket() as free_port:
        free_port.bind(("127.0.0.1", 0))
        port = free_port.getsockname()[1]
    process = subprocess.Popen(
        f"exec {line} --port {port}", shell=True, cwd=folder, env=env, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        address = f"http://localhost:{port}/"
        while "review" in line:
            printed = process.stdout.readline() if process.stdout else ""
            if match := re.search(r"http://\S+", printed):
                address = match.group()
                break
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                assert urllib.request.urlopen(address, timeout=10).status == 200
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise AssertionError(f"{line} does not answer")
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # with --autoreload, a child process is the server
        process.wait(60)
