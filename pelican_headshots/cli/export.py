"""`pelican-headshots export FOLDER`: write each person's headshot in the usual shapes."""

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
from ..values.consent import ConsentUse
from ..values.notes import collect_set_framings
from .site import add_options, open_site

CONSENT_USE: ConsentUse = "export"
"""The use that the consent of a person or photo must include."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="where to write the files; created if it does not exist"
    )
    parser.add_argument(
        "--person", action="append", metavar="NAME", help="only this person; may be given several times"
    )
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 if every file was written, or 2 if a person was not found or a photo could not be rendered.

    Raises HeadshotsError.
    """
    return _export_headshots(open_site(arguments).create_build(), arguments.folder, arguments.person or [])


def _export_headshots(site_build: SiteBuild, folder: Path, names: list[str]) -> int:
    unusable = site_build.analyze_photos()
    settings = site_build.settings
    consents = site_build.check_consents(CONSENT_USE)
    people = gather_people(
        site_build.classify_photos(CONSENT_USE), consents.people_files, names_from_metadata=settings.names_from_metadata
    )
    alignment = align_sets(people, PAGE_AND_DOWNLOAD_SHAPES, settings.framing, collect_set_framings(site_build.notes))
    site_build.processor.refresh_encoder_versions()
    plan = site_build.make_render_plan()
    taken = set(RESERVED_PERSON_IDS)
    person_by_slug = {
        make_person_slug(person, taken): person for person in people if person.entries or person.fields.get("name")
    }
    name_by_key = {make_name_key(name): name for name in names}
    keys_by_slug = {
        slug: {make_name_key(slug), make_name_key(person.fields.get("name", slug))}
        for slug, person in person_by_slug.items()
        if person.entries
    }
    wanted = {
        slug: person_by_slug[slug]
        for slug, keys in keys_by_slug.items()
        if not name_by_key or keys & name_by_key.keys()
    }
    missing = [name for key, name in name_by_key.items() if not any(key in keys_by_slug[slug] for slug in wanted)]
    files = {
        slug: build_downloads(person.entries[0], alignment, plan, settings.rights, folder="", slug=slug)
        for slug, person in wanted.items()
    }
    failures = site_build.processor.render_missing(plan, site_build.photos)
    written, total = 0, sum(map(len, files.values()))
    for download in (download for downloads in files.values() for download in downloads):
        data = site_build.store.renditions.get(plan.cache_keys[download.url])
        if data is not None:
            atomic_files.write(folder / download.url, data)
            written += 1
    site_build.store.save()
    for sentence in [*unusable.values(), *failures.values(), *consents.sentences]:
        print(escape_for_terminal(sentence), file=sys.stderr)
    for name in missing:
        print(f"This site has no headshot of {escape_for_terminal(name)}.", file=sys.stderr)
    if files:
        people_count = "1 person" if len(files) == 1 else f"{len(files)} people"
        print(f"{written} files for {people_count} are in {escape_for_terminal(str(folder))}.")
    elif not names:
        print("This site has no headshots yet.")
    return 2 if failures or missing or written < total else 0
