"""The photos folder: what lies in it, which of it is a photograph we may open, and its bytes.

Everything is looked at with stat before it is opened: a `.jpg` may be a pipe, a socket, a link to a device or to
somebody's private folder, or two gigabytes of nothing.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from ...core.geometry import Value
from ..cache.stat_index import Facts
from .endings import FOREIGN, PICTURES, RAW

LARGEST = 1 << 30
"""Bytes. No photograph is larger; a file that claims to be is a mistake or a trap."""

LARGEST_SIDECAR = 4 << 20
"""Bytes. A sidecar with the whole history of a retouched picture has some hundred thousand."""

DEEPEST = 64
"""Folders within folders."""

LINKED = 1000
"""Folders entered through links. A dozen folders that link to one another can be walked in half a billion ways."""

_LITTER = frozenset({"@eaDir", "__MACOSX", "#recycle", "$RECYCLE.BIN"})
"""Folders that storage boxes and systems leave, with thumbnails and copies in them."""


class Refused(Exception):
    """A file that cannot be used. Its text is a sentence with its name, what is wrong and what to do."""


class Found(Value, frozen=True):
    """A file in the photos folder.

    *path* is as the disk spells it, relative to the folder, `/` between; undecodable bytes are lone surrogates.
    Either it may be read (*refusal* and *ignored* empty), or it was meant as a photograph but cannot be one
    (*refusal*: a sentence), or it is none of ours (*ignored*: why).
    """

    path: str
    facts: Facts
    refusal: str = ""
    ignored: str = ""
    sidecar: Found | None = None
    """Its `.xmp`, named `photo.xmp` or `photo.jpg.xmp`, where it can be read."""
    sidecar_refusal: str = ""
    """A sentence where there is one that cannot be read: the photograph is used without it."""
    raw: bool = False
    """A camera's RAW file, of which the preview is wanted."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def usable(self) -> bool:
        return not self.refusal and not self.ignored


_NOWHERE = Facts(0, 0, 0, 0)
_DEVELOP = "Develop it and save it as JPEG or TIFF, or have its preview shown by the setting raw_previews."


def walk(folder: Path, *, largest: int = LARGEST, raw: bool = False) -> Iterator[Found]:
    """Everything in *folder* and below, in an order that depends on the names alone.

    *raw*: RAW files are usable, for the preview in them, unless a picture was made of them. Links are followed as long
    as they stay inside *folder* and do not lead round in a circle.
    """
    root = os.path.realpath(folder)
    yield from _Walk(root, largest, raw).below(root, "", (root,))


def only(path: Path) -> Iterator[Found]:
    """The one file *path*, whatever its ending and wherever it links to: somebody asked for it by name."""
    with os.scandir(path.parent) as scan:
        for entry in scan:
            if entry.name == path.name:
                yield _stat(entry, entry.name, os.sep, LARGEST)


def read(folder: Path, found: Found, *, largest: int = LARGEST) -> bytes:
    """The bytes of a file that `walk` found usable. Raises Refused where it is no longer the same file."""
    path = os.path.join(folder, found.path)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(os.path.realpath(path), flags)
    except FileNotFoundError:
        raise Refused(f"{found.path} has gone while the site was being built.") from None
    except OSError as error:
        raise Refused(_unreadable(found.path, error)) from error
    with open(handle, "rb") as file:
        if Facts.of(os.fstat(handle)) != found.facts:
            raise Refused(_changed(found.path))
        try:
            data = file.read(min(found.facts.size, largest) + 1)
        except OSError as error:
            raise Refused(_unreadable(found.path, error)) from error
        if len(data) != found.facts.size or Facts.of(os.fstat(handle)) != found.facts:
            raise Refused(_changed(found.path))
    return data


