"""`pelican-headshots export FOLDER`: write each person's headshot in the usual shapes, or for the places that it goes to."""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..crop.headshot_sets import PAGE_AND_DOWNLOAD_SHAPES, align_sets
from ..pages.downloads import build_downloads
from ..pages.exports import EXPORT_PLACES, ExportPlace, PlannedExport, list_frame_shapes, plan_exports
from ..pages.person_view import RESERVED_PERSON_IDS, make_person_slug
from ..people.gather import Person, gather_people
from ..pipeline.site_build import SiteBuild
from ..scan.files import escape_for_terminal
from ..support import atomic_files
from ..support.filenames import make_name_key
from ..values.consent import ConsentUse
from ..values.notes import collect_set_framings
from .site import add_options, open_site

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of each file in a ZIP, the earliest that it can have: the same files always give the same ZIP."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="where to write the files; created if it does not exist"
    )
    parser.add_argument(
        "--for",
        dest="places",
        type=_parse_places,
        default=(),
        metavar="PLACES",
        help=f"the places that the files are for, separated by commas: {', '.join(EXPORT_PLACES)}",
    )
    parser.add_argument("--zip", action="store_true", help="also write all files into FOLDER.zip")
    parser.add_argument(
        "--person", action="append", metavar="NAME", help="only this person; may be given several times"
    )
    add_options(parser)


def _parse_places(text: str) -> tuple[ExportPlace, ...]:
    names = dict.fromkeys(name.strip().casefold() for name in text.split(",") if name.strip())
    if unknown := [name for name in names if name not in EXPORT_PLACES]:
        raise argparse.ArgumentTypeError(f"there is no place {unknown[0]!r}. Choose from: {', '.join(EXPORT_PLACES)}.")
    if not names:
        raise argparse.ArgumentTypeError(f"it names no place. Choose from: {', '.join(EXPORT_PLACES)}.")
    return tuple(EXPORT_PLACES[name] for name in names)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 if every file was written, or 2 if a person was not found or a file had to be left out.

    Raises HeadshotsError.
    """
    site_build = open_site(arguments).create_build()
    return _export_headshots(
        site_build, arguments.folder, arguments.person or [], arguments.places, with_zip=arguments.zip
    )


def _export_headshots(
    site_build: SiteBuild, folder: Path, names: list[str], places: Sequence[ExportPlace], *, with_zip: bool
) -> int:
    unusable = site_build.analyze_photos()
    settings = site_build.settings
    shapes = list_frame_shapes(places) if places else PAGE_AND_DOWNLOAD_SHAPES
    framings = collect_set_framings(site_build.notes)
    site_build.processor.refresh_encoder_versions()
    plan = site_build.make_render_plan()
    urls: list[str] = []
    exports: dict[str, PlannedExport] = {}
    slugs: set[str] = set()
    sentences: list[str] = []
    is_complete = True
    # Who may be shown may differ from place to place.
    uses: Sequence[tuple[ConsentUse, tuple[ExportPlace, ...]]] = [(place.name, (place,)) for place in places]
    for use, places_of_use in uses or [("export", ())]:
        consents = site_build.check_consents(use)
        people = gather_people(
            site_build.classify_photos(use),
            consents.people_files,
            names_from_metadata=settings.names_from_metadata,
            slug_replacements=settings.slug_replacements,
        )
        alignment = align_sets(people, shapes, settings.framing, framings)
        wanted, missing = _choose_people(people, names)
        slugs |= wanted.keys()
        sentences += [*consents.sentences, *(f"This site has no headshot of {name}." for name in missing)]
        is_complete &= not missing
        for slug, person in wanted.items():
            if places_of_use:
                planned = plan_exports(person, places_of_use, alignment, plan, settings.rights, slug=slug)
                exports |= {file.url: file for file in planned.files}
                urls += [file.url for file in planned.files]
                sentences += [*planned.small, *planned.left_out]
                is_complete &= not planned.left_out
            else:
                downloads = build_downloads(person.entries[0], alignment, plan, settings.rights, folder="", slug=slug)
                urls += [download.url for download in downloads]
    failures = site_build.processor.render_missing(plan, site_build.photos)
    written = []
    for url in urls:
        data = site_build.store.renditions.get(plan.cache_keys[url])
        if data is not None:
            atomic_files.write(folder / url, exports[url].finish(data) if url in exports else data)
            written.append(url)
    site_build.store.save()
    named_folder = folder if folder.name.strip(".") else folder.resolve()
    zip_file = named_folder.with_name(f"{named_folder.name}.zip") if with_zip and written else None
    if zip_file:
        atomic_files.write(zip_file, _build_zip(folder, written))
    for sentence in dict.fromkeys([*unusable.values(), *failures.values(), *sentences]):
        print(escape_for_terminal(sentence), file=sys.stderr)
    if slugs:
        people_count = "1 person" if len(slugs) == 1 else f"{len(slugs)} people"
        places_text = " and ".join(escape_for_terminal(str(path)) for path in (folder, zip_file) if path)
        print(f"{len(written)} files for {people_count} are in {places_text}.")
    elif not names:
        print("This site has no headshots yet.")
    return 0 if is_complete and not failures and len(written) == len(urls) else 2


def _choose_people(people: Sequence[Person], names: Sequence[str]) -> tuple[dict[str, Person], list[str]]:
    """Return the people with a photo that *names* ask for (all, if there are none) by slug, and the names not found."""
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
    return wanted, missing


def _build_zip(folder: Path, names: Iterable[str]) -> bytes:
    """Return a ZIP of the files *names* in *folder*, in alphabetical order. Pictures are compressed already."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(names):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.create_system = 3  # Unix on every system, so that the bytes are the same
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (folder / name).read_bytes())
    return buffer.getvalue()
