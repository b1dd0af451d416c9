"""`pelican-headshots init [FOLDER]`: a working site folder, from four questions or as many flags."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from datetime import date
from pathlib import Path

from ..adapters.originals.files import shown
from ..adapters.pictures.tools import version_of
from ..adapters.site.starter import HOSTS, begin
from ..core.said.names import heading

_NO_ADDRESS = "is no address. It looks like https://example.com; leave it out if there is none yet."

_ADDRESS = "Its address, if you have one already (https://...)?"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, default=Path("."), help="here, by default")
    parser.add_argument("--name", help="what the site is called")
    parser.add_argument("--by", help="who took the photographs: stands in every picture's rights")
    parser.add_argument("--address", help="where the site will be, such as https://example.com")
    parser.add_argument("--host", choices=HOSTS, help="who will serve it")
    parser.add_argument("--yes", action="store_true", help="ask nothing; take what the flags leave open by itself")


def run(arguments: argparse.Namespace) -> int:
    """0; 1 where a file could not be written; 2 for an address that is none; 130 where the questions were broken off."""
    folder: Path = arguments.folder
    asking = not arguments.yes and sys.stdin.isatty()
    name = arguments.name or _asked("What is the site called?", heading(folder.resolve().name) or "Photographs", asking)
    by = arguments.by or _asked("Who took the photographs?", name, asking)
    given = _asked(_ADDRESS, "", asking) if arguments.address is None else arguments.address
    while (address := _web(given)) is None:
        print(f"{shown(given)} {_NO_ADDRESS}", file=sys.stderr)
        if arguments.address is not None:
            return 2
        given = _asked(_ADDRESS, "", asking)
    host = arguments.host or _asked("Who will serve it?", "elsewhere", asking, list(HOSTS))
    release = version_of("pelican-headshots")
    words = {
        "name": name,
        "by": by,
        "address": address,
        "copyright": f"© {date.today().year} {by}",
        # What a machine that publishes the site installs: this very version, or the newest, from a bare checkout.
        "requirement": f"pelican-headshots=={release}" if release else "pelican-headshots",
    }
    try:
        written, kept = begin(folder, host, words)
    except OSError as error:
        print(f"{shown(str(error.filename))} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    for one in written:
        print(f"  wrote {shown(str(one))}")
    for one in kept:
        print(f"  kept  {shown(str(one))}, which was here already")
    print(_next(folder))
    return 0


def _asked(question: str, otherwise: str, asking: bool, choices: list[str] | None = None) -> str:
    if not asking:
        return otherwise
    from rich.prompt import Prompt

    try:
        return Prompt.ask(question, choices=choices, default=otherwise, show_default=bool(otherwise))
    except EOFError:
        raise KeyboardInterrupt from None


def _web(answer: str) -> str | None:
    """*answer* as an address of the web, without a slash at its end; empty if it is; None where it is none."""
    address = answer.strip().rstrip("/")
    if address and "://" not in address:
        address = f"https://{address}"
    return address if re.fullmatch(r"(https?://[^\s/:\"'<>\\]+(:\d+)?(/[^\s\"'<>\\]*)?)?", address) else None


def _next(folder: Path) -> str:
    go = "" if folder.resolve() == Path.cwd() else f"    cd {shlex.quote(str(folder))}\n"
    return (
        "\nPut photographs into content/photos: a folder in it becomes a gallery; headshots stand on the team page. "
        f"Then:\n\n{go}    pelican content\n    pelican --listen\n\nThe site is at http://localhost:8000."
    )
