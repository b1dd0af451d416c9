"""Writing into `notes.toml`: what was decided and nothing else, in a file that keeps its comments and its order."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit.items import Comment, Table
from tomlkit.toml_document import TOMLDocument

from ...core.said.notes import Notes
from .. import disk
from . import notes_file
from .notes_file import BadNotes
from .written_toml import understood

CONTENTS = "What these files hold, so that the order stays when they are renamed."


class Edit(msgspec.Struct, frozen=True):
    """One file before and after; None: it was not there."""

    path: Path
    before: bytes | None
    after: bytes | None


class NotesEditor:
    """Edits notes files, within `alone`. A file that did not change is parsed once."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock
        self._parsed: dict[Path, tuple[bytes, TOMLDocument]] = {}

    def alone(self) -> AbstractContextManager[None]:
        """While this is held, no other review of the site edits its notes."""
        return disk.only_one(self._lock)

    def edit(self, path: Path, change: Callable[[TOMLDocument], None]) -> Edit:
        """Let *change* work on the file as it is at this moment, and write it. Raises BadNotes and DiskTrouble."""
        before = _bytes(path)
        document = self._document(path, before)
        try:
            change(document)
            text = tomlkit.dumps(document)
            understood(text, path, Notes, BadNotes)
        except BaseException:
            self._parsed.pop(path, None)
            raise
        after = (BOM_UTF8 if (before or b"").startswith(BOM_UTF8) else b"") + text.encode()
        if after != (before or b""):
            disk.write(path, after)
            self._parsed[path] = (after, document)
        return Edit(path, before, after)

    def restore(self, edit: Edit) -> bool:
        """Put *edit*'s file back as it was; False where somebody has written into it since."""
        if _bytes(edit.path) != edit.after:
            return False
        self._parsed.pop(edit.path, None)
        if edit.before is None:
            edit.path.unlink(missing_ok=True)
        else:
            disk.write(edit.path, edit.before)
        return True

    def _document(self, path: Path, content: bytes | None) -> TOMLDocument:
        known = self._parsed.get(path)
        if known is not None and known[0] == content:
            return known[1]
        if content is None:
            return tomlkit.document()
        notes_file.read(path)  # raises BadNotes for whatever a build would not understand
        document = tomlkit.parse(content.decode("utf-8-sig"))
        self._parsed[path] = (content, document)
        return document


def say(document: TOMLDocument, name: str, digest: str, fields: Mapping[str, Any]) -> None:
    """In the note *name*, say *fields* (None: no longer), and whose note it is. A note that says nothing goes."""
    if "photos" not in document:
        document.append("photos", tomlkit.table(is_super_table=True))
    photos: Any = document["photos"]
    if name in photos:
        _put(photos[name], "digest", digest)
    else:
        note = tomlkit.table()
        note.add("digest", digest)
        photos[name] = note
    note = photos[name]
    for field, value in fields.items():
        if value is not None:
            _put(note, field, value)
        elif field in note:
            del note[field]
    if set(note) <= {"digest"} and not _commented(note):
        del photos[name]


def arrange(document: TOMLDocument, names: Sequence[str], digests: Sequence[str]) -> None:
    """Say the gallery's order: file *names*, and what they hold."""
    if "gallery" not in document:
        document.append("gallery", tomlkit.table())
    gallery: Any = document["gallery"]
    order = tomlkit.array()
    order.extend(names)
    _put(gallery, "order", order.multiline(len(names) > 4))
    if "contents" not in gallery:
        fresh = tomlkit.table()
        fresh.comment(CONTENTS)
        gallery["contents"] = fresh
    contents = gallery["contents"]
    for name in set(contents) - set(names):
        del contents[name]
    for name, digest in zip(names, digests, strict=True):
        _put(contents, name, digest)


def _put(table: Any, key: str, value: Any) -> None:
    """Say *key* in *table*. A new line goes before the comments at its end, which are about what comes next."""
    body = getattr(getattr(table, "value", None), "body", None)
    if key in table or not isinstance(table, Table) or body is None:
        table[key] = value
        return
    tail: list[Any] = []
    while body and body[-1][0] is None:
        tail.insert(0, body.pop())
    table[key] = value
    body.extend(tail)


def _commented(table: Any) -> bool:
    body = getattr(getattr(table, "value", None), "body", ())
    return any(isinstance(item, Comment) for _, item in body)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadNotes(f"{path} cannot be read: {error.strerror}.") from error
