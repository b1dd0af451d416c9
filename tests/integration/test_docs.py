"""The documents: every line of the tutorial typed as it stands, every command known, the reference not drifted."""

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


def test_the_settings_reference_has_not_drifted() -> None:
    ran = subprocess.run(
        [sys.executable, "tools/scripts/settings_reference.py", "--check"],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


def commands() -> list[tuple[str, str]]:
    """Every `pelican-headshots ...` that a document shows, with the document's name."""
    found = set()
    for page in PAGES:
        for line in re.findall(r"(?:`|^\s*(?:\$ )?)(pelican-headshots [a-z][^`\n]*)", page.read_text("utf-8"), re.M):
            found.add((page.name, re.split(r" {2,}", line.strip())[0].rstrip("`:.")))
    return sorted(found)


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_in_the_documents_exists_with_its_flags(page: str, line: str) -> None:
    words = [word for word in shlex.split(line, comments=True)[1:] if word not in ("...", "[--json]")]
    assert words[0] in main.COMMANDS, f"{page}: {line}"
    parser = argparse.ArgumentParser()
    import_module(f"pelican_headshots.cli.{words[0].replace('-', '_')}").add(parser)
    known = {flag for action in parser._actions for flag in action.option_strings}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= known, f"{page}: {line}"


def test_every_link_between_documents_leads_somewhere() -> None:
    mine = {
        "README.md",
        "notes.md",
        "people.md",
        "pictures.md",
        "tutorial.md",
        "review.md",
        "faq.md",
        "report.md",
        "settings.md",
        "advice.md",
    }
    for page in (page for page in PAGES if page.name in mine):
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


NOTES = (REPOSITORY / "docs" / "notes.md").read_text("utf-8")


@pytest.mark.parametrize(("head", "kind"), [("[gallery]", GalleryNote), ('[photos."file.jpg"]', Note)])
def test_every_word_of_a_note_is_documented_and_there(head: str, kind: type[msgspec.Struct]) -> None:
    table = NOTES.partition(f"## `{head}`")[2].partition("\n## ")[0]
    first = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(first))) == sorted(kind.__struct_fields__)
    choices = {"mood": "slate", "order": "sequence"} if kind is GalleryNote else {"layout": "pair", "kind": "no-person"}
    assert all(f'"{choice}"' in table for choice in choices.values())


def test_the_notes_in_the_documents_are_notes() -> None:
    for page in (NOTES, (REPOSITORY / "README.md").read_text("utf-8")):
        (example,) = re.findall(r"```toml[^\n]*\n(\[gallery\].*?)```", page, re.S)
        assert parse_toml(example, "notes.toml", Notes, ValueError).photos


TYPED = re.findall(r"^\$ (pelican.*)$", (REPOSITORY / "docs" / "tutorial.md").read_text("utf-8"), re.M)
"""What the test of the tutorial runs."""


def runs() -> list[str]:
    """Commands that documents show whole and that the tutorial does not run, each once."""
    lines = {line for _, line in commands()} - set(TYPED)
    return sorted(line for line in lines if not any(other.startswith(f"{line} ") for other in lines))


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site in which everything that documents name is there."""
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


def test_the_build_report_is_as_documented(documented: Site) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", (REPOSITORY / "docs" / "report.md").read_text("utf-8"), re.S)
    told, written = json.loads(example), json.loads((documented.folder / "build-report.json").read_text("utf-8"))
    assert list(told) == list(written)
    assert set(told["summary"]) == set(written["summary"]) and set(told["work"]) == set(written["work"])
    for status in ("built", "skipped"):
        keys = [
            {key for entry in report["inputs"].values() if entry["status"] == status for key in entry}
            for report in (told, written)
        ]
        assert keys[0] == keys[1], status
    words = (REPOSITORY / "docs" / "report.md").read_text("utf-8")
    assert all(f"`{entry['status']}`" in words for entry in written["inputs"].values())


@pytest.mark.parametrize("line", runs())
def test_every_command_in_the_documents_runs(documented: Site, line: str) -> None:
    """Those of the tutorial run in a test of their own. What stands in brackets may be left out, and is not."""
    words = shlex.split(line.replace("[", "").replace("]", ""), comments=True)[1:]
    words += ["--yes"] if words[0] == "init" else []
    ran = subprocess.run(
        [sys.executable, "-m", "pelican_headshots", *words],
        cwd=documented.folder, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="typed into a POSIX shell")
def test_the_tutorial_typed_line_by_line(tmp_path: Path, demo_photos: Path) -> None:
    """What would be installed is this checkout; programs that wait for Ctrl+C get it once they have answered."""
    home = tmp_path / "home"
    (home / "Pictures" / "night").mkdir(parents=True)
    for name in ("half-light", "chair-in-light"):
        shutil.copy(demo_photos / "night" / f"{name}.jpg", home / "Pictures" / "night")
    shutil.copy(
        demo_photos / "team" / "navy-glaze_studio-manager.jpg",
        home / "Pictures" / "jo-clay_lighting-designer.jpg",
    )
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, module in (("pelican", "pelican"), ("pelican-headshots", "pelican_headshots")):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m {module} "$@"\n')
        (tools / name).chmod(0o755)
    env = {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "BROWSER": "true",
    }
    text = (REPOSITORY / "docs" / "tutorial.md").read_text("utf-8")
    starter = re.findall(r"^    (pelican\S*(?: \S+)*)  ", STARTER.read_text("utf-8"), re.M)
    lines = [line[2:] for block in re.findall(r"```console\n(.*?)```", text, re.S) for line in block.splitlines()]
    assert len(lines) > 12 and len(starter) == 5
    assert set(starter) <= {*lines, "pelican --autoreload --listen"}
    here = home
    for line in lines:
        if line.startswith(("python3 -m venv", ". .venv", "pip install")):
            continue
        if line.startswith("cd "):
            here = here / line[3:]
        elif line in WAITING:
            _served(line, here, env)
        else:
            ran = subprocess.run(line, shell=True, cwd=here, env=env, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
    _served("pelican --autoreload --listen", here, env)
    team = (here / "output" / "team" / "index.html").read_text("utf-8")
    assert "Jo Clay" in team and "Lighting designer" in team
    assert (here / "output" / "portfolio" / "night" / "index.html").exists()


WAITING = ("pelican --listen", "pelican --autoreload --listen", "pelican-headshots review")
"""Programs that answer until somebody ends them."""


def _served(line: str, here: Path, env: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        f"exec {line} --port {port}", shell=True, cwd=here, env=env, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        address = f"http://localhost:{port}/"
        while "review" in line:
            said = running.stdout.readline() if running.stdout else ""
            if match := re.search(r"http://\S+", said):
                address = match.group()
                break
        end = time.monotonic() + 90
        while time.monotonic() < end:
            try:
                assert urllib.request.urlopen(address, timeout=10).status == 200
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise AssertionError(f"{line} does not answer")
    finally:
        os.killpg(running.pid, signal.SIGTERM)  # with --autoreload a child of it serves
        running.wait(20)
