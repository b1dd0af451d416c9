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

from ..adapters.originals.files import Found, shown
from ..adapters.written.notes_editor import Edit, NotesEditor, arrange, say
from ..adapters.written.notes_file import NAME
from ..core.photo import Photo
from ..core.routed.curate import Folder
from ..core.said import decision
from ..core.said.decision import Arrangement, Change, Conflict
from ..core.said.notebook import Place
from ..studio import Studio
from . import exhibit
from .standing import Standing


class Refusal(Exception):
    """A decision that was not written; the sentence says why. *conflicts* name what somebody else said meanwhile."""

    def __init__(self, sentence: str, conflicts: Sequence[Conflict] = ()) -> None:
        super().__init__(sentence)
        self.conflicts = conflicts


class _Deed(msgspec.Struct, frozen=True):
    """What was written, and what would take it back."""

    edits: list[Edit]
    changes: tuple[Change, ...] = ()
    arrangement: Arrangement | None = None

    def about(self, known: Mapping[str, str]) -> str:
        """What it was about, in a few words. *known*: digest → path."""
        if self.arrangement:
            return f"the order of {self.arrangement.folder or 'photos'}"
        if len(self.changes) > 1:
            return f"{len(self.changes)} photographs"
        return known[self.changes[0].digest].rpartition("/")[2]


