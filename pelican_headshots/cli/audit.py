"""`pelican-headshots audit OUTPUT [--json]`: check a finished site for private data, whatever program built it."""

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
from .plan import format_first

_MAX_LISTED_FINDINGS = 5
_ORIGINALS_NOT_FOUND = (
    " The photos folder was not found, so the site was not searched for originals. Name the folder with --originals."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="the folder of the finished site")
    parser.add_argument("--originals", type=Path, help="the photos folder, if it is not found automatically")
    parser.add_argument("--max-width", type=int, default=Settings().max_width, help="as HEADSHOTS['max_width']")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--all", action="store_true", help="list every file, not only the first few of each kind")


def run(arguments: argparse.Namespace) -> int:
    """Return 0 if nothing leaks, or else 1. Raises HeadshotsError if something cannot be read."""
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
        raise HeadshotsError(f"{error.filename} cannot be read: {error.strerror}. The audit is incomplete.") from error
    if arguments.json:
        findings = [{"file": f.file, "kind": f.kind, "what": f.description} for f in found.leaks]
        print(json.dumps({"pictures": found.image_count, "findings": findings}))
        return 1 if findings else 0
    counts = Counter(finding.kind for finding in found.leaks)
    for kind, description in LEAK_KINDS.items():
        if not counts[kind]:
            continue
        print(f"{kind}: {description} ({counts[kind]})")
        of_kind = [
            f"{escape_for_terminal(finding.file)} {finding.description}"
            for finding in found.leaks
            if finding.kind == kind
        ]
        for line in format_first(of_kind, None if arguments.all else _MAX_LISTED_FINDINGS):
            print(line)
    footnote = "" if originals_folder else _ORIGINALS_NOT_FOUND
    if found.hard_links and not originals_folder:
        footnote += (
            f" {escape_for_terminal(found.hard_links[0])} and perhaps other files are hard links to files outside the site, "
            "which may be originals."
        )
    print(f"{found.image_count} pictures read, {len(found.leaks)} leaks found.{footnote}")
    return 1 if found.leaks else 0
