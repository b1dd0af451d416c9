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

from ..cache.stat_index import FileStat
from ..values.geometry import Value
from .file_extensions import IMAGE_EXTENSIONS, RAW_EXTENSIONS, UNSUPPORTED_EXTENSIONS

MAX_FILE_BYTES = 1 << 30
"""Bytes. No photograph is larger; a file that claims to be is a mistake or a trap."""

MAX_SIDECAR_BYTES = 4 << 20
"""Bytes. A sidecar with the whole history of a retouched picture has some hundred thousand."""

MAX_FOLDER_DEPTH = 64
"""Folders within folders."""

MAX_FOLDER_LINKS = 1000
"""Folders entered through links. A dozen folders that link to one another can be walked in half a billion ways."""

_SYSTEM_FOLDERS = frozenset({"@eaDir", "__MACOSX", "#recycle", "$RECYCLE.BIN"})
"""Folders that storage boxes and systems leave, with thumbnails and copies in them."""


class UnusableFileError(Exception):
    """A file that cannot be used. Its text is a sentence with its name, what is wrong and what to do."""


class ScannedFile(Value, frozen=True):
    """A file in the photos folder.

    *path* is as the disk spells it, relative to the folder, `/` between; undecodable bytes are lone surrogates.
    Either it may be read (*refusal* and *ignored* empty), or it was meant as a photograph but cannot be one
    (*refusal*: a sentence), or it is none of ours (*ignored*: why).
    """

    path: str
    file_stat: FileStat
    unusable_reason: str = ""
    ignored_reason: str = ""
    sidecar: ScannedFile | None = None
    """Its `.xmp`, named `photo.xmp` or `photo.jpg.xmp`, where it can be read."""
    sidecar_unusable_reason: str = ""
    """A sentence where there is one that cannot be read: the photograph is used without it."""
    is_raw: bool = False
    """A camera's RAW file, of which the preview is wanted."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_usable(self) -> bool:
        return not self.unusable_reason and not self.ignored_reason


_NO_STAT = FileStat(0, 0, 0, 0)
_RAW_REMEDY = "Develop it and save it as JPEG or TIFF, or have its preview shown by the setting raw_previews."


def scan_folder(
    folder: Path, *, max_bytes: int = MAX_FILE_BYTES, use_raw_previews: bool = False
) -> Iterator[ScannedFile]:
    """Everything in *folder* and below, in an order that depends on the names alone.

    *raw*: RAW files are usable, for the preview in them, unless a picture was made of them. Links are followed as long
    as they stay inside *folder* and do not lead round in a circle.
    """
    root = os.path.realpath(folder)
    yield from _FolderScan(root, max_bytes, use_raw_previews).scan_entries(root, "", (root,))


def scan_file(path: Path) -> Iterator[ScannedFile]:
    """The one file *path*, whatever its ending and wherever it links to: somebody asked for it by name."""
    with os.scandir(path.parent) as scan:
        for entry in scan:
            if entry.name == path.name:
                yield _check_entry(entry, entry.name, os.sep, MAX_FILE_BYTES)


def read(folder: Path, scanned_file: ScannedFile, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of a file that `walk` found usable. Raises Refused where it is no longer the same file."""
    path = os.path.join(folder, scanned_file.path)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(os.path.realpath(path), flags)
    except FileNotFoundError:
        raise UnusableFileError(f"{scanned_file.path} has gone while the site was being built.") from None
    except OSError as error:
        raise UnusableFileError(_describe_unreadable_file(scanned_file.path, error)) from error
    with open(descriptor, "rb") as file:
        if FileStat.from_stat(os.fstat(descriptor)) != scanned_file.file_stat:
            raise UnusableFileError(_describe_changed_file(scanned_file.path))
        try:
            data = file.read(min(scanned_file.file_stat.size, max_bytes) + 1)
        except OSError as error:
            raise UnusableFileError(_describe_unreadable_file(scanned_file.path, error)) from error
        if (
            len(data) != scanned_file.file_stat.size
            or FileStat.from_stat(os.fstat(descriptor)) != scanned_file.file_stat
        ):
            raise UnusableFileError(_describe_changed_file(scanned_file.path))
    return data