class Desk:
    """Photographs of *studio*, which was made for this desk alone. One person's: every call holds one lock."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.lock = threading.RLock()
        self.standing = Standing(studio.settings)
        self._editor = NotesEditor(studio.store.notebook / "notes.lock")
        self._deeds: list[_Deed] = []
        self._known: dict[str, str] = {}
        """Digest → path of every photograph that this desk has ever shown, also of those deleted since."""
        self._version = self._before = self._looked_at = ""
        self.refused: dict[str, str] = {}
        self.refresh()

    def version(self) -> str:
        """Changes whenever a file in the photos folder does. Raises BadNotes and BadPeople."""
        with self.lock:
            self.studio.survey()
            return self._version_of(self.studio.found)

    def refresh(self) -> None:
        """Look at what is new and judge everything anew. Raises as `version`."""
        with self.lock:
            self._version = self.version()
            self._looked_at = self._pictures()
            self.refused = self.studio.look()
            self._known |= {photo.digest: photo.path for photo in self.photos}
            self.standing.update(self.photos, self.studio.notes)

    @property
    def photos(self) -> tuple[Photo, ...]:
        return self.studio.photos

    def photo(self, digest: str) -> Photo | None:
        """The photograph with these contents, if it lies in the site."""
        return self.standing.photo(digest)

    def least_sure_first(self) -> list[Photo]:
        entries = [entry for folder in self.standing.folders for entry in folder.entries]
        return [entry.photo for entry in sorted(entries, key=lambda e: (not e.shot.unsure, e.shot.confidence))]

    def state(self) -> dict[str, Any]:
        """Everything the page shows. Raises as `version`."""
        with self.lock:
            if self.version() != self._version:
                self.refresh()
            return {**self._shown(self.photos), "skipped": self.refused}

    def _shown(self, photos: Iterable[Photo]) -> dict[str, Any]:
        now, lean = self.standing, self.studio.settings.lean
        return {
            "version": self._version,
            "photos": [
                exhibit.record(each, now.notebook, lean, now.advice(each), now.opinions, self.studio.phrases)
                for each in photos
            ],
            "galleries": [exhibit.gallery(folder) for folder in now.folders],
            "undoable": len(self._deeds),
            "undoes": self._deeds[-1].about(self._known) if self._deeds else "",
        }

    @staticmethod
    def _version_of(found: Iterable[Found]) -> str:
        seen = msgspec.msgpack.encode([(os.fsencode(each.path), each.facts) for each in found])
        return hashlib.blake2b(seen, digest_size=8).hexdigest()

    def _pictures(self) -> str:
        """The version of what lies there beside notes."""
        return self._version_of(each for each in self.studio.found if each.name != NAME)

    def place(self, digest: str) -> tuple[Photo, Folder] | None:
        """The photograph with these contents, and the folder it stands in now; None where it is hidden or has gone."""
        with self.lock:
            photo = self.photo(digest)
            return next(((photo, one) for one in self.standing.folders if photo and one.path == photo.folder), None)

    def decide(self, changes: Sequence[Change], *, remember: bool = True) -> dict[str, Any]:
        """Write *changes*, all or none. Raises Refusal and Trouble."""
        for change in changes:
            if sentence := decision.wrong(change):
                raise Refusal(sentence)
        with self.lock, self._editor.alone():
            self._read_notes()
            wanted: dict[str, list[tuple[Place, Change]]] = {}
            before: list[Change] = []
            found: list[Conflict] = []
            for change in changes:
                place = self._place(change.digest)
                now = self._said(place)
                found += decision.conflicts(change, now)
                wanted.setdefault(place.folder, []).append((place, change))
                before.append(Change(change.digest, {field: now.get(field) for field in change.fields}, change.fields))
            if found:
                raise Refusal("Somebody has said something else about it since this page was drawn.", found)
            edits = [self._edit(folder, _saying(these)) for folder, these in wanted.items()]
            return self._done(_Deed(edits, changes=tuple(before)), {change.digest for change in changes}, remember)

    def arrange(self, wanted: Arrangement, *, remember: bool = True) -> dict[str, Any]:
        """Write a gallery's order. Raises Refusal and Trouble."""
        with self.lock, self._editor.alone():
            self._read_notes()
            names = {
                photo.digest: shown(photo.path.rpartition("/")[2])
                for photo in self.photos
                if photo.folder == wanted.folder
            }
            now = tuple(
                d for folder in self.standing.folders if folder.path == wanted.folder for d in exhibit.hung(folder)
            )
            if wanted.seen and wanted.seen != now:
                raise Refusal("Somebody has hung this gallery anew since this page was drawn.")
            order = [digest for digest in wanted.order if digest in names]
            if not order:
                raise Refusal("None of these photographs is in this gallery any more.")
            edit = self._edit(wanted.folder, lambda doc: arrange(doc, [names[d] for d in order], order))
            return self._done(_Deed([edit], arrangement=Arrangement(wanted.folder, now)), set(order), remember)

    def undo(self) -> dict[str, Any]:
        """Take the last decision back, to the letter where nobody has written since. Raises as the others do."""
        with self.lock:
            if not self._deeds:
                raise Refusal("There is nothing to undo.")
            self._read_notes()
            deed = self._deeds[-1]
            touched = {change.digest for change in deed.changes} | set(
                deed.arrangement.order if deed.arrangement else ()
            )
            with self._editor.alone():
                untouched = [edit for edit in deed.edits if not self._editor.restore(edit)]
            if untouched and deed.arrangement:
                self.arrange(deed.arrangement, remember=False)
            elif untouched:
                files = {edit.path for edit in untouched}
                again = [c for c in deed.changes if self._file(self._place(c.digest).folder) in files]
                self.decide(again, remember=False)
            self._deeds.pop()
            return {**self._answer(touched), "undone": deed.about(self._known)}

    def _done(self, deed: _Deed, touched: set[str], remember: bool) -> dict[str, Any]:
        if remember:
            self._deeds.append(deed)
        return self._answer(touched)

    def _read_notes(self) -> None:
        """What is said at this moment, by whomever. Raises as `version`."""
        self._before = self.version()
        self.standing.update(self.photos, self.studio.notes)

    def _answer(self, touched: set[str]) -> dict[str, Any]:
        """What is shown of the *touched* photographs now, and of others for which that made a difference.

        *before* is the version that was changed: a page that shows an older one has missed what others did.
        """
        self.studio.survey()
        stirred = self.standing.update(self.photos, self.studio.notes)
        # A picture that came or went meanwhile is left to the next `state`: looking at it takes longer than an answer may.
        self._version = self._version_of(self.studio.found) if self._pictures() == self._looked_at else "outdated"
        first = [photo for photo in self.photos if photo.digest in touched]
        shown = self._shown([*first, *(photo for photo in stirred if photo.digest not in touched)])
        return {**shown, "before": self._before}

    def _place(self, digest: str) -> Place:
        """Where the note about these contents is or will be. Raises Refusal for contents never shown here."""
        photo = self.photo(digest)
        path = self._known.get(digest)
        if path is None:
            raise Refusal("This photograph was never shown here.")
        if (about := self.standing.notebook.about(digest)) is not None:
            return about
        if photo is not None and (place := self.standing.notebook.place(photo)) is not None:
            return place
        folder, _, last = (photo.path if photo else path).rpartition("/")
        name = shown(last)  # of the bytes of a name some are no text; the note holds by its digest anyway
        while folder and not (self.studio.originals / folder).is_dir():
            folder = folder.rpartition("/")[0]
        taken = self.studio.notes[folder].photos if folder in self.studio.notes else {}
        return Place(folder, name if name not in taken else f"{name} {digest[:8]}")

    def _said(self, place: Place) -> Mapping[str, Any]:
        notes = self.studio.notes.get(place.folder)
        return decision.said(notes.photos[place.name]) if notes and place.name in notes.photos else {}

    def _file(self, folder: str) -> Path:
        return self.studio.originals / folder / NAME

    def _edit(self, folder: str, change: Callable[[TOMLDocument], None]) -> Edit:
        return self._editor.edit(self._file(folder), change)


def _saying(these: Sequence[tuple[Place, Change]]) -> Callable[[TOMLDocument], None]:
    def change(document: TOMLDocument) -> None:
        for place, wanted in these:
            say(document, place.name, wanted.digest, wanted.fields)

    return change
