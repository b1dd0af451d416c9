"""`pelican-headshots audit OUTPUT [--json]`: what a finished site gives away, whoever built it."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from ..metadata.audit import LEAK_KINDS, audit
from ..publish.build_report import read_originals_folder
from ..scan.files import escape_for_terminal
from ..settings import Settings
from ..support.errors import HeadshotsError
from .plan import first_of

_MAX_LISTED_FINDINGS = 5
_ORIGINALS_NOT_FOUND = (
    " The photos folder was not found, so originals in the site were not looked for. Name it with --originals."
)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="the folder of the finished site")
    parser.add_argument("--originals", type=Path, help="the photos folder, where it is not beside OUTPUT")
    parser.add_argument("--max-width", type=int, default=Settings().max_width, help="as HEADSHOTS['max_width']")
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument("--all", action="store_true", help="name every file, not the first few of each kind")


def run(arguments: argparse.Namespace) -> int:
    """0 where nothing leaks, 1 where something does. Raises HeadshotsError for what cannot be read."""
    output: Path = arguments.output
    if not output.is_dir():
        raise HeadshotsError(f"{output} is not a folder. Name the folder of a finished site.")
    site_folder = output.resolve().parent
    originals_folder: Path | None = (
        arguments.originals
        or read_originals_folder(site_folder / "build-report.json")
        or site_folder / "content" / "photos"
    )
    if originals_folder is not None and not originals_folder.is_dir():
        if arguments.originals:
            raise HeadshotsError(f"{originals_folder} is not a folder. Name the folder of the originals.")
        originals_folder = None
    try:
        found = audit(output, originals_folder, arguments.max_width)
    except OSError as error:
        raise HeadshotsError(
            f"{error.filename} cannot be read: {error.strerror}. So nobody knows what is in it."
        ) from error
    if arguments.json:
        findings = [{"file": f.file, "kind": f.kind, "what": f.description} for f in found.leaks]
        print(json.dumps({"pictures": found.image_count, "findings": findings}))
        return 1 if findings else 0
    counts = Counter(finding.kind for finding in found.leaks)
    for kind, words in LEAK_KINDS.items():
        if not counts[kind]:
            continue
        print(f"{kind}: {words} ({counts[kind]})")
        of_kind = [
            f"{escape_for_terminal(finding.file)} {finding.description}"
            for finding in found.leaks
            if finding.kind == kind
        ]
        for line in first_of(of_kind, None if arguments.all else _MAX_LISTED_FINDINGS):
            print(line)
    footnote = "" if originals_folder else _ORIGINALS_NOT_FOUND
    if found.hard_links and not originals_folder:
        footnote += f" {escape_for_terminal(found.hard_links[0])} and perhaps more are hard links of files elsewhere, which may be originals."
    print(f"{found.image_count} pictures read, {len(found.leaks)} leaks found.{footnote}")
    return 1 if found.leaks else 0
