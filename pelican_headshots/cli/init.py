"""`pelican-headshots init [FOLDER]`: create a site from six questions or the options for them."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from datetime import date
from pathlib import Path

from ..images.versions import get_package_version
from ..scan.files import escape_for_terminal
from ..settings import MOOD_NAMES
from ..support.filenames import humanize_name
from .scaffold import HOST_NAMES, TEAM_FOLDERS, scaffold_site

_NOT_A_URL = (
    "is not a URL. A URL looks like https://example.com, with an ending such as .com; leave it out if the site has none "
    "yet."
)

_URL_QUESTION = "What is its URL, if it has one already (https://...)?"

_MOOD_QUESTION = """\
Which mood (colors) should the pages have?
  auto   dark, in the hue of the cover
  slate  dark, a bluish gray
  ember  dark, a brownish gray
  moss   dark, a greenish gray
  ink    nearly black, without color
  paper  light, a warm white
  both   light or dark, as the visitor prefers
Enter keeps auto; you can change it later in pelicanconf.py"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        nargs="?",
        type=Path,
        default=Path("."),
        help="the folder of the new site (default: the current folder)",
    )
    parser.add_argument("--name", help="the name of the site")
    parser.add_argument("--by", help="the photographer, named in the rights of every picture")
    parser.add_argument("--address", help="the URL of the site, such as https://example.com")
    parser.add_argument("--mood", choices=MOOD_NAMES, help="the mood (color theme) of all pages (default: auto)")
    parser.add_argument("--host", choices=[*HOST_NAMES], help="where the site will be hosted")
    parser.add_argument(
        "--lang", choices=[*TEAM_FOLDERS], help="the language of pages, menus and addresses (default: en)"
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing; use defaults for options that are not given")


def run(arguments: argparse.Namespace) -> int:
    """Return 0, 1 if a file could not be written, or 2 for an invalid URL. Raises KeyboardInterrupt at the end of input."""
    folder: Path = arguments.folder
    is_interactive = not arguments.yes and sys.stdin.isatty()
    name = arguments.name or _ask(
        "What is the site called?", humanize_name(folder.resolve().name) or "Photos", is_interactive
    )
    by = arguments.by or _ask("Who took the photos?", name, is_interactive)
    given = _ask(_URL_QUESTION, "", is_interactive) if arguments.address is None else arguments.address
    while (address := _normalize_url(given)) is None:
        print(f"{escape_for_terminal(given)} {_NOT_A_URL}", file=sys.stderr)
        if arguments.address is not None:
            return 2
        given = _ask(_URL_QUESTION, "", is_interactive)
    mood = arguments.mood or _ask(
        _MOOD_QUESTION,
        "auto",
        is_interactive,
        list(MOOD_NAMES),
    )
    host = arguments.host or _ask("Where will it be hosted?", "elsewhere", is_interactive, list(HOST_NAMES))
    lang = arguments.lang or _ask("Which language will its pages have?", "en", is_interactive, list(TEAM_FOLDERS))
    release = get_package_version("pelican-headshots")
    values = {
        "name": name,
        "by": by,
        "address": address,
        "mood": mood,
        "copyright": f"© {date.today().year} {by}",
        # A host that builds the site installs this version; if we run from a checkout without a version, the newest.
        "requirement": f"pelican-headshots=={release}" if release else "pelican-headshots",
    }
    try:
        written, kept = scaffold_site(folder, host, lang, values)
    except OSError as error:
        print(f"{escape_for_terminal(str(error.filename))} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    for name in written:
        print(f"  wrote {escape_for_terminal(name)}")
    for name in kept:
        print(f"  kept  {escape_for_terminal(name)}, which existed already")
    if "publishconf.py" in written:
        print(f"\nYour site's address: {address or 'none yet'}. Change it in publishconf.py.")
    print(_describe_next_steps(folder, TEAM_FOLDERS[lang]))
    return 0


def _ask(question: str, default: str, is_interactive: bool, choices: list[str] | None = None) -> str:
    if not is_interactive:
        return default
    from rich.prompt import Prompt

    prompt = Prompt(question, choices=choices, show_default=bool(default))
    prompt.illegal_choice_message = f"Type one of these words, or press Enter for {default}."
    try:
        return prompt(default=default)
    except EOFError:
        raise KeyboardInterrupt from None


def _normalize_url(answer: str) -> str | None:
    """Return *answer* as a URL without a trailing slash; empty if it is empty; None if it is not a URL.

    Without https:// it needs a dot: a name alone is a host only in a network of one's own.
    """
    address = answer.strip().rstrip("/")
    if address and "://" not in address:
        if "." not in address.partition("/")[0].strip("."):
            return None
        address = f"https://{address}"
    return address if re.fullmatch(r"(https?://[^\s/:\"'<>\\]+(:\d+)?(/[^\s\"'<>\\]*)?)?", address) else None


def _describe_next_steps(folder: Path, team_folder: str) -> str:
    cd_line = "" if folder.resolve() == Path.cwd() else f"    cd {shlex.quote(str(folder))}\n"
    return (
        "\nPut photos into content/photos. Each folder in it becomes a gallery; "
        f"content/photos/{team_folder} is for the team page. The pages in content/pages have placeholders, texts in "
        "brackets: replace them by your own; the build says how many are left. "
        f"Then:\n\n{cd_line}    pelican content\n    pelican --listen\n\nThe site is at http://localhost:8000."
    )
