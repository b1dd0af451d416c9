"""`pelican-headshots export FOLDER`: everybody's headshot in the shapes that people ask for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..crop.headshot_sets import PAGE_AND_DOWNLOAD_SHAPES, align_sets
from ..pages.downloads import build_downloads
from ..pages.person_view import RESERVED_PERSON_IDS, make_person_slug
from ..people.gather import gather_people
from ..pipeline.site_build import SiteBuild
from ..scan.files import escape_for_terminal
from ..support import atomic_files
from ..support.filenames import make_name_key
from .site import add_options, open_site


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to write them; made if it is not there")
    parser.add_argument("--person", action="append", metavar="NAME", help="only theirs; may be given several times")
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 where everything asked for was written; 2 where a person is not there or a photograph could not be developed.

    Raises HeadshotsError.
    """
    return _export_headshots(open_site(arguments).create_build(), arguments.folder, arguments.person or [])


def _export_headshots(site_build: SiteBuild, folder: Path, names: list[str]) -> int:
    unusable = site_build.analyze_photos()
    settings = site_build.settings
    people = gather_people(
        site_build.classify_photos(), site_build.people_files, names_from_metadata=settings.names_from_metadata
    )
    alignment = align_sets(people, PAGE_AND_DOWNLOAD_SHAPES)
    site_build.processor.refresh_encoder_versions()
    plan = site_build.make_render_plan()
    taken = set(RESERVED_PERSON_IDS)
    person_by_slug = {make_person_slug(who, taken): who for who in people if who.entries or who.fields.get("name")}
    name_by_key = {make_name_key(name): name for name in names}
    keys_by_slug = {
        name: {make_name_key(name), make_name_key(who.fields.get("name", name))}
        for name, who in person_by_slug.items()
        if who.entries
    }
    wanted = {
        name: person_by_slug[name]
        for name, spellings in keys_by_slug.items()
        if not name_by_key or spellings & name_by_key.keys()
    }
    missing = [
        name for spelling, name in name_by_key.items() if not any(spelling in keys_by_slug[one] for one in wanted)
    ]
    files = {
        name: build_downloads(who.entries[0], "", name, alignment, plan, settings.rights)
        for name, who in wanted.items()
    }
    failures = site_build.processor.render_missing(plan, site_build.photos)
    written, total = 0, sum(map(len, files.values()))
    for each in (download for shapes in files.values() for download in shapes):
        data = site_build.store.renditions.get(plan.cache_keys[each.url])
        if data is not None:
            atomic_files.write(folder / each.url, data)
            written += 1
    site_build.store.save()
    for sentence in [*unusable.values(), *failures.values()]:
        print(escape_for_terminal(sentence), file=sys.stderr)
    for name in missing:
        print(f"There is no headshot of {escape_for_terminal(name)} on this site.", file=sys.stderr)
    if files:
        people_count = "1 person" if len(files) == 1 else f"{len(files)} people"
        print(f"{written} files of {people_count} are in {escape_for_terminal(str(folder))}.")
    elif not names:
        print("There is no headshot on this site yet.")
    return 2 if failures or missing or written < total else 0