def shown(text: str) -> str:
    """*text* for a terminal or a log: nothing in it can move the cursor, colour the screen or turn letters round."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def without_sidecar(path: str, refusal: str) -> str:
    """The sentence about the photograph *path*, whose sidecar cannot be read; *refusal* says which that is, and why."""
    return f"{refusal} Until then {path} is shown without what is written there."


class _Walk:
    """One walk through the photos folder *root*, which counts the links it follows."""

    def __init__(self, root: str, largest: int, raw: bool) -> None:
        self._root, self._largest, self._raw = root, largest, raw
        self._linked = 0

    def below(self, folder: str, below: str, above: tuple[str, ...]) -> Iterator[Found]:
        """Everything in *folder*, shown as *below*; *above* are the real folders on the way there, and itself."""
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield Found(below or ".", _NOWHERE, refusal=_closed(below or "The photos folder", error))
            return
        if not entries and _ending(below.rpartition("/")[2]) in PICTURES:
            yield Found(below, _NOWHERE, refusal=f"{below} is an empty folder. Put the photo itself here.")
        sidecars = {entry.name[:-4]: entry for entry in entries if _ending(entry.name) == "xmp"}
        stems = {entry.name.rpartition(".")[0].lower() for entry in entries if _ending(entry.name) in PICTURES}
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.name.startswith("."):
                yield Found(path, _NOWHERE, ignored="its name begins with a dot")
            elif entry.name in _LITTER:
                yield Found(path, _NOWHERE, ignored="a folder that some system keeps for itself")
            elif _is_folder(entry):
                yield from self._enter(entry, path, above)
            else:
                found = _judge(entry, path, self._root, self._largest, stems, self._raw)
                if found.usable:
                    pair = sidecars.get(entry.name) or sidecars.get(entry.name.rpartition(".")[0])
                    if pair is not None:
                        beside = f"{below}/{pair.name}" if below else pair.name
                        found = _with_sidecar(found, _stat(pair, beside, self._root, LARGEST_SIDECAR))
                yield found

    def _enter(self, entry: os.DirEntry[str], path: str, above: tuple[str, ...]) -> Iterator[Found]:
        real = entry.path
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if not _inside(real, self._root):
                yield Found(path, _NOWHERE, refusal=_leads_out(path))
                return
            self._linked += 1
        if real in above:
            yield Found(path, _NOWHERE, ignored="it is a link to a folder it lies in")
        elif len(above) > DEEPEST:
            yield Found(path, _NOWHERE, refusal=f"{path} lies more than {DEEPEST} folders deep. Move it up.")
        elif entry.is_symlink() and self._linked > LINKED:
            yield Found(path, _NOWHERE, refusal=f"{path} is one of more than {LINKED} links to folders. Remove some.")
        else:
            yield from self.below(real, path, (*above, real))


def _with_sidecar(found: Found, sidecar: Found) -> Found:
    if sidecar.usable:
        return replace(found, sidecar=sidecar)
    return replace(found, sidecar_refusal=without_sidecar(found.path, sidecar.refusal))


def _judge(entry: os.DirEntry[str], path: str, root: str, largest: int, stems: set[str], raw: bool) -> Found:
    ending = _ending(entry.name)
    if ending in PICTURES:
        return _stat(entry, path, root, largest)
    if ending in RAW:
        if entry.name.rpartition(".")[0].lower() in stems:
            return Found(path, _NOWHERE, ignored="a camera's raw file beside the picture made from it")
        if raw:
            found = _stat(entry, path, root, largest)
            return Found(path, found.facts, refusal=found.refusal, raw=True)
        return Found(path, _NOWHERE, refusal=f"{path} is a camera's raw file. {_DEVELOP}")
    if ending in FOREIGN:
        return Found(path, _NOWHERE, refusal=f"{path} is of a kind that is not read. Save it as JPEG, PNG or TIFF.")
    return Found(path, _NOWHERE, ignored="not a picture")


def _stat(entry: os.DirEntry[str], path: str, root: str, largest: int) -> Found:
    try:
        if entry.is_symlink() and not _inside(os.path.realpath(entry.path), root):
            return Found(path, _NOWHERE, refusal=_leads_out(path))
        facts = os.stat(entry.path)  # not the entry's own, which knows no inode on Windows
        if stat.S_ISREG(facts.st_mode) and not os.access(entry.path, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except FileNotFoundError:
        return Found(path, _NOWHERE, refusal=f"{path} is a link to a file that is not there. Put the file itself here.")
    except OSError as error:
        return Found(path, _NOWHERE, refusal=_unreadable(path, error))
    if not stat.S_ISREG(facts.st_mode):
        return Found(path, _NOWHERE, refusal=f"{path} is not a file but a folder, device, pipe or socket. Remove it.")
    if facts.st_size == 0:
        return Found(path, Facts.of(facts), refusal=f"{path} is empty. Copy it here again.")
    if facts.st_size > largest:
        size = f"{facts.st_size / (1 << 20):.0f} MiB, more than the {largest / (1 << 20):.0f} MiB allowed"
        remedy = "Save it anew, without the edits" if _ending(path) == "xmp" else ""
        remedy = remedy or "Save a smaller version, or raise HEADSHOTS['file_limit']"
        return Found(path, Facts.of(facts), refusal=f"{path} is {size}. {remedy}.")
    return Found(path, Facts.of(facts))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads round in a circle; _stat says so


def _inside(real: str, root: str) -> bool:
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _leads_out(path: str) -> str:
    return f"{path} is a link that leads out of the photos folder. Copy the file itself into the folder."


def _changed(path: str) -> str:
    return f"{path} changed while it was being read. Build again when it is finished."


def _closed(path: str, error: OSError) -> str:
    """What is in the folder *path* cannot be named one by one: this sentence stands for all of it."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{path} may not be opened, so nothing in it is shown. Give yourself the right to read that folder."
    return _unreadable(path, error)


def _unreadable(path: str, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return f"{path} is a link that leads round in a circle. Remove it."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{path} may not be opened. Give yourself the right to read it."
    return f"{path} cannot be read: {error.strerror or error}. Copy it here again."
