"""`pelican-headshots audit OUTPUT [--json]`: what a finished site gives away, whoever built it."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from ..adapters.metadata.audit import KINDS, audit
from ..adapters.originals.files import shown
from ..adapters.site.report import photos_folder
from ..core.trouble import Trouble
from ..settings import Settings
from .plan import first_of

_SHOWN = 5
_UNFOUND = " The photos folder was not found, so originals in the site were not looked for. Name it with --originals."


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="the folder of the finished site")
    parser.add_argument("--originals", type=Path, help="the photos folder, where it is not beside OUTPUT")
    parser.add_argument("--max-width", type=int, default=Settings().max_width, help="as HEADSHOTS['max_width']")
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument("--all", action="store_true", help="name every file, not the first few of each kind")


def run(arguments: argparse.Namespace) -> int:
    """0 where nothing leaks, 1 where something does. Raises Trouble for what cannot be read."""
    output: Path = arguments.output
    if not output.is_dir():
        raise Trouble(f"{output} is not a folder. Name the folder of a finished site.")
    site = output.resolve().parent
    originals: Path | None = (
        arguments.originals or photos_folder(site / "build-report.json") or site / "content" / "photos"
    )
    if originals is not None and not originals.is_dir():
        if arguments.originals:
            raise Trouble(f"{originals} is not a folder. Name the folder of the originals.")
        originals = None
    try:
        found = audit(output, originals, arguments.max_width)
    except OSError as error:
        raise Trouble(f"{error.filename} cannot be read: {error.strerror}. So nobody knows what is in it.") from error
    if arguments.json:
        findings = [{"file": f.file, "kind": f.kind, "what": f.what} for f in found.findings]
        print(json.dumps({"pictures": found.pictures, "findings": findings}))
        return 1 if findings else 0
    counts = Counter(finding.kind for finding in found.findings)
    for kind, words in KINDS.items():
        if not counts[kind]:
            continue
        print(f"{kind}: {words} ({counts[kind]})")
        of_kind = [f"{shown(finding.file)} {finding.what}" for finding in found.findings if finding.kind == kind]
        for line in first_of(of_kind, None if arguments.all else _SHOWN):
            print(line)
    beside = "" if originals else _UNFOUND
    if found.linked and not originals:
        beside += (
            f" {shown(found.linked[0])} and perhaps more are hard links of files elsewhere, which may be originals."
        )
    print(f"{found.pictures} pictures read, {len(found.findings)} leaks found.{beside}")
    return 1 if found.findings else 0
