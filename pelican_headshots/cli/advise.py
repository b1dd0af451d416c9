"""`pelican-headshots doctor [--json]`: advice about headshots and about sets of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

import msgspec

from ..advice.report import SetReport, report_sets
from ..people import routing
from ..scan.files import escape_for_terminal
from . import site


def add(parser: argparse.ArgumentParser) -> None:
    site.add_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs: every measure and score")


def run(arguments: argparse.Namespace) -> int:
    """0, whatever the advice. Raises HeadshotsError."""
    site_build = site.open_site(arguments).create_build()
    site_build.analyze_photos()
    site_build.store.save()
    reports = report_sets(
        routing.build_gallery_folders(
            site_build.photos, site_build.notes, headshot_bias=site_build.settings.headshot_bias
        )
    )
    if arguments.json:
        print(json.dumps(msgspec.to_builtins({"sets": reports})))
        return 0
    for line in format_advice(reports):
        print(line)
    return 0


def format_advice(reports: tuple[SetReport, ...]) -> Iterator[str]:
    """What the doctor says, line by line."""
    if not reports:
        yield "There are no headshots to look after."
    for set_report in reports:
        advice_by_path = {path: set_report.list_advice(path) for path in set_report.findings}
        count = len(set_report.findings)
        yield f"{escape_for_terminal(set_report.folder) or 'photos'}: {count} headshot{'s' if count != 1 else ''}"
        if set_report.deviations:
            is_majority = 2 * len(set_report.deviations) > count
            yield f"  {len(set_report.deviations)} of {count} {'differ: hardly a set' if is_majority else 'break the set'}"
        for path, sentences in advice_by_path.items():
            if sentences:
                yield f"  {escape_for_terminal(path)}"
                yield from (f"    {sentence}" for sentence in sentences)
        if not any(advice_by_path.values()):
            yield "  nothing to say: they look well"
        for name, path in set_report.best_frames.items():
            yield f"  {escape_for_terminal(name)}: the best of {len(set_report.frames[name])} frames is {escape_for_terminal(path)}"
