"""`pelican-headshots export FOLDER`: everybody's headshot in the shapes that people ask for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..adapters import disk
from ..adapters.originals.files import shown
from ..core.cropped.lineup import ALL_FORMATS, line_up
from ..core.routed.people import gather
from ..core.said.names import key
from ..core.shown.downloads import downloads
from ..core.shown.team import IDS, tag
from ..sites import add_options, opened
from ..studio import Studio


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write them; made if it is not there")
    parser.add_argument("--person", action="append", metavar="NAME", help="only theirs; may be given several times")
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 where everything asked for was written; 2 where a person is not there or a photograph could not be developed.

    Raises Trouble.
    """
    return _export(opened(arguments).studio(), arguments.folder, arguments.person or [])


def _export(studio: Studio, folder: Path, only: list[str]) -> int:
    refused = studio.look()
    chosen = studio.settings
    everybody = gather(studio.entries(), studio.people, names_from_metadata=chosen.names_from_metadata)
    lineup = line_up(everybody, ALL_FORMATS)
    studio.room.check_engine()
    order = studio.new_order()
    taken = set(IDS)
    called = {tag(who, taken): who for who in everybody if who.entries or who.facts.get("name")}
    asked = {key(name): name for name in only}
    spelt = {name: {key(name), key(who.facts.get("name", name))} for name, who in called.items() if who.entries}
    wanted = {name: called[name] for name, spellings in spelt.items() if not asked or spellings & asked.keys()}
    missing = [name for spelling, name in asked.items() if not any(spelling in spelt[one] for one in wanted)]
    files = {name: downloads(who.entries[0], "", name, lineup, order, chosen.rights) for name, who in wanted.items()}
    lost = studio.room.develop(order, studio.photos)
    written, total = 0, sum(map(len, files.values()))
    for each in (download for shapes in files.values() for download in shapes):
        data = studio.store.renditions.get(order.files[each.url])
        if data is not None:
            disk.write(folder / each.url, data)
            written += 1
    studio.store.save()
    for sentence in [*refused.values(), *lost.values()]:
        print(shown(sentence), file=sys.stderr)
    for name in missing:
        print(f"There is no headshot of {shown(name)} on this site.", file=sys.stderr)
    if files:
        people = "1 person" if len(files) == 1 else f"{len(files)} people"
        print(f"{written} files of {people} are in {shown(str(folder))}.")
    elif not only:
        print("There is no headshot on this site yet.")
    return 2 if lost or missing or written < total else 0
