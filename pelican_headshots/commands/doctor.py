"""`pelican-headshots doctor [--json]`: advice about headshots and about sets of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

import msgspec

from .. import sites
from ..adapters.originals.files import shown
from ..core.advised.ward import Ward, round_of
from ..core.routed import curate


def add(parser: argparse.ArgumentParser) -> None:
    sites.add_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs: every measure and score")


def run(arguments: argparse.Namespace) -> int:
    """0, whatever the advice. Raises Trouble."""
    studio = sites.opened(arguments).studio()
    studio.look()
    studio.store.save()
    wards = round_of(curate.folders(studio.photos, studio.notes, lean=studio.settings.lean))
    if arguments.json:
        print(json.dumps(msgspec.to_builtins({"sets": wards})))
        return 0
    for line in told(wards):
        print(line)
    return 0


def told(wards: tuple[Ward, ...]) -> Iterator[str]:
    """What the doctor says, line by line."""
    if not wards:
        yield "There are no headshots to look after."
    for ward in wards:
        advised = {path: ward.advice(path) for path in ward.findings}
        count = len(ward.findings)
        yield f"{shown(ward.folder) or 'photos'}: {count} headshot{'s' if count != 1 else ''}"
        if ward.breaks:
            most = 2 * len(ward.breaks) > count
            yield f"  {len(ward.breaks)} of {count} {'differ: hardly a set' if most else 'break the set'}"
        for path, sentences in advised.items():
            if sentences:
                yield f"  {shown(path)}"
                yield from (f"    {sentence}" for sentence in sentences)
        if not any(advised.values()):
            yield "  nothing to say: they look well"
        for name, path in ward.best.items():
            yield f"  {shown(name)}: the best of {len(ward.frames[name])} frames is {shown(path)}"
