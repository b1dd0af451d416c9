"""`pelican-headshots advise [--json]`: advice about headshots and about sets of them."""

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
    """Add the command's arguments to *parser*."""
    site.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object with every measurement and score")


def run(arguments: argparse.Namespace) -> int:
    """Return 0, whatever the advice is. Raises HeadshotsError."""
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
    """Yield the lines of the advice."""
    if not reports:
        yield "There are no headshots."
    for set_report in reports:
        advice_by_path = {path: set_report.list_advice(path) for path in set_report.findings}
        count = len(set_report.findings)
        yield f"{escape_for_terminal(set_report.folder) or 'photos'}: {count} headshot{'s' if count != 1 else ''}"
        if set_report.deviations:
            yield f"  {len(set_report.deviations)} of {count} look inconsistent"
        for path, sentences in advice_by_path.items():
            if sentences:
                yield f"  {escape_for_terminal(path)}"
                yield from (f"    {sentence}" for sentence in sentences)
        if not any(advice_by_path.values()):
            yield "  no advice: they look good"
        for name, path in set_report.best_frames.items():
            frame_count = len(set_report.frames[name])
            yield f"  {escape_for_terminal(name)}: the best of {frame_count} photos is {escape_for_terminal(path)}"
