"""Remove what is kept about one person: notes, entries in people files, the cache, exports. Originals are never touched."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import get_args

from tomlkit.toml_document import TOMLDocument

from ..cache.remote import RemoteCache
from ..cache.store import Store
from ..images.plan import RenderPlan
from ..notes import editor
from ..notes.loader import IGNORED_BY_NOTE, NOTES_FILE_NAME
from ..pages.downloads import DOWNLOAD_FORMATS
from ..pages.person_view import RESERVED_PERSON_IDS, make_person_slug
from ..people.gather import SOURCE_FILE_NAME, gather_people
from ..people.people_editor import remove_people
from ..people.person_search import FoundPerson, NamedPhoto, contains_name, find_lines
from ..scan.files import ScannedFile
from ..support.atomic_files import make_disk_error
from ..support.filenames import make_name_key, normalize_nfc, slugify
from ..values.consent import ConsentUse
from ..values.geometry import Value
from .site_build import SiteBuild

_TEXT_SUFFIXES = (".md", ".markdown", ".mkd", ".mdown", ".rst", ".asc", ".txt", ".html", ".htm", ".toml", ".csv")
_MAX_TEXT_BYTES = 4 << 20
_EXPORT_NAMES = "|".join((*(each.name for each in DOWNLOAD_FORMATS), *get_args(ConsentUse)))
"""What follows the name of the person in the name of an exported file, perhaps with more words."""


class Mention(Value, frozen=True):
    """A line of a text that names the person or shows a photo of them."""

    file: str
    """Relative to the site's folder."""
    line: int
    reason: str


class Exports(Value, frozen=True):
    """Files of the person in the folders of exports."""

    files: tuple[str, ...]
    archives: tuple[str, ...]
    """ZIP files that contain some, beside those of others."""


def may_be_photo(file: ScannedFile) -> bool:
    """Return whether a note can keep *file* out of the site: a photo, also one that cannot be used or is ignored."""
    return not file.ignored_reason or file.ignored_reason == IGNORED_BY_NOTE


def find_files_beside(scanned_files: Iterable[ScannedFile], photos: Iterable[NamedPhoto], key: str) -> list[str]:
    """Return the files that belong to *photos* or are named after the person, but are no photos: sidecars, videos."""
    stems = {photo.path.rpartition(".")[0] for photo in photos} | {photo.path for photo in photos}
    return [
        file.path
        for file in scanned_files
        if not may_be_photo(file)
        and (
            file.path.rpartition(".")[0] in stems
            or key in (make_name_key(part) for part in Path(file.path).stem.split("_"))
        )
    ]


def find_mentions(
    folder: Path, texts: Iterable[Path], key: str, photos: Sequence[NamedPhoto], originals_folder: Path
) -> list[Mention]:
    """Return the lines of *texts* that name the person or show one of *photos*, with paths relative to *folder*.

    File names of ignored photos in notes do not count.
    """
    file_names = {photo.path.rpartition("/")[2] for photo in photos}
    mentions = []
    for path in texts:
        text = path.read_bytes().decode("utf-8", "replace")
        named, lines = set(find_lines(text, key)), text.splitlines()
        is_notes_file = path.name == NOTES_FILE_NAME and path.is_relative_to(originals_folder)
        for number, line in enumerate(lines, 1):
            shown = next((name for name in file_names if name in line), "")
            if is_notes_file and shown:
                continue
            if number in named or shown:
                name = os.path.relpath(path, folder)
                mentions.append(Mention(name, number, "names the person" if number in named else f"shows {shown}"))
    return mentions


def find_named_files(content_folder: Path, originals_folder: Path, key: str) -> list[Path]:
    """Return the files of *content_folder* outside the photos folder whose path contains the name with this *key*."""
    return [
        path
        for path in sorted(content_folder.rglob("*"))
        if path.is_file()
        and not path.is_relative_to(originals_folder)
        and contains_name(os.path.relpath(path, content_folder), key)
    ]


def list_texts(folders: Iterable[Path], site_folder: Path) -> list[Path]:
    """Return what people write: texts anywhere in *folders*, and settings and texts directly in *site_folder*."""
    found = {path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in _TEXT_SUFFIXES}
    found |= {path for path in site_folder.iterdir() if path.suffix in (".py", *_TEXT_SUFFIXES)}
    return sorted(path for path in found if path.is_file() and path.stat().st_size <= _MAX_TEXT_BYTES)


def find_exports(folders: Iterable[Path], slugs: Collection[str], other_slugs: Collection[str]) -> Exports:
    """Return the files of a person in *folders*: `jane-doe-square.jpg`, and not `jane-doe-smith-square.jpg`.

    Args:
        folders: Folders with exports.
        slugs: The names of the person in file names.
        other_slugs: Those of everybody else.
    """
    files, archives = [], []
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if _is_of_person(path.stem, slugs, other_slugs):
                files.append(str(path))
            elif zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    if any(_is_of_person(Path(name).stem, slugs, other_slugs) for name in archive.namelist()):
                        archives.append(str(path))
    return Exports(tuple(files), tuple(archives))


def _is_of_person(stem: str, slugs: Collection[str], other_slugs: Collection[str]) -> bool:
    matches = [slug for slug in (*slugs, *other_slugs) if re.fullmatch(rf"{slug}([-_]({_EXPORT_NAMES})(-.*)?)?", stem)]
    return bool(matches) and max(matches, key=len) in slugs


