"""One review: every photo with its classification, and decisions that are written into `notes.toml`.

A decision is written at once, under the digest of the photo, into the file as it is at that moment: other windows, an
editor and a running build see it, and nothing that somebody else has written meanwhile is lost.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from tomlkit.toml_document import TOMLDocument

from ..notes import edits as note_edits
from ..notes.editor import FileEdit, NotesEditor, set_gallery_fields, set_gallery_order, set_note_fields
from ..notes.edits import EditConflict, GalleryEdit, NoteEdit, OrderEdit
from ..notes.index import NoteLocation
from ..notes.loader import NOTES_FILE_NAME
from ..people.routing import GalleryFolder, classify_with_note
from ..pipeline.site_build import SiteBuild
from ..scan.files import ScannedFile, escape_for_terminal
from ..values.notes import Note, collect_set_framings
from ..values.photo import Photo
from ..values.rendition import FramingName
from . import view
from .state import ReviewState

FIRST_PHOTOS_COUNT = 200
"""Photos that the first response describes: more than a window shows."""


class EditRejectedError(Exception):
    """An edit was not written; the message says why. *conflicts* are the fields that somebody else changed meanwhile."""

    def __init__(self, message: str, conflicts: Sequence[EditConflict] = ()) -> None:
        super().__init__(message)
        self.conflicts = conflicts


class _UndoEntry(msgspec.Struct, frozen=True):
    """What was written, and how to undo it."""

    edits: list[FileEdit]
    changes: tuple[NoteEdit, ...] = ()
    order_edit: OrderEdit | None = None
    gallery_edits: tuple[GalleryEdit, ...] = ()

    def describe(self, paths_by_digest: Mapping[str, str]) -> str:
        """Return a few words about the edit."""
        if self.order_edit:
            return f"the order of {self.order_edit.folder or 'photos'}"
        if len(self.gallery_edits) > 1:
            return "the order of the galleries"
        if self.gallery_edits:
            return f"the gallery {self.gallery_edits[0].folder or 'photos'}"
        if len(self.changes) > 1:
            return f"{len(self.changes)} photos"
        return paths_by_digest[self.changes[0].digest].rpartition("/")[2]


class ReviewSession:
    """The review of the photos of *site_build*, which nothing else may use. A lock lets one call run at a time."""

    def __init__(self, site_build: SiteBuild) -> None:
        self.site_build = site_build
        self.lock = threading.RLock()
        self.review_state = ReviewState(site_build.settings, site_build.classification_cache)
        self._editor = NotesEditor(site_build.store.writable_root / "notes.lock")
        self._undo_entries: list[_UndoEntry] = []
        self._photos_by_path: dict[str, Photo] = {}
        self._paths_by_digest: dict[str, str] = {}
        """Digest → path of every photo that this session has shown, also of those deleted since."""
        self._version = self._version_before = self._analyzed_version = ""
        self.skipped: dict[str, str] = {}
        self.refresh()

    def compute_version(self) -> str:
        """Return a text that changes when a file in the photos folder changes. Raises NotesError and PeopleFileError."""
        with self.lock:
            self.site_build.scan_photos()
            return self._hash_files(self.site_build.scanned_files)

    def refresh(self) -> None:
        """Analyze new photos and classify all of them again. Raises what `compute_version` raises."""
        with self.lock:
            self._version = self.compute_version()
            self._analyzed_version = self._compute_pictures_version()
            self.skipped = self.site_build.analyze_photos()
            self._photos_by_path = {photo.path: photo for photo in self.photos}
            self._paths_by_digest |= {photo.digest: photo.path for photo in self.photos}
            self.review_state.update(self.photos, self.site_build.notes, self.site_build.routing_context)

    @property
    def photos(self) -> tuple[Photo, ...]:
        """All photos that can be used."""
        return self.site_build.photos

    def read_current_photos(self) -> tuple[str, tuple[Photo, ...]]:
        """Return the version and the photos as the files are now. Raises what `compute_version` raises."""
        with self.lock:
            if self.compute_version() != self._version:
                self.refresh()
            return self._version, self.photos

    def find_photo(self, digest: str) -> Photo | None:
        """Return the photo with this digest, if it is in the photos folder."""
        return self.review_state.find_photo(digest)

    def list_least_sure_first(self) -> list[Photo]:
        """Return the photos that need checking, then the others, then those decided by a note, each by rising confidence."""
        with self.lock:
            return sorted(self.photos, key=self._rank)

    def _rank(self, photo: Photo) -> tuple[bool, bool, float, str]:
        bias, classification_cache = self.site_build.settings.headshot_bias, self.review_state.classification_cache
        automatic = classify_with_note(photo, Note(), bias, classification_cache)
        is_decided = not isinstance(self.review_state.note_index.get_note(photo).kind, msgspec.UnsetType)
        return is_decided, not automatic.is_unsure, automatic.confidence, photo.path

    def get_page_data(self) -> dict[str, Any]:
        """Return what the page shows first. Raises what `compute_version` raises.

        `order` names all photos, the least certain first. `photos` describes the first of them; for the others there is
        `describe_photos`.
        """
        with self.lock:
            self.read_current_photos()
            ordered = self.list_least_sure_first()
            return {
                **self._describe_page(ordered[:FIRST_PHOTOS_COUNT]),
                "order": [photo.path for photo in ordered],
                "skipped": self.skipped,
                "moods": self.site_build.settings.mood_names,
            }

    def describe_photos(self, paths: Sequence[str]) -> dict[str, Any]:
        """Return the data of the photos with these paths, as far as they are there, and the version to which it belongs."""
        with self.lock:
            photos = [self._photos_by_path[path] for path in paths if path in self._photos_by_path]
            return {"version": self._version, "photos": self._build_photos_data(photos)}

    def _describe_page(self, photos: Iterable[Photo]) -> dict[str, Any]:
        return {
            "version": self._version,
            "photos": self._build_photos_data(photos),
            "galleries": [view.build_gallery_data(folder) for folder in self.review_state.folders],
            "home_photo": self._get_gallery_fields("").get("cover", ""),
            "undoable": len(self._undo_entries),
            "undoes": self._undo_entries[-1].describe(self._paths_by_digest) if self._undo_entries else "",
        }

    def _build_photos_data(self, photos: Iterable[Photo]) -> list[dict[str, Any]]:
        state, headshot_bias = self.review_state, self.site_build.settings.headshot_bias
        gallery_titles = {folder.path: folder.title for folder in state.folders}
        listed_texts = view.collect_people_file_texts(state.folders, self.site_build.people_files)
        return [
            view.build_photo_data(
                each,
                state.note_index,
                headshot_bias=headshot_bias,
                advice=state.get_advice(each),
                listed_texts=listed_texts.get(each.path, {}),
                classification_cache=state.classification_cache,
                translations=self.site_build.translations,
                gallery_title=gallery_titles.get(each.folder, ""),
            )
            for each in photos
        ]

    @staticmethod
    def _hash_files(found: Iterable[ScannedFile]) -> str:
        encoded = msgspec.msgpack.encode([(os.fsencode(each.path), each.file_stat) for each in found])
        return hashlib.blake2b(encoded, digest_size=8).hexdigest()

    def _compute_pictures_version(self) -> str:
        """Return the version of all files except notes."""
        return self._hash_files(each for each in self.site_build.scanned_files if each.name != NOTES_FILE_NAME)

    def find_photo_and_folder(self, digest: str) -> tuple[Photo, GalleryFolder, FramingName] | None:
        """Return the photo with this digest, its folder and the framing there; None if it is hidden or was deleted."""
        with self.lock:
            photo = self.find_photo(digest)
            folders = self.review_state.folders
            framings, default = collect_set_framings(self.site_build.notes), self.site_build.settings.framing
            return next(
                (
                    (photo, folder, framings.get(folder.path.partition("/")[0], default))
                    for folder in folders
                    if photo and folder.path == photo.folder
                ),
                None,
            )

    def apply_changes(self, changes: Sequence[NoteEdit], *, record_undo: bool = True) -> dict[str, Any]:
        """Write all *changes* or none. Raises EditRejectedError and HeadshotsError."""
        for change in changes:
            if error := note_edits.explain_invalid_edit(change):
                raise EditRejectedError(error)
        with self.lock, self._editor.lock_notes():
            self._reload_notes()
            changes_by_folder: dict[str, list[tuple[NoteLocation, NoteEdit]]] = {}
            inverse_changes: list[NoteEdit] = []
            conflicts: list[EditConflict] = []
            for change in changes:
                location = self._locate_note(change.digest)
                current_fields = self._get_note_fields(location)
                conflicts += note_edits.find_conflicts(change, current_fields)
                changes_by_folder.setdefault(location.folder, []).append((location, change))
                inverse_changes.append(
                    NoteEdit(
                        change.digest, {field: current_fields.get(field) for field in change.fields}, change.fields
                    )
                )
            if conflicts:
                raise EditRejectedError("It has been changed elsewhere since this page showed it.", conflicts)
            edits = [
                self._edit_notes(folder, _make_document_editor(folder_changes))
                for folder, folder_changes in changes_by_folder.items()
            ]
            return self._finish_edit(
                _UndoEntry(edits, changes=tuple(inverse_changes)), {change.digest for change in changes}, record_undo
            )

    def apply_order(self, order_edit: OrderEdit, *, record_undo: bool = True) -> dict[str, Any]:
        """Write the order of a gallery. Raises EditRejectedError and HeadshotsError."""
        with self.lock, self._editor.lock_notes():
            self._reload_notes()
            names = {
                photo.digest: escape_for_terminal(photo.path.rpartition("/")[2])
                for photo in self.photos
                if photo.folder == order_edit.folder
            }
            current_order = tuple(
                digest
                for folder in self.review_state.folders
                if folder.path == order_edit.folder
                for digest in view.list_gallery_digests(folder)
            )
            if order_edit.seen and order_edit.seen != current_order:
                raise EditRejectedError(
                    "The order of this gallery has been changed elsewhere since this page showed it."
                )
            order = [digest for digest in order_edit.order if digest in names]
            if not order:
                raise EditRejectedError("None of these photos is in this gallery any more.")
            edit = self._edit_notes(
                order_edit.folder,
                lambda document: set_gallery_order(document, [names[digest] for digest in order], order),
            )
            return self._finish_edit(
                _UndoEntry([edit], order_edit=OrderEdit(order_edit.folder, current_order)), set(order), record_undo
            )

    def apply_gallery_edits(self, gallery_edits: Sequence[GalleryEdit], *, record_undo: bool = True) -> dict[str, Any]:
        """Write all *gallery_edits* or none. Raises EditRejectedError and HeadshotsError."""
        for gallery_edit in gallery_edits:
            if error := note_edits.explain_invalid_edit(gallery_edit, self.site_build.settings.mood_names):
                raise EditRejectedError(error)
        with self.lock, self._editor.lock_notes():
            self._reload_notes()
            folders = {"", *self.site_build.notes, *(photo.folder for photo in self.photos)}
            current = {edit.folder: self._get_gallery_fields(edit.folder) for edit in gallery_edits}
            if not gallery_edits or not set(current) <= folders:
                raise EditRejectedError("This gallery is not there any more.")
            if conflicts := [
                conflict for edit in gallery_edits for conflict in note_edits.find_conflicts(edit, current[edit.folder])
            ]:
                raise EditRejectedError("It has been changed elsewhere since this page showed it.", conflicts)
            inverse_edits = tuple(
                GalleryEdit(edit.folder, {field: current[edit.folder].get(field) for field in edit.fields}, edit.fields)
                for edit in gallery_edits
            )
            edits = [self._edit_notes(edit.folder, _make_gallery_editor(edit)) for edit in gallery_edits]
            return self._finish_edit(_UndoEntry(edits, gallery_edits=inverse_edits), set(), record_undo)

    def undo(self) -> dict[str, Any]:
        """Undo the last edit; the file is restored exactly if nobody has written it since. Raises as `apply_changes`."""
        with self.lock:
            if not self._undo_entries:
                raise EditRejectedError("There is nothing to undo.")
            self._reload_notes()
            entry = self._undo_entries[-1]
            affected_digests = {change.digest for change in entry.changes} | set(
                entry.order_edit.order if entry.order_edit else ()
            )
            with self._editor.lock_notes():
                unrestored_edits = [edit for edit in entry.edits if not self._editor.restore(edit)]
            if unrestored_edits and entry.order_edit:
                self.apply_order(entry.order_edit, record_undo=False)
            elif unrestored_edits and entry.gallery_edits:
                files = {edit.path for edit in unrestored_edits}
                self.apply_gallery_edits(
                    [edit for edit in entry.gallery_edits if self._get_notes_path(edit.folder) in files],
                    record_undo=False,
                )
            elif unrestored_edits:
                files = {edit.path for edit in unrestored_edits}
                changes_to_reapply = [
                    change
                    for change in entry.changes
                    if self._get_notes_path(self._locate_note(change.digest).folder) in files
                ]
                self.apply_changes(changes_to_reapply, record_undo=False)
            self._undo_entries.pop()
            return {**self._build_update(affected_digests), "undone": entry.describe(self._paths_by_digest)}

    def _finish_edit(self, entry: _UndoEntry, affected_digests: set[str], record_undo: bool) -> dict[str, Any]:
        if record_undo:
            self._undo_entries.append(entry)
        return self._build_update(affected_digests)

    def _reload_notes(self) -> None:
        """Read the notes as they are now. Raises what `compute_version` raises."""
        self._version_before = self.compute_version()
        self.review_state.update(self.photos, self.site_build.notes, self.site_build.routing_context)

    def _build_update(self, affected_digests: set[str]) -> dict[str, Any]:
        """Return the new data of the affected photos, and of others that the edit changed.

        `before` in it is the version that was edited: a page that shows an older one has missed other changes.
        """
        self.site_build.scan_photos()
        changed_photos = self.review_state.update(self.photos, self.site_build.notes, self.site_build.routing_context)
        # Photos that were added or deleted meanwhile are left to the next `state`: their analysis takes too long here.
        self._version = (
            self._hash_files(self.site_build.scanned_files)
            if self._compute_pictures_version() == self._analyzed_version
            else "outdated"
        )
        edited_photos = [photo for photo in self.photos if photo.digest in affected_digests]
        page_data = self._describe_page(
            [*edited_photos, *(photo for photo in changed_photos if photo.digest not in affected_digests)]
        )
        return {**page_data, "before": self._version_before}

    def _locate_note(self, digest: str) -> NoteLocation:
        """Return where the note about this photo is or will be. Raises EditRejectedError for a photo never shown here."""
        photo = self.find_photo(digest)
        path = self._paths_by_digest.get(digest)
        if path is None:
            raise EditRejectedError("This photo was never shown here.")
        if (location_by_digest := self.review_state.note_index.find_location_by_digest(digest)) is not None:
            return location_by_digest
        if photo is not None and (location := self.review_state.note_index.find_location(photo)) is not None:
            return location
        folder, _, file_name = (photo.path if photo else path).rpartition("/")
        name = escape_for_terminal(
            file_name
        )  # not all bytes of a file name are text; the digest identifies the photo anyway
        while folder and not (self.site_build.originals_folder / folder).is_dir():
            folder = folder.rpartition("/")[0]
        existing_notes = self.site_build.notes[folder].photos if folder in self.site_build.notes else {}
        return NoteLocation(folder, name if name not in existing_notes else f"{name} {digest[:8]}")

    def _get_note_fields(self, location: NoteLocation) -> Mapping[str, Any]:
        notes = self.site_build.notes.get(location.folder)
        return (
            note_edits.get_editable_fields(notes.photos[location.name])
            if notes and location.name in notes.photos
            else {}
        )

    def _get_gallery_fields(self, folder: str) -> Mapping[str, Any]:
        notes = self.site_build.notes.get(folder)
        return note_edits.get_editable_gallery_fields(notes.gallery) if notes else {}

    def _get_notes_path(self, folder: str) -> Path:
        return self.site_build.originals_folder / folder / NOTES_FILE_NAME

    def _edit_notes(self, folder: str, change: Callable[[TOMLDocument], None]) -> FileEdit:
        return self._editor.edit(self._get_notes_path(folder), change)


def _make_gallery_editor(gallery_edit: GalleryEdit) -> Callable[[TOMLDocument], None]:
    return lambda document: set_gallery_fields(document, gallery_edit.fields)


def _make_document_editor(located_changes: Sequence[tuple[NoteLocation, NoteEdit]]) -> Callable[[TOMLDocument], None]:
    def apply(document: TOMLDocument) -> None:
        for location, note_edit in located_changes:
            set_note_fields(document, location.name, note_edit.digest, note_edit.fields)

    return apply
