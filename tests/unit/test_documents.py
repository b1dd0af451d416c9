"""The documents: every link leads somewhere, and every sample of code is valid for the program that reads it."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import shlex
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment
from pelican.readers import MarkdownReader
from pelican.settings import DEFAULT_CONFIG

from pelican_headshots import settings
from pelican_headshots.cli.main import COMMANDS, create_parser
from pelican_headshots.notes.loader import read_notes
from pelican_headshots.people.people_file import read_people_file
from tests.support.documents import (
    COMMAND_LANGUAGES,
    DOCS,
    DOCUMENTS,
    STARTER_README,
    Sample,
    find_anchors,
    find_commands,
    iterate_code,
    iterate_links,
    read_samples,
)
from tests.support.site import REPOSITORY
from tools.scripts import command_reference, docs_nav, settings_reference, slot_reference

PAGES = [page for page in DOCUMENTS if page not in (STARTER_README, REPOSITORY / "CHANGELOG.md")]
SAMPLES = [sample for page in PAGES for sample in read_samples(page)]
NOT_RUN = {
    "text": "what a program prints, or a drawing",
    "css": "browsers skip what they cannot read; test_theme and test_site_furniture use the named files in browsers",
}
"""Language → why a sample of it is not checked here."""

OTHER_COMMANDS = {
    "pelican": "the tutorial's test and test_docs run Pelican",
    "cd": "part of the shell; the tutorial's test does it",
    ".": "part of the shell",
    "apt": "would change the system",
    "cp": "the tutorial's test copies photos; elsewhere they are the reader's own",
    "mkdir": "the tutorial's test does it",
    "pip": "would install packages from the index; test_wheel installs the package",
    "pipx": "would install packages from the index",
    "uvx": "would install packages from the index",
    "uv": "would ask the index for the newest versions",
    "python3": "makes the virtual environment of the tutorial",
    "git": "the reader's own repository",
    "rsync": "would copy to the reader's own web host",
}
"""First word of a command → why it is not run here."""

SCRIPTS_ELSEWHERE = ("score.py", "faults.py", "make_hostile.py", "browser_check.py")
"""Kept outside the repository, beside the files of others that they read."""


def select_samples(*languages: str) -> list[Sample]:
    return [sample for sample in SAMPLES if sample.language in languages]


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_every_link_leads_to_a_file_and_to_one_of_its_headings(page: Path) -> None:
    for link in iterate_links(page):
        path, _, anchor = link.partition("#")
        if re.match(r"https?:|mailto:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: no such file"
        assert not page.is_relative_to(DOCS) or target.is_relative_to(DOCS), (
            f"{link}: the site has the files of docs only"
        )
        if anchor:
            assert anchor in find_anchors(target), (
                f"{link}: no heading that is called so both by MkDocs and on code hosts"
            )


@pytest.mark.parametrize("page", [REPOSITORY / "README.md", REPOSITORY / "SECURITY.md", *DOCS.rglob("*.md")])
def test_a_document_that_is_named_is_linked(page: Path) -> None:
    named = [text for text in iterate_code(page, with_links=False) if text.endswith(".md") and text.startswith("docs/")]
    assert not [text for text in named if (REPOSITORY / text).exists()], "write [name.md](name.md)"


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_language_of_every_sample_is_one_that_is_checked(sample: Sample) -> None:
    known = {*CHECKED, *COMMAND_LANGUAGES, *NOT_RUN}
    assert sample.language in known, "put it between ``` lines, with a language that these tests know"
    opening = sample.page.read_text(encoding="utf-8").splitlines()[sample.line - 1].strip()
    assert re.fullmatch(r'`{3,}\w+( title="[^"]+")?', opening) or not opening.startswith("```"), "MkDocs cannot read it"


def check_python(sample: Sample, folder: Path) -> None:
    namespace: dict[str, object] = {"HEADSHOTS": {}}  # some samples are added to a settings file
    exec(compile(sample.text, str(sample), "exec"), namespace)
    settings.read(namespace)


def check_toml(sample: Sample, folder: Path) -> None:
    if sample.text.startswith("[tool.") or sample.title == "pyproject.toml":
        assert tomllib.loads(sample.text)
        return
    name = sample.title or ("people.toml" if "[[people]]" in sample.text else "notes.toml")
    file = folder / name
    file.write_text(sample.text, encoding="utf-8")
    if name == "people.toml":
        assert read_people_file(file, name).people
    else:
        notes = read_notes(file)
        assert notes.photos or notes.gallery


def check_csv(sample: Sample, folder: Path) -> None:
    file = folder / "people.csv"
    file.write_text(sample.text, encoding="utf-8")
    assert len(read_people_file(file, "people.csv").people) == len(list(csv.reader(io.StringIO(sample.text)))) - 1


def check_json(sample: Sample, folder: Path) -> None:
    json.loads(sample.text)


def check_jinja(sample: Sample, folder: Path) -> None:
    Environment().parse(sample.text)


def check_markdown(sample: Sample, folder: Path) -> None:
    """Read a page as Pelican does."""
    file = folder / "page.md"
    file.write_text(sample.text, encoding="utf-8")
    _, metadata = MarkdownReader({**DEFAULT_CONFIG, "MARKDOWN": {}}).read(str(file))
    assert metadata["title"]
    template = metadata.get("template")
    own = {Path(other.title).stem for other in read_samples(sample.page) if other.language == "jinja" and other.title}
    assert not template or template in own or (REPOSITORY / "theme" / "templates" / f"{template}.html").exists()


def check_html(sample: Sample, folder: Path) -> None:
    parser = _TagCounter()
    parser.feed(sample.text)
    parser.close()
    assert parser.tags
    assert not parser.open_tags


class _TagCounter(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags = 0
        self.open_tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag


CHECKED = {
    "python": check_python,
    "toml": check_toml,
    "csv": check_csv,
    "json": check_json,
    "jinja": check_jinja,
    "markdown": check_markdown,
    "html": check_html,
}
"""Language → what checks a sample of it."""


@pytest.mark.parametrize("sample", select_samples(*CHECKED), ids=str)
def test_every_sample_is_valid(sample: Sample, tmp_path: Path) -> None:
    CHECKED[sample.language](sample, tmp_path)


@pytest.mark.parametrize(("place", "line"), find_commands(PAGES))
def test_every_command_exists_with_its_arguments(place: str, line: str) -> None:
    words = [word for word in shlex.split(line, comments=True) if word != "..."]
    program = words[0]
    if program == "pelican-headshots":
        words = [word.strip("[]") for word in words[1:]]
        name = next((word for word in words if not word.startswith("-")), None)
        if len(words) > 1 or name is None:
            _parse(name, words)
        assert name is None or name in COMMANDS
    elif program == "make":
        makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
        targets = [word for word in words[1:] if "=" not in word]
        assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)
    elif program == "python" and words[1] == "-m":
        assert importlib.util.find_spec(words[2])
    elif program == "python":
        assert words[1] in SCRIPTS_ELSEWHERE or (REPOSITORY / words[1]).is_file()
    else:
        assert program in OTHER_COMMANDS


def _parse(command_name: str | None, words: list[str]) -> None:
    """Parse a command line as it would be when it is run; --help ends the program without an error."""
    try:
        create_parser(command_name).parse_args(words)
    except SystemExit as end:
        if end.code:
            pytest.fail(f"{words} cannot be parsed")


@pytest.mark.parametrize(
    ("page", "is_current"),
    [
        ("settings.md", lambda text: text == settings_reference.build_reference()),
        ("commands.md", lambda text: text == command_reference.build_reference()),
        ("theme.md", lambda text: text == slot_reference.update_text(text)),
    ],
)
def test_the_references_are_those_of_the_code(page: str, is_current: object) -> None:
    assert callable(is_current)
    assert is_current((DOCS / page).read_text(encoding="utf-8")), f"docs/{page}: run its script in tools/scripts"


def test_a_pattern_in_the_navigation_stands_for_files_by_name(tmp_path: Path) -> None:
    for name in ("b-2.md", "b-1.md", "c.md"):
        (tmp_path / name).touch()
    nav = ["a.md", {"How-to guides": ["b-*.md", "none-*.md", "c.md"]}, {"Title": "d.md"}]
    assert docs_nav.expand(nav, tmp_path) == [
        "a.md",
        {"How-to guides": ["b-1.md", "b-2.md", "c.md"]},
        {"Title": "d.md"},
    ]