def list_slugs(site_build: SiteBuild, name: str) -> tuple[set[str], set[str]]:
    """Return the names in files of the person called *name*, and those of everybody else."""
    entries = [entry for folder in site_build.folders for entry in folder.entries]
    replacements = site_build.settings.slug_replacements
    people = gather_people(
        entries,
        site_build.people_files,
        names_from_metadata=site_build.settings.names_from_metadata,
        slug_replacements=replacements,
    )
    taken, key = set(RESERVED_PERSON_IDS), make_name_key(name)
    # Exports may have been made before `slug_replacements` was set.
    own, others = {slugify(name), slugify(name, replacements=replacements)}, set[str]()
    for person in people:
        (own if make_name_key(person.name) == key else others).add(make_person_slug(person, taken))
    return own, others - own


def edit_files(site_build: SiteBuild, found: FoundPerson, lock_folder: Path, *, with_groups: bool) -> list[str]:
    """Remove the person from notes and people files. Return the names of the changed files, relative to the photos folder.

    Raises:
        HeadshotsError: A file cannot be edited. Those before it have been changed.
    """
    originals_folder = site_build.originals_folder
    by_file: dict[str, set[int]] = {}
    for entry in found.entries:
        by_file.setdefault(entry.file, set()).add(entry.index)
    for name, indexes in by_file.items():
        remove_people(originals_folder / name, name, indexes, site_build.settings.columns)
    notes_editor = editor.NotesEditor(lock_folder / "notes.lock")
    changed = []
    with notes_editor.lock_notes():
        for folder, edit in _plan_note_edits(site_build, found, with_groups=with_groups).items():
            name = f"{folder}/{NOTES_FILE_NAME}".removeprefix("/")
            file_edit = notes_editor.edit(originals_folder / name, edit)
            changed += [name] if file_edit.before != file_edit.after else []
    return [*by_file, *changed]


def _plan_note_edits(site_build: SiteBuild, found: FoundPerson, *, with_groups: bool) -> Mapping[str, _FolderEdit]:
    edits: dict[str, _FolderEdit] = {}
    groups = () if with_groups else found.group_photos
    ignored = [*found.photos, *(found.group_photos if with_groups else ())]

    def edit_of(folder: str) -> _FolderEdit:
        return edits.setdefault(folder, _FolderEdit())

    for location in found.lone_notes:
        edit_of(location.folder).changes.append(partial(editor.remove_note, name=location.name))
    for photo in ignored:
        folder, name = photo.folder, photo.name
        if (
            photo.note is not None
            and photo.note.folder == folder
            and normalize_nfc(photo.note.name) == normalize_nfc(name)
        ):
            name = photo.note.name
        elif photo.note is not None:
            edit_of(photo.note.folder).changes.append(partial(editor.remove_note, name=photo.note.name))
        edit_of(folder).changes.append(partial(editor.ignore_file, name=name))
        if folder and "" in site_build.notes:
            edit_of("").changes.append(partial(editor.remove_cover, path=photo.path))
    names_from_metadata = site_build.settings.names_from_metadata
    for photo in groups:
        folder, name = photo.note or (photo.folder, photo.name)
        would_be_named = SOURCE_FILE_NAME in photo.sources or (
            names_from_metadata and any(source.startswith("metadata") for source in photo.sources)
        )
        if photo.note is not None or would_be_named:
            edit_of(folder).changes.append(partial(editor.remove_person_fields, name=name, is_nobody=would_be_named))
    return edits


class _FolderEdit:
    """The changes of one notes file, in order."""

    def __init__(self) -> None:
        self.changes: list[_Change] = []

    def __call__(self, document: TOMLDocument) -> None:
        for change in self.changes:
            change(document)


_Change = partial[None]


def delete_from_cache(
    store: Store,
    site_build: SiteBuild,
    photos: Collection[NamedPhoto],
    files_beside: Collection[str],
    wanted: RenderPlan,
) -> int:
    """Delete what the cache keeps about *photos*. Return the number of renditions. Call it while holding the lock alone.

    Args:
        store: The cache.
        site_build: The build before the person was removed.
        photos: The photos of the person.
        files_beside: Their sidecars.
        wanted: Every rendition of the site without the person.
    """
    present = {file.path for file in site_build.scanned_files}
    keys = store.database.get_records("original").keys()
    gone = {key for key in keys if not os.path.isabs(key) and key not in present}
    removed = store.forget(
        {photo.digest for photo in photos if photo.digest},
        {photo.path for photo in photos} | set(files_beside) | gone,
        site_build.processor.seen_digests,
        {key for renditions in wanted.renditions.values() for key in renditions},
    )
    store.save()
    return removed


def delete_from_shared_cache(site_build: SiteBuild, photos: Collection[NamedPhoto]) -> bool:
    """Delete what the shared cache keeps about *photos*; return whether it answered.

    Renditions are found by the plan of the build before the person was removed, because their names do not say what they
    show.
    """
    digests = {photo.digest for photo in photos if photo.digest}
    keys = [key for digest in digests for key in site_build.render_plan.renditions.get(digest, {})]
    return RemoteCache(site_build.settings.cache).delete(keys, [f"{digest}." for digest in digests])


def delete_files(paths: Iterable[Path]) -> None:
    """Delete *paths*. Raises DiskError."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise make_disk_error(path, error) from error


def list_other_sites(store: Store, output_folder: Path) -> Iterator[str]:
    """Yield the folders of other sites that are built from the same cache."""
    sites = store.published_files.keys()
    for site in sites:
        folder = (store.root / site).resolve()
        if folder.is_dir() and folder != output_folder.resolve():
            yield str(folder)
