"""The desk at which a person decides: every photograph with its verdict, and what is said about it into `notes.toml`.

What is decided is written at once, by content, and into the file as it is at that moment: another window, an editor and
a running build see it, and nothing anybody else said meanwhile is lost.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from tomlkit.toml_document import TOMLDocument

from ..adapters.written.notes_editor import Edit, NotesEditor, arrange, say
from ..adapters.written.notes_file import NAME
from ..core.advised.ward import round_of
from ..core.ordered.order import Order
from ..core.photo import Photo
from ..core.routed import curate
from ..core.said import decision
from ..core.said.decision import Arrangement, Change, Conflict
from ..core.said.notebook import Notebook, Place
from ..core.shot import Shot
from ..core.shown import compose
from ..studio import Studio
from . import exhibit


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


class Desk:
    """Photographs of *studio*, which was made for this desk alone. One person's: every call holds one lock."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.lock = threading.RLock()
        self._editor = NotesEditor(studio.store.notebook / "notes.lock")
        self._deeds: list[_Deed] = []
        self._known: dict[str, str] = {}
        """Digest → path of every photograph that this desk has ever shown, also of those deleted since."""
        self._known_shots: dict[tuple[str, float], Shot] = {}
        self._version = ""
        self.refused: dict[str, str] = {}
        self.refresh()

    def version(self) -> str:
        """Changes whenever a file in the photos folder does. Raises BadNotes."""
        with self.lock:
            self.studio.survey()
            seen = msgspec.msgpack.encode([(each.path, each.facts) for each in self.studio.found])
            return hashlib.blake2b(seen, digest_size=8).hexdigest()

    def refresh(self) -> None:
        """Look at what is new and judge everything anew. Raises BadNotes."""
        with self.lock:
            self._version = self.version()
            self.refused = self.studio.look()
            self._known |= {photo.digest: photo.path for photo in self.photos}
            self._judge()

    def _judge(self) -> None:
        chosen = self.studio.settings
        self.notebook = Notebook(self.studio.notes, self.photos)
        self.folders = curate.folders(
            self.photos,
            self.studio.notes,
            lean=chosen.lean,
            headshots_too=chosen.headshots_in_galleries,
            known=self._known_shots,
        )
        self.wards = round_of(self.folders)

    @property
    def photos(self) -> tuple[Photo, ...]:
        return self.studio.photos

    def least_sure_first(self) -> list[Photo]:
        entries = [entry for folder in self.folders for entry in folder.entries]
        return [entry.photo for entry in sorted(entries, key=lambda e: (not e.shot.unsure, e.shot.confidence))]

    def state(self) -> dict[str, Any]:
        """Everything the page shows. Raises BadNotes."""
        with self.lock:
            if self.version() != self._version:
                self.refresh()
            return {
                "version": self._version,
                "photos": self._records(self.photos),
                "galleries": self._galleries(),
                "skipped": self.refused,
                "undoable": len(self._deeds),
            }

    def _records(self, photos: Iterable[Photo]) -> list[dict[str, Any]]:
        lean = self.studio.settings.lean
        advice = {path: ward.advice(path) for ward in self.wards for path in ward.findings}
        shots = self._known_shots
        return [exhibit.record(photo, self.notebook, lean, advice.get(photo.path, ()), shots) for photo in photos]

    def _galleries(self) -> list[dict[str, Any]]:
        return [
            {
                "folder": folder.path,
                "title": folder.title,
                "hung": [entry.photo.digest for entry in folder.hung],
                "cover": folder.note.cover,
            }
            for folder in self.folders
        ]

    def slots(self, digest: str) -> list[dict[str, Any]]:
        """What each slot of the theme shows of a photograph."""
        with self.lock:
            photo = next((each for each in self.photos if each.digest == digest), None)
            folders = [folder for folder in self.folders if photo and folder.path == photo.folder]
        if photo is None or not folders:
            return []
        chosen = self.studio.settings
        order = Order(("jpeg",), {"jpeg": 1}, "", chosen.max_width)
        return exhibit.slots(photo, compose.portfolio(folders, order, chosen.rights), order)

    def decide(self, changes: Sequence[Change], *, remember: bool = True) -> dict[str, Any]:
        """Write *changes*, all or none. Raises Refusal, BadNotes and DiskTrouble."""
        for change in changes:
            if sentence := decision.wrong(change):
                raise Refusal(sentence)
        with self.lock, self._editor.alone():
            self.studio.survey()
            self.notebook = Notebook(self.studio.notes, self.photos)
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
        """Write a gallery's order. Raises Refusal, BadNotes and DiskTrouble."""
        with self.lock, self._editor.alone():
            self.studio.survey()
            self._judge()
            names = {
                photo.digest: photo.path.rpartition("/")[2] for photo in self.photos if photo.folder == wanted.folder
            }
            now = tuple(d for folder in self.folders if folder.path == wanted.folder for d in _hung(folder))
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
            return self._answer(touched)

    def _done(self, deed: _Deed, touched: set[str], remember: bool) -> dict[str, Any]:
        if remember:
            self._deeds.append(deed)
        return self._answer(touched)

    def _answer(self, touched: set[str]) -> dict[str, Any]:
        self._version = self.version()
        self._judge()
        return {
            "version": self._version,
            "photos": self._records(photo for photo in self.photos if photo.digest in touched),
            "galleries": self._galleries(),
            "undoable": len(self._deeds),
        }

    def _place(self, digest: str) -> Place:
        """Where the note about these contents is or will be. Raises Refusal for contents never shown here."""
        photo = next((each for each in self.photos if each.digest == digest), None)
        path = self._known.get(digest)
        if path is None:
            raise Refusal("This photograph was never shown here.")
        for folder, notes in self.studio.notes.items():
            for name, note in notes.photos.items():
                if note.digest and digest.startswith(note.digest):
                    return Place(folder, name)
        if photo is not None and (place := self.notebook.place(photo)) is not None:
            return place
        folder, _, name = (photo.path if photo else path).rpartition("/")
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


def _hung(folder: curate.Folder) -> list[str]:
    return [entry.photo.digest for entry in folder.hung]