def escape_for_terminal(text: str) -> str:
    """*text* for a terminal or a log: nothing in it can move the cursor, colour the screen or turn letters round."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def describe_unusable_sidecar(path: str, unusable_reason: str) -> str:
    """The sentence about the photograph *path*, whose sidecar cannot be read; *refusal* says which that is, and why."""
    return f"{unusable_reason} Until then {path} is shown without what is written there."


class _FolderScan:
    """One walk through the photos folder *root*, which counts the links it follows."""

    def __init__(self, root: str, max_bytes: int, use_raw_previews: bool) -> None:
        self._root, self._max_bytes, self._use_raw_previews = root, max_bytes, use_raw_previews
        self._link_count = 0

    def scan_entries(self, folder: str, shown_path: str, ancestors: tuple[str, ...]) -> Iterator[ScannedFile]:
        """Everything in *folder*, shown as *below*; *above* are the real folders on the way there, and itself."""
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield ScannedFile(
                shown_path or ".",
                _NO_STAT,
                unusable_reason=_describe_closed_folder(shown_path or "The photos folder", error),
            )
            return
        if not entries and _get_extension(shown_path.rpartition("/")[2]) in IMAGE_EXTENSIONS:
            yield ScannedFile(
                shown_path, _NO_STAT, unusable_reason=f"{shown_path} is an empty folder. Put the photo itself here."
            )
        sidecars = {entry.name[:-4]: entry for entry in entries if _get_extension(entry.name) == "xmp"}
        stems = {
            entry.name.rpartition(".")[0].lower() for entry in entries if _get_extension(entry.name) in IMAGE_EXTENSIONS
        }
        for entry in entries:
            path = f"{shown_path}/{entry.name}" if shown_path else entry.name
            if entry.name.startswith("."):
                yield ScannedFile(path, _NO_STAT, ignored_reason="its name begins with a dot")
            elif entry.name in _SYSTEM_FOLDERS:
                yield ScannedFile(path, _NO_STAT, ignored_reason="a folder that some system keeps for itself")
            elif _is_folder(entry):
                yield from self._scan_subfolder(entry, path, ancestors)
            else:
                scanned_file = _classify_entry(entry, path, self._root, self._max_bytes, stems, self._use_raw_previews)
                if scanned_file.is_usable:
                    sidecar_entry = sidecars.get(entry.name) or sidecars.get(entry.name.rpartition(".")[0])
                    if sidecar_entry is not None:
                        sidecar_path = f"{shown_path}/{sidecar_entry.name}" if shown_path else sidecar_entry.name
                        scanned_file = _attach_sidecar(
                            scanned_file, _check_entry(sidecar_entry, sidecar_path, self._root, MAX_SIDECAR_BYTES)
                        )
                yield scanned_file

    def _scan_subfolder(self, entry: os.DirEntry[str], path: str, ancestors: tuple[str, ...]) -> Iterator[ScannedFile]:
        real_path = entry.path
        if entry.is_symlink():
            real_path = os.path.realpath(entry.path)
            if not _is_inside(real_path, self._root):
                yield ScannedFile(path, _NO_STAT, unusable_reason=_describe_outside_link(path))
                return
            self._link_count += 1
        if real_path in ancestors:
            yield ScannedFile(path, _NO_STAT, ignored_reason="it is a link to a folder it lies in")
        elif len(ancestors) > MAX_FOLDER_DEPTH:
            yield ScannedFile(
                path, _NO_STAT, unusable_reason=f"{path} lies more than {MAX_FOLDER_DEPTH} folders deep. Move it up."
            )
        elif entry.is_symlink() and self._link_count > MAX_FOLDER_LINKS:
            yield ScannedFile(
                path,
                _NO_STAT,
                unusable_reason=f"{path} is one of more than {MAX_FOLDER_LINKS} links to folders. Remove some.",
            )
        else:
            yield from self.scan_entries(real_path, path, (*ancestors, real_path))


def _attach_sidecar(scanned_file: ScannedFile, sidecar: ScannedFile) -> ScannedFile:
    if sidecar.is_usable:
        return replace(scanned_file, sidecar=sidecar)
    return replace(
        scanned_file, sidecar_unusable_reason=describe_unusable_sidecar(scanned_file.path, sidecar.unusable_reason)
    )


def _classify_entry(
    entry: os.DirEntry[str], path: str, root: str, max_bytes: int, image_stems: set[str], use_raw_previews: bool
) -> ScannedFile:
    extension = _get_extension(entry.name)
    if extension in IMAGE_EXTENSIONS:
        return _check_entry(entry, path, root, max_bytes)
    if extension in RAW_EXTENSIONS:
        if entry.name.rpartition(".")[0].lower() in image_stems:
            return ScannedFile(path, _NO_STAT, ignored_reason="a camera's raw file beside the picture made from it")
        if use_raw_previews:
            scanned_file = _check_entry(entry, path, root, max_bytes)
            return ScannedFile(path, scanned_file.file_stat, unusable_reason=scanned_file.unusable_reason, is_raw=True)
        return ScannedFile(path, _NO_STAT, unusable_reason=f"{path} is a camera's raw file. {_RAW_REMEDY}")
    if extension in UNSUPPORTED_EXTENSIONS:
        return ScannedFile(
            path, _NO_STAT, unusable_reason=f"{path} is of a kind that is not read. Save it as JPEG, PNG or TIFF."
        )
    return ScannedFile(path, _NO_STAT, ignored_reason="not a picture")


def _check_entry(entry: os.DirEntry[str], path: str, root: str, max_bytes: int) -> ScannedFile:
    try:
        if entry.is_symlink() and not _is_inside(os.path.realpath(entry.path), root):
            return ScannedFile(path, _NO_STAT, unusable_reason=_describe_outside_link(path))
        stat_result = os.stat(entry.path)  # not the entry's own, which knows no inode on Windows
        if stat.S_ISREG(stat_result.st_mode) and not os.access(entry.path, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except FileNotFoundError:
        return ScannedFile(
            path, _NO_STAT, unusable_reason=f"{path} is a link to a file that is not there. Put the file itself here."
        )
    except OSError as error:
        return ScannedFile(path, _NO_STAT, unusable_reason=_describe_unreadable_file(path, error))
    if not stat.S_ISREG(stat_result.st_mode):
        return ScannedFile(
            path, _NO_STAT, unusable_reason=f"{path} is not a file but a folder, device, pipe or socket. Remove it."
        )
    if stat_result.st_size == 0:
        return ScannedFile(
            path, FileStat.from_stat(stat_result), unusable_reason=f"{path} is empty. Copy it here again."
        )
    if stat_result.st_size > max_bytes:
        size = f"{stat_result.st_size / (1 << 20):.0f} MiB, more than the {max_bytes / (1 << 20):.0f} MiB allowed"
        remedy = "Save it anew, without the edits" if _get_extension(path) == "xmp" else ""
        remedy = remedy or "Save a smaller version, or raise HEADSHOTS['file_limit']"
        return ScannedFile(path, FileStat.from_stat(stat_result), unusable_reason=f"{path} is {size}. {remedy}.")
    return ScannedFile(path, FileStat.from_stat(stat_result))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads round in a circle; _stat says so


def _is_inside(real_path: str, root: str) -> bool:
    return real_path == root or real_path.startswith(root.rstrip(os.sep) + os.sep)


def _get_extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _describe_outside_link(path: str) -> str:
    return f"{path} is a link that leads out of the photos folder. Copy the file itself into the folder."


def _describe_changed_file(path: str) -> str:
    return f"{path} changed while it was being read. Build again when it is finished."


def _describe_closed_folder(path: str, error: OSError) -> str:
    """What is in the folder *path* cannot be named one by one: this sentence stands for all of it."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{path} may not be opened, so nothing in it is shown. Give yourself the right to read that folder."
    return _describe_unreadable_file(path, error)


def _describe_unreadable_file(path: str, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return f"{path} is a link that leads round in a circle. Remove it."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{path} may not be opened. Give yourself the right to read it."
    return f"{path} cannot be read: {error.strerror or error}. Copy it here again."
