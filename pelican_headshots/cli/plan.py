"""`pelican-headshots plan [--json]`: what the next build will do, before it does."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from ..publish.changes import ChangeSet
from ..scan.files import escape_for_terminal
from . import site

_MAX_LISTED_FILES = 12


def add(parser: argparse.ArgumentParser) -> None:
    site.add_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument("--all", action="store_true", help="name every file, not the first few of each kind")


def run(arguments: argparse.Namespace) -> int:
    """0. Raises HeadshotsError."""
    changes, left_out = site.open_site(arguments).predict_next_build()
    if arguments.json:
        print(json.dumps(msgspec.to_builtins({"work": changes, "left_out": left_out})))
        return 0
    for line in format_changes(changes, None if arguments.all else _MAX_LISTED_FILES):
        print(line)
    for sentence in left_out:
        print(f"left out: {escape_for_terminal(sentence)}")
    return 0


def format_changes(changes: ChangeSet, limit: int | None) -> Iterator[str]:
    """Lines: a sum, then each kind of work with its reasons and at most *limit* files for each reason."""
    if changes.is_empty:
        yield "Nothing to look at, encode, copy or remove: the site's pictures are up to date."
        return
    kinds = (
        ("look at", changes.looked), ("encode", changes.encoded), ("put into the site", changes.placed),
        ("remove from the site", changes.removed),
    )  # fmt: skip
    yield "The next build will " + ", ".join(f"{verb} {len(files)}" for verb, files in kinds if files) + "."
    for verb, files in kinds:
        for reason, count in Counter(files.values()).most_common():
            yield f"\n{verb} ({count}): {reason}"
            names = sorted(name for name, why in files.items() if why == reason)
            yield from first_of([escape_for_terminal(name) for name in names], limit)


def first_of(items: Sequence[str], limit: int | None) -> Iterator[str]:
    """A line for each of the first *limit*, or of all, and how many more there are."""
    yield from (f"  {item}" for item in items[:limit])
    if limit is not None and len(items) > limit:
        yield f"  and {len(items) - limit} more (--all names them)"
