"""`pelican-headshots forget-person NAME`: list and remove what is kept about a person, and name what is left to do."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..cache.store import Store
from ..notes.loader import IGNORED_BY_NOTE, NOTES_FILE_NAME
from ..people.person_search import FoundPerson, NamedPhoto, find_person
from ..people.photo_names import list_photo_names
from ..pipeline import person_removal
from ..pipeline.person_removal import Exports, Mention
from ..scan.files import escape_for_terminal
from ..support.errors import HeadshotsError
from ..support.filenames import make_name_key
from ..values.geometry import Value
from ..values.notes import Note
from .site import SITE_IN_USE, SiteProject, add_options, open_site

if TYPE_CHECKING:
    from ..pipeline.site_build import SiteBuild


class _Findings(Value, frozen=True):
    """Everything about the person, as it is listed."""

    found: FoundPerson
    files_beside: tuple[str, ...]
    exports: Exports
    ignored_paths: frozenset[str]
    """Photos that are ignored already."""
    named_files: tuple[Path, ...]
    """Files outside the photos folder whose path contains the name."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    parser.add_argument("name", metavar="NAME", help="the full name; case, spaces and accents do not matter")
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    parser.add_argument("--list", action="store_true", help="only list what would be removed")
    parser.add_argument(
        "--with-groups", action="store_true", help="also keep photos out of the site that show others too"
    )
    parser.add_argument(
        "--exports",
        action="append",
        type=Path,
        metavar="FOLDER",
        default=[],
        help="a folder that `export` wrote into; may be given several times",
    )
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Return 0 if nothing is left to do (or with `--list`), 1 if something is, 2 if nothing names the person.

    Raises HeadshotsError.
    """
    for folder in arguments.exports:
        if not folder.is_dir():
            raise HeadshotsError(f"{folder} is not a folder. Name a folder of exports.")
    site = open_site(arguments)
    store = Store(site.cache_folder) if site.cache_folder.is_dir() and not arguments.list else None
    if store is not None and not store.build_lock.try_acquire_exclusive():
        print(SITE_IN_USE, file=sys.stderr)
        return 1
    planning = site.create_planning_generator()
    planning.plan()
    findings = _search(site, planning.site_build, arguments.name, arguments.exports)
    groups = () if arguments.with_groups else findings.found.group_photos
    photos = (*findings.found.photos, *(findings.found.group_photos if arguments.with_groups else ()))
    mentions = _find_mentions(site, arguments.name, photos)
    outside = (mentions, findings.named_files, findings.exports.files, findings.exports.archives)
    if findings.found.is_empty and not any(outside):
        print(_describe_unknown_name(planning.site_build, arguments.name), file=sys.stderr)
        return 2
    print(
        "\n".join(escape_for_terminal(line) for line in _format_findings(findings, with_groups=arguments.with_groups))
    )
    if arguments.list:
        _print_lines(_format_remaining(site, findings, mentions, arguments))
        return 0
    if not arguments.yes and not _confirm():
        print("Nothing was removed.")
        return 1
    is_cache_clean = _remove(site, store, planning.site_build, findings, with_groups=arguments.with_groups)
    mentions = _find_mentions(site, arguments.name, photos)
    _print_lines(_format_remaining(site, findings, mentions, arguments))
    if store is not None:
        for folder in person_removal.list_other_sites(store, site.output_folder):
            print(f"Another site is built from this cache: {escape_for_terminal(folder)}. Build it again too.")
    found = findings.found
    left = (mentions, groups, found.similar_paths, found.texts, findings.named_files, findings.exports.archives)
    is_done = is_cache_clean and not any(left)
    return 0 if is_done else 1


def _search(site: SiteProject, site_build: SiteBuild, name: str, export_folders: Sequence[Path]) -> _Findings:
    scanned_files, key = site_build.scanned_files, make_name_key(name)
    found = find_person(
        name,
        [file.path for file in scanned_files if person_removal.may_be_photo(file)],
        (*site_build.photos, *site_build.processor.read_unselected_photos()),
        site_build.notes,
        site_build.people_files,
    )
    files_beside = person_removal.find_files_beside(scanned_files, (*found.photos, *found.group_photos), key)
    exports = person_removal.find_exports(export_folders, *person_removal.list_slugs(site_build, name))
    ignored = frozenset(file.path for file in scanned_files if file.ignored_reason == IGNORED_BY_NOTE)
    named_files = person_removal.find_named_files(Path(site.pelican_settings["PATH"]), site.originals_folder, key)
    return _Findings(found, tuple(files_beside), exports, ignored, tuple(named_files))


def _remove(
    site: SiteProject, store: Store | None, site_build: SiteBuild, findings: _Findings, *, with_groups: bool
) -> bool:
    """Remove what is ours, print what was removed, and return whether the shared cache answered, if there is one."""
    photos = [*findings.found.photos, *(findings.found.group_photos if with_groups else ())]
    lock_folder = (store or site_build.store).writable_root
    changed = person_removal.edit_files(site_build, findings.found, lock_folder, with_groups=with_groups)
    person_removal.delete_files(Path(name) for name in findings.exports.files)
    person_removal.delete_files([site.folder / "build-report.json"])
    planning = site.create_planning_generator()
    changes, *_ = planning.plan()
    print()
    for name in changed:
        print(f"Changed: {escape_for_terminal(str(site.originals_folder / name))}")
    if findings.exports.files:
        print(f"Deleted: the exports listed above ({len(findings.exports.files)}).")
    if store is not None:
        count = person_removal.delete_from_cache(
            store, site_build, photos, findings.files_beside, planning.site_build.render_plan
        )
        subject = "1 photo" if len(photos) == 1 else f"{len(photos)} photos"
        print(f"Deleted from the cache: what is known of {subject}, and {count} pictures that nothing else needs.")
    is_cache_clean = True
    if "://" in site.settings.cache:
        is_cache_clean = person_removal.delete_from_shared_cache(site_build, photos)
        done, failed = "Deleted from the shared cache too.", "The shared cache did not answer. Run this again."
        print(done if is_cache_clean else failed)
    pages = sum(name.endswith((".html", ".vcf")) for name in changes.removed)
    print(
        f"The next build removes {len(changes.removed)} files from the site (pages and vCards: {pages}). Build and publish "
        "it now."
    )
    return is_cache_clean


def _find_mentions(site: SiteProject, name: str, photos: Sequence[NamedPhoto]) -> list[Mention]:
    overrides = [site.folder / each for each in site.pelican_settings.get("THEME_TEMPLATES_OVERRIDES", ())]
    folders = [Path(site.pelican_settings["PATH"]), site.originals_folder, *overrides]
    texts = person_removal.list_texts(folders, site.folder)
    return person_removal.find_mentions(site.folder, texts, make_name_key(name), photos, site.originals_folder)


def _confirm() -> bool:
    """Ask whether to remove everything; without a terminal, the answer is no."""
    if not sys.stdin.isatty():
        print("Add --yes to remove all of this.")
        return False
    from rich.prompt import Confirm

    try:
        return Confirm.ask("Remove all of this?", default=False)
    except EOFError:
        return False


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(escape_for_terminal(line))


def _format_findings(findings: _Findings, *, with_groups: bool) -> Iterator[str]:
    """Yield the lines that list what will be removed."""
    found = findings.found
    removed = [*found.photos, *(found.group_photos if with_groups else ())]
    yield f"Photos to be kept out of the site, by `ignored = true` in {NOTES_FILE_NAME} ({len(removed)}):"
    for photo in removed:
        done = "; ignored already" if photo.path in findings.ignored_paths else ""
        yield f"  {_format_photo(photo)}{done}"
    notes = [(photo.note.folder, photo.note.name) for photo in removed if photo.note is not None]
    for folder, name in dict.fromkeys((*notes, *found.lone_notes)):
        yield f'Note: [photos."{name}"] in {f"{folder}/{NOTES_FILE_NAME}".removeprefix("/")}'
    for entry in found.entries:
        yield f"Entry: {entry.name}, person {entry.index + 1} in {entry.file}"
    for name in findings.exports.files:
        yield f"Export: {name}"
    yield "Cache: the records and pictures of these photos, and build-report.json, which the next build writes again"


def _format_photo(photo: NamedPhoto) -> str:
    others = f"; with {', '.join(photo.others)}" if photo.others else ""
    return f"{photo.path}: {', '.join(photo.sources)}{others}"


def _format_remaining(
    site: SiteProject, findings: _Findings, mentions: Sequence[Mention], arguments: argparse.Namespace
) -> Iterator[str]:
    """Yield the lines about what only the photographer can do."""
    found, folder = findings.found, site.originals_folder
    groups = () if arguments.with_groups else found.group_photos
    originals = [photo.path for photo in found.photos] + [photo.path for photo in found.group_photos if not groups]
    originals = [path for path in (*originals, *findings.files_beside) if (folder / path).exists()]
    if originals:
        yield ""
        yield f"Originals ({len(originals)}), which are yours and stay where they are; move or delete them yourself:"
        yield from (f"  {folder / path}" for path in originals)
        yield f"While they lie there, `ignored = true` in {NOTES_FILE_NAME} keeps them out, by their file names."
    if groups:
        yield ""
        yield f"Photos with others ({len(groups)}), which stay in the site; --with-groups keeps them out too:"
        yield from (f"  {_format_photo(photo)}" for photo in groups)
    similar = (*(folder / path for path in found.similar_paths), *findings.named_files)
    if similar:
        yield ""
        yield "Other files whose name or folder contains the name; if they are about the person, rename or remove them:"
        yield from (f"  {path}" for path in similar)
    if found.texts:
        yield ""
        yield "Metadata that names the person, in these files:"
        yield from (f"  {folder / path}: {field}" for path, field in found.texts)
    if mentions:
        yield ""
        yield (
            "Lines that name the person or show these photos; what is not removed with the above is for you to change:"
            if arguments.list
            else f"Lines that only you can change ({len(mentions)}):"
        )
        yield from (f"  {mention.file}:{mention.line}: {mention.reason}" for mention in mentions)
    if findings.exports.archives:
        yield ""
        yield "Archives with files of the person and of others; delete them and export again:"
        yield from (f"  {name}" for name in findings.exports.archives)
    if not arguments.exports:
        yield ""
        yield "Exports were not searched. Name their folders with --exports FOLDER."


def _describe_unknown_name(site_build: SiteBuild, name: str) -> str:
    photo_names = (each.name for photo in site_build.photos for each in list_photo_names(photo.path, photo, Note()))
    names = {*photo_names, *(person.name for file in site_build.people_files for person in file.people)}
    by_key = {make_name_key(each): each for each in names}
    close = difflib.get_close_matches(make_name_key(name), by_key, n=1)
    hint = f" Did you mean {by_key[close[0]]}?" if close else " Write the full name as on the site."
    return escape_for_terminal(f"Nothing in this site names {name}.{hint}")
