"""`pelican-headshots init [FOLDER]`: a working site folder, from four questions or as many flags."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..adapters.originals.files import shown
from ..adapters.site.starter import HOSTS, begin
from ..core.said.names import heading

_NO_ADDRESS = "is no address. It looks like https://example.com; leave it out if there is none yet."

_WHERE = {"1": "github", "2": "netlify", "3": "elsewhere"}


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
    address = arguments.address
    if address is None:
        address = _address(asking)
    elif (address := _web(address)) is None:
        print(f"{shown(arguments.address)} {_NO_ADDRESS}", file=sys.stderr)
        return 2
    host = arguments.host or _host(asking)
    words = {
        "name": name,
        "by": by,
        "address": address,
        "copyright": f"© {date.today().year} {by}",
        "requirement": _requirement(),
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


def _requirement() -> str:
    """What a machine that publishes the site installs: this very version, or the newest, from a bare checkout."""
    try:
        return f"pelican-headshots=={version('pelican-headshots')}"
    except PackageNotFoundError:
        return "pelican-headshots"


def _asked(question: str, otherwise: str, asking: bool) -> str:
    if not asking:
        return otherwise
    try:
        answer = input(f"{question}{f' [{otherwise}]' if otherwise else ''} ")
    except EOFError:
        raise KeyboardInterrupt from None
    return answer.strip() or otherwise


def _address(asking: bool) -> str:
    while True:
        answer = _asked("Its address, if you have one already (https://...)?", "", asking)
        if (address := _web(answer)) is not None:
            return address
        print(f"{shown(answer)} {_NO_ADDRESS}")


def _web(answer: str) -> str | None:
    """*answer* as an address of the web, without a slash at its end; empty if it is; None where it is none."""
    address = answer.strip().rstrip("/")
    if not address:
        return ""
    address = address if "://" in address else f"https://{address}"
    return address if re.fullmatch(r"https?://[^\s/:\"'<>\\]+(:\d+)?(/[^\s\"'<>\\]*)?", address) else None


def _host(asking: bool) -> str:
    while asking:
        answer = _asked("Who will serve it: 1 GitHub Pages, 2 Netlify, 3 somebody else?", "3", asking).casefold()
        if answer in HOSTS or answer in _WHERE:
            return _WHERE.get(answer, answer)
        print("Please answer 1, 2 or 3.")
    return "elsewhere"


def _next(folder: Path) -> str:
    go = "" if folder.resolve() == Path.cwd() else f"    cd {shlex.quote(str(folder))}\n"
    return (
        "\nPut photographs into content/photos: a folder in it becomes a gallery; headshots stand on the team page. "
        f"Then:\n\n{go}    pelican content\n    pelican --listen\n\nThe site is at http://localhost:8000."
    )
