"""The commands, links, settings and examples in the documents are correct, and the tutorial can be followed line by line."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from pelican_headshots.cli import main
from pelican_headshots.support.toml import parse_toml
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from tests.support.site import REPOSITORY, Site

STARTER = REPOSITORY / "pelican_headshots" / "cli" / "starter" / "site" / "README.md"
PAGES = [REPOSITORY / "README.md", STARTER, *sorted((REPOSITORY / "docs").rglob("*.md"))]


def test_the_settings_reference_is_up_to_date() -> None:
    completed = subprocess.run(
        [sys.executable, "tools/scripts/settings_reference.py", "--check"],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert completed.returncode == 0, completed.stderr


def find_commands() -> list[tuple[str, str]]:
    """Return every `pelican-headshots ...` in the documents, with the name of the document."""
    found = set()
    for page in PAGES:
        for line in re.findall(r"(?:`|^\s*(?:\$ )?)(pelican-headshots [a-z][^`\n]*)", page.read_text("utf-8"), re.M):
            found.add((page.name, re.split(r" {2,}", line.strip())[0].rstrip("`:.")))
    return sorted(found)


@pytest.mark.parametrize(("page", "line"), find_commands())
def test_every_command_in_the_documents_exists_with_its_options(page: str, line: str) -> None:
    arguments = [word for word in shlex.split(line, comments=True)[1:] if word not in ("...", "[--json]")]
    assert arguments[0] in main.COMMANDS, f"{page}: {line}"
    parser = argparse.ArgumentParser()
    import_module(f"pelican_headshots.cli.{arguments[0].replace('-', '_')}").add(parser)
    options = {option for action in parser._actions for option in action.option_strings}
    assert {word.partition("=")[0] for word in arguments if word.startswith("-")} <= options, f"{page}: {line}"


def test_every_link_between_documents_leads_to_a_file() -> None:
    checked = {
        "README.md",
        "notes.md",
        "people.md",
        "pictures.md",
        "tutorial.md",
        "review.md",
        "faq.md",
        "consent.md",
        "report.md",
        "settings.md",
        "advice.md",
    }
    for page in (page for page in PAGES if page.name in checked):
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


NOTES = (REPOSITORY / "docs" / "notes.md").read_text("utf-8")


@pytest.mark.parametrize(("heading", "note_class"), [("[gallery]", GalleryNote), ('[photos."file.jpg"]', Note)])
def test_the_documented_keys_of_a_note_are_those_that_exist(heading: str, note_class: type[msgspec.Struct]) -> None:
    table = NOTES.partition(f"## `{heading}`")[2].partition("\n## ")[0]
    first_column = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(first_column))) == sorted(note_class.__struct_fields__)
    choices = ("slate", "sequence") if note_class is GalleryNote else ("pair", "no-person")
    assert all(f'"{choice}"' in table for choice in choices)


def test_the_example_notes_in_the_documents_are_valid() -> None:
    for page in (NOTES, (REPOSITORY / "README.md").read_text("utf-8")):
        (example,) = re.findall(r"```toml[^\n]*\n(\[gallery\].*?)```", page, re.S)
        assert parse_toml(example, "notes.toml", Notes, ValueError).photos


TUTORIAL_COMMANDS = re.findall(r"^\$ (pelican.*)$", (REPOSITORY / "docs" / "tutorial.md").read_text("utf-8"), re.M)
"""The commands that the test of the tutorial runs."""


def find_commands_to_run() -> list[str]:
    """Return the commands in the documents that the tutorial does not run, without those that are the start of another."""
    lines = {line for _, line in find_commands()} - set(TUTORIAL_COMMANDS)
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
    (example,) = re.findall(r"```json\n(.*?)```", (REPOSITORY / "docs" / "report.md").read_text("utf-8"), re.S)
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
    text = (REPOSITORY / "docs" / "report.md").read_text("utf-8")
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


@pytest.mark.skipif(os.name == "nt", reason="typed into a POSIX shell")
def test_the_tutorial_can_be_followed_line_by_line(tmp_path: Path, demo_photos: Path) -> None:
    # This checkout is used instead of the installed package; servers are ended once they have answered.
    home = tmp_path / "home"
    (home / "Pictures" / "night").mkdir(parents=True)
    for name in ("half-light", "chair-in-light"):
        shutil.copy(demo_photos / "night" / f"{name}.jpg", home / "Pictures" / "night")
    shutil.copy(
        demo_photos / "team" / "navy-glaze_studio-manager.jpg",
        home / "Pictures" / "jo-clay_lighting-designer.jpg",
    )
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in (("pelican", "pelican"), ("pelican-headshots", "pelican_headshots")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m {module} "$@"\n')
        (programs / name).chmod(0o755)
    env = {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "BROWSER": "true",
    }
    text = (REPOSITORY / "docs" / "tutorial.md").read_text("utf-8")
    starter_commands = re.findall(r"^    (pelican\S*(?: \S+)*)  ", STARTER.read_text("utf-8"), re.M)
    lines = [line[2:] for block in re.findall(r"```console\n(.*?)```", text, re.S) for line in block.splitlines()]
    assert len(lines) > 12
    assert len(starter_commands) == 5
    assert set(starter_commands) <= {*lines, "pelican --autoreload --listen"}
    folder = home
    for line in lines:
        if line.startswith(("python3 -m venv", ". .venv", "pip install")):
            continue
        if line.startswith("cd "):
            folder = folder / line[3:]
        elif line in SERVER_COMMANDS:
            _check_server(line, folder, env)
        else:
            completed = subprocess.run(
                line, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False
            )
            assert completed.returncode == 0, f"{line}\n{completed.stdout}{completed.stderr}"
    _check_server("pelican --autoreload --listen", folder, env)
    team = (folder / "output" / "team" / "index.html").read_text("utf-8")
    assert "Jo Clay" in team
    assert "Lighting designer" in team
    assert (folder / "output" / "portfolio" / "night" / "index.html").exists()


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
        process.wait(20)
