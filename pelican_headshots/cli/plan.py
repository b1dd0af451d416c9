"""`pelican-headshots plan [--json]`: show what the next build will do, and where each photo will appear."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..people.classified_photo import Route, RoutingRule
from ..publish.changes import ChangeSet
from ..publish.report_content import describe_route
from ..publish.summary import describe_unsure
from ..scan.files import escape_for_terminal
from ..values.selection import Choice
from .site import add_options, open_site

_MAX_LISTED_FILES = 12


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    add_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--all", action="store_true", help="list every file, not only the first few of each kind")


def run(arguments: argparse.Namespace) -> int:
    """Return 0. Raises HeadshotsError."""
    forecast = open_site(arguments).predict_next_build()
    if arguments.json:
        photos = {path: describe_route(route) for path, route in sorted(forecast.routes.items())}
        selection = {
            path: {"shown": one.is_shown, "reason": one.reason} for path, one in sorted(forecast.choices.items())
        }
        values = {
            "work": forecast.changes,
            "left_out": forecast.left_out,
            "problems": forecast.problems,
            "consents_ending": forecast.consents_ending,
            "photos": photos,
            "selection": selection,
            "unsure": forecast.unsure,
        }
        print(json.dumps(msgspec.to_builtins(values)))
        return 0
    limit = None if arguments.all else _MAX_LISTED_FILES
    lines = (
        *format_changes(forecast.changes, limit),
        *format_choices(forecast.choices, limit),
        *format_routes(forecast.routes, limit),
    )
    for line in lines:
        print(line)
    for sentence in forecast.left_out:
        print(f"left out: {escape_for_terminal(sentence)}")
    for sentence in (*forecast.problems, *forecast.consents_ending):
        print(escape_for_terminal(sentence))
    if forecast.unsure:
        print(f"\n{describe_unsure(forecast.unsure)}")
    return 0


def format_changes(changes: ChangeSet, limit: int | None) -> Iterator[str]:
    """Yield lines: a summary, then each kind of work with its reasons and at most *limit* files for each reason."""
    if changes.is_empty:
        yield "Nothing to analyze, encode, copy or remove: all pictures are up to date."
        return
    kinds = (
        ("analyze", changes.analyzed), ("encode", changes.encoded), ("copy into the site", changes.placed),
        ("remove from the site", changes.removed),
    )  # fmt: skip
    yield "The next build will " + ", ".join(f"{verb} {len(files)}" for verb, files in kinds if files) + "."
    for verb, files in kinds:
        for reason, count in Counter(files.values()).most_common():
            yield f"\n{verb} ({count}): {reason}"
            names = sorted(name for name, file_reason in files.items() if file_reason == reason)
            yield from format_first([escape_for_terminal(name) for name in names], limit)


def format_routes(routes: Mapping[str, Route], limit: int | None) -> Iterator[str]:
    """Yield for each place and rule a line and at most *limit* photos."""
    groups: dict[tuple[str, RoutingRule], list[str]] = {}
    for path, route in sorted(routes.items()):
        groups.setdefault((_describe_places(route), route.rule), []).append(escape_for_terminal(path))
    for (places, rule), paths in sorted(groups.items(), reverse=True):
        yield f"\n{places} ({len(paths)}): {rule}"
        yield from format_first(paths, limit)


def _describe_places(route: Route) -> str:
    """Return where a photo appears: people without a name are on team pages, but have no page of their own."""
    labels = {"people": "on people's pages" if route.has_own_page else "on team pages", "gallery": "in its gallery"}
    return " and ".join(labels[place] for place in route.places) or "nowhere"


def format_choices(choices: Mapping[str, Choice], limit: int | None) -> Iterator[str]:
    """Yield at most *limit* photos that are not shown and why, then the same for those that are selected."""
    for title, is_shown in (("not shown", False), ("selected", True)):
        if photos := [f"{path}: {one.reason}" for path, one in sorted(choices.items()) if one.is_shown == is_shown]:
            yield f"\n{title} ({len(photos)}):"
            yield from format_first([escape_for_terminal(line) for line in photos], limit)


def format_first(items: Sequence[str], limit: int | None) -> Iterator[str]:
    """Yield a line for each of the first *limit* items (None: all), and one with the number of the others."""
    yield from (f"  {item}" for item in items[:limit])
    if limit is not None and len(items) > limit:
        yield f"  and {len(items) - limit} more (--all lists them)"
