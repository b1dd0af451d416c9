"""`pelican-headshots init [FOLDER]`: a working site folder, from four questions or as many flags."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from datetime import date
from pathlib import Path

from ..images.versions import get_package_version
from ..scan.files import escape_for_terminal
from ..support.filenames import humanize_name
from .scaffold import HOST_CHOICES, scaffold_site

_NOT_A_URL = "is no address. It looks like https://example.com; leave it out if there is none yet."

_ADDRESS = "Its address, if you have one already (https://...)?"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, default=Path("."), help="here, by default")
    parser.add_argument("--name", help="what the site is called")
    parser.add_argument("--by", help="who took the photographs: stands in every picture's rights")
    parser.add_argument("--address", help="where the site will be, such as https://example.com")
    parser.add_argument("--host", choices=HOST_CHOICES, help="who will serve it")
    parser.add_argument("--yes", action="store_true", help="ask nothing; take what the flags leave open by itself")


def run(arguments: argparse.Namespace) -> int:
    """0; 1 where a file could not be written; 2 for an address that is none; 130 where the questions were broken off."""
    folder: Path = arguments.folder
    is_interactive = not arguments.yes and sys.stdin.isatty()
    name = arguments.name or _ask(
        "What is the site called?", humanize_name(folder.resolve().name) or "Photographs", is_interactive
    )
    by = arguments.by or _ask("Who took the photographs?", name, is_interactive)
    given = _ask(_ADDRESS, "", is_interactive) if arguments.address is None else arguments.address
    while (address := _normalize_url(given)) is None:
        print(f"{escape_for_terminal(given)} {_NOT_A_URL}", file=sys.stderr)
        if arguments.address is not None:
            return 2
        given = _ask(_ADDRESS, "", is_interactive)
    host = arguments.host or _ask("Who will serve it?", "elsewhere", is_interactive, list(HOST_CHOICES))
    release = get_package_version("pelican-headshots")
    values = {
        "name": name,
        "by": by,
        "address": address,
        "copyright": f"© {date.today().year} {by}",
        # What a machine that publishes the site installs: this very version, or the newest, from a bare checkout.
        "requirement": f"pelican-headshots=={release}" if release else "pelican-headshots",
    }
    try:
        written, kept = scaffold_site(folder, host, values)
    except OSError as error:
        print(f"{escape_for_terminal(str(error.filename))} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    for one in written:
        print(f"  wrote {escape_for_terminal(str(one))}")
    for one in kept:
        print(f"  kept  {escape_for_terminal(str(one))}, which was here already")
    print(_describe_next_steps(folder))
    return 0


def _ask(question: str, default: str, is_interactive: bool, choices: list[str] | None = None) -> str:
    if not is_interactive:
        return default
    from rich.prompt import Prompt

    try:
        return Prompt.ask(question, choices=choices, default=default, show_default=bool(default))
    except EOFError:
        raise KeyboardInterrupt from None


def _normalize_url(answer: str) -> str | None:
    """*answer* as an address of the web, without a slash at its end; empty if it is; None where it is none."""
    address = answer.strip().rstrip("/")
    if address and "://" not in address:
        address = f"https://{address}"
    return address if re.fullmatch(r"(https?://[^\s/:\"'<>\\]+(:\d+)?(/[^\s\"'<>\\]*)?)?", address) else None


def _describe_next_steps(folder: Path) -> str:
    cd_line = "" if folder.resolve() == Path.cwd() else f"    cd {shlex.quote(str(folder))}\n"
    return (
        "\nPut photographs into content/photos: a folder in it becomes a gallery; headshots stand on the team page. "
        f"Then:\n\n{cd_line}    pelican content\n    pelican --listen\n\nThe site is at http://localhost:8000."
    )
