"""The desk at which a person decides: every photograph with its verdict, and what is said about it into `notes.toml`.

What is decided is written at once, by content, and into the file as it is at that moment: another window, an editor and
a running build see it, and nothing anybody else said meanwhile is lost.
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

from ..notes import edits as decision
from ..notes.editor import FileEdit, NotesEditor, set_gallery_order, set_note_fields
from ..notes.edits import EditConflict, NoteEdit, OrderEdit
from ..notes.index import NoteLocation
from ..notes.loader import NOTES_FILE_NAME
from ..people.routing import GalleryFolder
from ..pipeline.site_build import SiteBuild
from ..scan.files import ScannedFile, escape_for_terminal
from ..values.photo import Photo
from . import view
from .state import ReviewState


class EditRejectedError(Exception):
    """A decision that was not written; the sentence says why. *conflicts* name what somebody else said meanwhile."""

    def __init__(self, message: str, conflicts: Sequence[EditConflict] = ()) -> None:
        super().__init__(message)
        self.conflicts = conflicts


class _UndoEntry(msgspec.Struct, frozen=True):
    """What was written, and what would take it back."""

    edits: list[FileEdit]
    changes: tuple[NoteEdit, ...] = ()
    order_edit: OrderEdit | None = None

    def describe(self, paths_by_digest: Mapping[str, str]) -> str:
        """What it was about, in a few words. *known*: digest → path."""
        if self.order_edit:
            return f"the order of {self.order_edit.folder or 'photos'}"
        if len(self.changes) > 1:
            return f"{len(self.changes)} photographs"
        return paths_by_digest[self.changes[0].digest].rpartition("/")[2]


class ReviewSession:
    """Photographs of *studio*, which was made for this desk alone. One person's: every call holds one lock."""

    def __init__(self, site_build: SiteBuild) -> None:
        self.site_build = site_build
        self.lock = threading.RLock()
        self.review_state = ReviewState(site_build.settings)
        self._editor = NotesEditor(site_build.store.writable_root / "notes.lock")
        self._undo_entries: list[_UndoEntry] = []
        self._paths_by_digest: dict[str, str] = {}
        """Digest → path of every photograph that this desk has ever shown, also of those deleted since."""
        self._version = self._version_before = self._analyzed_version = ""
        self.skipped: dict[str, str] = {}
        self.refresh()

    def compute_version(self) -> str:
        """Changes whenever a file in the photos folder does. Raises BadNotes and BadPeople."""
        with self.lock:
            self.site_build.scan_photos()
            return self._hash_files(self.site_build.scanned_files)

    def refresh(self) -> None:
        """Look at what is new and judge everything anew. Raises as `version`."""
        with self.lock:
            self._version = self.compute_version()
            self._analyzed_version = self._compute_pictures_version()
            self.skipped = self.site_build.analyze_photos()
            self._paths_by_digest |= {photo.digest: photo.path for photo in self.photos}
            self.review_state.update(self.photos, self.site_build.notes)

    @property
    def photos(self) -> tuple[Photo, ...]:
        return self.site_build.photos

    def find_photo(self, digest: str) -> Photo | None:
        """The photograph with these contents, if it lies in the site."""
        return self.review_state.find_photo(digest)

    def list_least_sure_first(self) -> list[Photo]:
        entries = [entry for folder in self.review_state.folders for entry in folder.entries]
        return [
            entry.photo
            for entry in sorted(entries, key=lambda e: (not e.classification.is_unsure, e.classification.confidence))
        ]

    def get_page_data(self) -> dict[str, Any]:
        """Everything the page shows. Raises as `version`."""
        with self.lock:
            if self.compute_version() != self._version:
                self.refresh()
            return {**self._describe_photos(self.photos), "skipped": self.skipped}

    def _describe_photos(self, photos: Iterable[Photo]) -> dict[str, Any]:
        state, headshot_bias = self.review_state, self.site_build.settings.headshot_bias
        return {
            "version": self._version,
            "photos": [
                view.build_photo_data(
                    each,
                    state.note_index,
                    headshot_bias,
                    state.get_advice(each),
                    state.verdict_cache,
                    self.site_build.translations,
                )
                for each in photos
            ],
            "galleries": [view.build_gallery_data(folder) for folder in state.folders],
            "undoable": len(self._undo_entries),
            "undoes": self._undo_entries[-1].describe(self._paths_by_digest) if self._undo_entries else "",
        }

    @staticmethod
    def _hash_files(found: Iterable[ScannedFile]) -> str:
        encoded = msgspec.msgpack.encode([(os.fsencode(each.path), each.file_stat) for each in found])
        return hashlib.blake2b(encoded, digest_size=8).hexdigest()

    def _compute_pictures_version(self) -> str:
        """The version of what lies there beside notes."""
        return self._hash_files(each for each in self.site_build.scanned_files if each.name != NOTES_FILE_NAME)

    def find_photo_and_folder(self, digest: str) -> tuple[Photo, GalleryFolder] | None:
        """The photograph with these contents, and the folder it stands in now; None where it is hidden or has gone."""
        with self.lock:
            photo = self.find_photo(digest)
            return next(((photo, one) for one in self.review_state.folders if photo and one.path == photo.folder), None)

    def apply_changes(self, changes: Sequence[NoteEdit], *, record_undo: bool = True) -> dict[str, Any]:
        """Write *changes*, all or none. Raises Refusal and HeadshotsError."""
        for change in changes:
            if error := decision.explain_invalid_edit(change):
                raise EditRejectedError(error)
        with self.lock, self._editor.lock_notes():
            self._reload_notes()
            changes_by_folder: dict[str, list[tuple[NoteLocation, NoteEdit]]] = {}
            inverse_changes: list[NoteEdit] = []
            conflicts: list[EditConflict] = []
            for change in changes:
                location = self._locate_note(change.digest)
                current_fields = self._get_note_fields(location)
                conflicts += decision.find_conflicts(change, current_fields)
                changes_by_folder.setdefault(location.folder, []).append((location, change))
                inverse_changes.append(
                    NoteEdit(
                        change.digest, {field: current_fields.get(field) for field in change.fields}, change.fields
                    )
                )
            if conflicts:
                raise EditRejectedError(
                    "Somebody has said something else about it since this page was drawn.", conflicts
                )
            edits = [
                self._edit_notes(folder, _make_document_editor(folder_changes))
                for folder, folder_changes in changes_by_folder.items()
            ]
            return self._finish_edit(
                _UndoEntry(edits, changes=tuple(inverse_changes)), {change.digest for change in changes}, record_undo
            )

    def apply_order(self, order_edit: OrderEdit, *, record_undo: bool = True) -> dict[str, Any]:
        """Write a gallery's order. Raises Refusal and HeadshotsError."""
        with self.lock, self._editor.lock_notes():
            self._reload_notes()
            names = {
                photo.digest: escape_for_terminal(photo.path.rpartition("/")[2])
                for photo in self.photos
                if photo.folder == order_edit.folder
            }
            current_order = tuple(
                d
                for folder in self.review_state.folders
                if folder.path == order_edit.folder
                for d in view.list_gallery_digests(folder)
            )
            if order_edit.seen and order_edit.seen != current_order:
                raise EditRejectedError("Somebody has hung this gallery anew since this page was drawn.")
            order = [digest for digest in order_edit.order if digest in names]
            if not order:
                raise EditRejectedError("None of these photographs is in this gallery any more.")
            edit = self._edit_notes(
                order_edit.folder, lambda doc: set_gallery_order(doc, [names[d] for d in order], order)
            )
            return self._finish_edit(
                _UndoEntry([edit], order_edit=OrderEdit(order_edit.folder, current_order)), set(order), record_undo
            )

    def undo(self) -> dict[str, Any]:
        """Take the last decision back, to the letter where nobody has written since. Raises as the others do."""
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
            elif unrestored_edits:
                files = {edit.path for edit in unrestored_edits}
                changes_to_reapply = [
                    c for c in entry.changes if self._get_notes_path(self._locate_note(c.digest).folder) in files
                ]
                self.apply_changes(changes_to_reapply, record_undo=False)
            self._undo_entries.pop()
            return {**self._build_update(affected_digests), "undone": entry.describe(self._paths_by_digest)}

    def _finish_edit(self, entry: _UndoEntry, affected_digests: set[str], record_undo: bool) -> dict[str, Any]:
        if record_undo:
            self._undo_entries.append(entry)
        return self._build_update(affected_digests)

    def _reload_notes(self) -> None:
        """What is said at this moment, by whomever. Raises as `version`."""
        self._version_before = self.compute_version()
        self.review_state.update(self.photos, self.site_build.notes)

    def _build_update(self, affected_digests: set[str]) -> dict[str, Any]:
        """What is shown of the *touched* photographs now, and of others for which that made a difference.

        *before* is the version that was changed: a page that shows an older one has missed what others did.
        """
        self.site_build.scan_photos()
        changed_photos = self.review_state.update(self.photos, self.site_build.notes)
        # A picture that came or went meanwhile is left to the next `state`: looking at it takes longer than an answer may.
        self._version = (
            self._hash_files(self.site_build.scanned_files)
            if self._compute_pictures_version() == self._analyzed_version
            else "outdated"
        )
        edited_photos = [photo for photo in self.photos if photo.digest in affected_digests]
        page_data = self._describe_photos(
            [*edited_photos, *(photo for photo in changed_photos if photo.digest not in affected_digests)]
        )
        return {**page_data, "before": self._version_before}

    def _locate_note(self, digest: str) -> NoteLocation:
        """Where the note about these contents is or will be. Raises Refusal for contents never shown here."""
        photo = self.find_photo(digest)
        path = self._paths_by_digest.get(digest)
        if path is None:
            raise EditRejectedError("This photograph was never shown here.")
        if (location_by_digest := self.review_state.note_index.find_location_by_digest(digest)) is not None:
            return location_by_digest
        if photo is not None and (location := self.review_state.note_index.find_location(photo)) is not None:
            return location
        folder, _, last = (photo.path if photo else path).rpartition("/")
        name = escape_for_terminal(last)  # of the bytes of a name some are no text; the note holds by its digest anyway
        while folder and not (self.site_build.originals_folder / folder).is_dir():
            folder = folder.rpartition("/")[0]
        existing_notes = self.site_build.notes[folder].photos if folder in self.site_build.notes else {}
        return NoteLocation(folder, name if name not in existing_notes else f"{name} {digest[:8]}")

    def _get_note_fields(self, location: NoteLocation) -> Mapping[str, Any]:
        notes = self.site_build.notes.get(location.folder)
        return (
            decision.get_editable_fields(notes.photos[location.name]) if notes and location.name in notes.photos else {}
        )

    def _get_notes_path(self, folder: str) -> Path:
        return self.site_build.originals_folder / folder / NOTES_FILE_NAME

    def _edit_notes(self, folder: str, change: Callable[[TOMLDocument], None]) -> FileEdit:
        return self._editor.edit(self._get_notes_path(folder), change)


def _make_document_editor(located_changes: Sequence[tuple[NoteLocation, NoteEdit]]) -> Callable[[TOMLDocument], None]:
    def apply(document: TOMLDocument) -> None:
        for location, note_edit in located_changes:
            set_note_fields(document, location.name, note_edit.digest, note_edit.fields)

    return apply
