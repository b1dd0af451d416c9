"""Decide which photos are shown: by their notes, else by the selection of the nearest folders and of the settings."""

from __future__ import annotations

from collections.abc import Mapping

from ..values.notes import Notes
from ..values.selection import Choice, Decisions, Selection, choose
from .index import NamedFile, NoteIndex

SHOWN_BY_NOTE = Choice(True, "notes.toml has hidden = false for it")


class PhotoSelector:
    """The choice of the photos of one site.

    Args:
        selection: The setting `select`.
        notes: Notes by folder, relative to the photos folder; an empty path is the photos folder itself.
    """

    def __init__(self, selection: Selection = Selection(), notes: Mapping[str, Notes] | None = None) -> None:
        self._notes = notes or {}
        self._note_index = NoteIndex(self._notes, ())
        self._selections: dict[str, Selection] = {"": self._override("", selection)}

    def choose(self, photo: NamedFile, decisions: Decisions, *, has_unusable_sidecar: bool = False) -> Choice:
        """Return whether *photo* is shown, and why.

        Args:
            photo: The photo, or its file.
            decisions: What its metadata says.
            has_unusable_sidecar: Whether it has a sidecar that *decisions* do not contain.
        """
        if self._note_index.get_note(photo).hidden is False:
            return SHOWN_BY_NOTE
        return choose(decisions, self._find_selection(photo.folder), has_unusable_sidecar=has_unusable_sidecar)

    def needs_decisions(self, photo: NamedFile) -> bool:
        """Return whether more than a rejection can keep *photo* out, so that its metadata is worth reading first."""
        return self._find_selection(photo.folder).is_set and self._note_index.get_note(photo).hidden is not False

    def _find_selection(self, folder: str) -> Selection:
        if folder not in self._selections:
            self._selections[folder] = self._override(folder, self._find_selection(folder.rpartition("/")[0]))
        return self._selections[folder]

    def _override(self, folder: str, outer: Selection) -> Selection:
        return outer.override(self._notes[folder].gallery.select) if folder in self._notes else outer
