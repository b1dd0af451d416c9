"""Edit `notes.toml` files. Only edited values change; comments and the order of lines stay."""

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

from ..support import atomic_files
from ..support.filenames import normalize_nfc
from ..support.toml import parse_toml
from ..values.notes import PERSON_FIELDS, Notes
from . import loader
from .loader import NotesError

CONTENTS_COMMENT = "Digests of the files, so that the order stays when they are renamed."


class FileEdit(msgspec.Struct, frozen=True):
    """A file before and after an edit; None if it did not exist."""

    path: Path
    before: bytes | None
    after: bytes | None


class NotesEditor:
    """Edits notes files. Callers hold `lock_notes` while they edit. A file that did not change is parsed only once."""

    def __init__(self, lock_path: Path) -> None:
        self._lock_path = lock_path
        self._parsed_documents: dict[Path, tuple[bytes, TOMLDocument]] = {}

    def lock_notes(self) -> AbstractContextManager[None]:
        """Return a lock; while it is held, no other review of the site edits its notes."""
        return atomic_files.hold_lock(self._lock_path)

    def edit(self, path: Path, change: Callable[[TOMLDocument], None]) -> FileEdit:
        """Apply *change* to the current content of a file, and write it.

        Raises:
            NotesError: The file cannot be used, before or after the change. It is not written.
            DiskError: The file cannot be written.
        """
        before = _read_bytes(path)
        document = self._get_document(path, before)
        try:
            change(document)
            text = tomlkit.dumps(document)
            parse_toml(text, path, Notes, NotesError)
        except BaseException:
            self._parsed_documents.pop(path, None)
            raise
        after = (BOM_UTF8 if (before or b"").startswith(BOM_UTF8) else b"") + text.encode()
        if after != (before or b""):
            atomic_files.write(path, after)
            self._parsed_documents[path] = (after, document)
        return FileEdit(path, before, after)

    def restore(self, edit: FileEdit) -> bool:
        """Undo *edit*; return False if the file has been changed since."""
        if _read_bytes(edit.path) != edit.after:
            return False
        self._parsed_documents.pop(edit.path, None)
        if edit.before is None:
            edit.path.unlink(missing_ok=True)
        else:
            atomic_files.write(edit.path, edit.before)
        return True

    def _get_document(self, path: Path, content: bytes | None) -> TOMLDocument:
        parsed = self._parsed_documents.get(path)
        if parsed is not None and parsed[0] == content:
            return parsed[1]
        if content is None:
            return tomlkit.document()
        loader.read_notes(path)  # raises NotesError for anything that a build would reject
        document = tomlkit.parse(content.decode("utf-8-sig"))
        self._parsed_documents[path] = (content, document)
        return document


def set_note_fields(document: TOMLDocument, name: str, digest: str, fields: Mapping[str, Any]) -> None:
    """Set the fields of the note about the file *name* (None removes one) and its digest. An empty note is removed."""
    photos = _get_photos_table(document)
    if name in photos:
        _set_value(photos[name], "digest", digest)
    else:
        note = tomlkit.table()
        note.add("digest", digest)
        photos[name] = note
    note = photos[name]
    for field, value in fields.items():
        if value is not None:
            _set_value(note, field, value)
        elif field in note:
            del note[field]
    if set(note) <= {"digest"} and not _has_comment(note):
        del photos[name]


def ignore_file(document: TOMLDocument, name: str) -> None:
    """Replace the note about the file *name* by `ignored = true`, and remove the file from what is said of the gallery."""
    photos = _get_photos_table(document)
    if name not in photos:
        photos[name] = tomlkit.table()
    for field in list(photos[name]):
        del photos[name][field]
    _set_value(photos[name], "ignored", True)
    _remove_from_gallery(document, name)


def remove_note(document: TOMLDocument, name: str) -> None:
    """Remove the note about the file *name*, and the file from what is said of the gallery."""
    del document["photos"][name]
    _remove_from_gallery(document, name)


def remove_person_fields(document: TOMLDocument, name: str, *, is_nobody: bool) -> None:
    """Remove whose headshot the file *name* is. With *is_nobody*, the note then says that it is nobody's."""
    note: Any = document["photos"][name] if name in document.get("photos", {}) else None
    for field in PERSON_FIELDS:
        if note is not None and field in note:
            del note[field]
    if is_nobody:
        if note is None:
            note = _get_photos_table(document)[name] = tomlkit.table()
        _set_value(note, "name", "")


def _get_photos_table(document: TOMLDocument) -> Any:
    """Return the table of notes about photos; it is added if there is none."""
    if "photos" not in document:
        document.append("photos", tomlkit.table(is_super_table=True))
    return document["photos"]


def remove_cover(document: TOMLDocument, path: str) -> None:
    """Remove the cover if it is the file *path*, relative to the folder of the notes."""
    gallery: Any = document.get("gallery", {})
    if normalize_nfc(str(gallery.get("cover", ""))) == normalize_nfc(path):
        del gallery["cover"]


def _remove_from_gallery(document: TOMLDocument, name: str) -> None:
    """Remove the file *name* from the cover, the order and the digests of the gallery."""
    remove_cover(document, name)
    gallery: Any = document.get("gallery", {})
    for written in [each for each in gallery.get("contents", {}) if normalize_nfc(each) == normalize_nfc(name)]:
        del gallery["contents"][written]
    order = gallery.get("order")
    for written in (
        [each for each in order if normalize_nfc(each) == normalize_nfc(name)] if isinstance(order, list) else []
    ):
        order.remove(written)
    if isinstance(order, list) and not order:
        del gallery["order"]


def set_gallery_fields(document: TOMLDocument, fields: Mapping[str, Any]) -> None:
    """Set what the file says about its gallery (None removes a field). An empty table is removed."""
    gallery = _get_gallery_table(document)
    for field, value in fields.items():
        if value is not None:
            _set_value(gallery, field, value)
        elif field in gallery:
            del gallery[field]
    if not gallery and not _has_comment(gallery):
        del document["gallery"]


def set_gallery_order(document: TOMLDocument, names: Sequence[str], digests: Sequence[str]) -> None:
    """Set the order of the gallery: file names, and their digests."""
    gallery = _get_gallery_table(document)
    order = tomlkit.array()
    order.extend(names)
    _set_value(gallery, "order", order.multiline(len(names) > 4))
    if "contents" not in gallery:
        new_table = tomlkit.table()
        new_table.comment(CONTENTS_COMMENT)
        gallery["contents"] = new_table
    contents = gallery["contents"]
    for name in set(contents) - set(names):
        del contents[name]
    for name, digest in zip(names, digests, strict=True):
        _set_value(contents, name, digest)


def _get_gallery_table(document: TOMLDocument) -> Any:
    if "gallery" not in document:
        document.append("gallery", tomlkit.table())
    return document["gallery"]


def _set_value(table: Any, key: str, value: Any) -> None:
    """Set *key* in *table*. A new line goes before comments at the end, which are about the next table."""
    if isinstance(value, str) and "\n" in value and not value.startswith("\n"):
        value = tomlkit.string(value, multiline=True)
    body = getattr(getattr(table, "value", None), "body", None)
    if key in table or not isinstance(table, Table) or body is None:
        table[key] = value
        return
    tail: list[Any] = []
    while body and body[-1][0] is None:
        tail.insert(0, body.pop())
    table[key] = value
    body.extend(tail)


def _has_comment(table: Any) -> bool:
    body = getattr(getattr(table, "value", None), "body", ())
    return any(isinstance(item, Comment) for _, item in body)


def _read_bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotesError(f"{path} cannot be read: {error.strerror}.") from error
