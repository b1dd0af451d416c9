"""List the photos folder, decide which files may be opened as photos, and read them.

Every file is checked with stat before it is opened: a `.jpg` can be a pipe, a socket, a link to a device or to a private
folder, or two gigabytes of zeros.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from ..cache.stat_index import FileStat
from ..values.geometry import Value
from .file_extensions import IMAGE_EXTENSIONS, RAW_EXTENSIONS, UNSUPPORTED_EXTENSIONS

MAX_FILE_BYTES = 1 << 30
"""The largest file that is read, in bytes, unless the settings say otherwise. No photo is larger."""

MAX_SIDECAR_BYTES = 4 << 20
"""The largest sidecar that is read, in bytes. One with the full edit history of a photo has some hundred thousand."""

MAX_FOLDER_DEPTH = 64
"""The deepest nesting of folders."""

MAX_FOLDER_LINKS = 1000
"""The most links to folders that are followed. A dozen folders that link to each other have half a billion paths."""

_SYSTEM_FOLDERS = frozenset({"@eaDir", "__MACOSX", "#recycle", "$RECYCLE.BIN"})
"""Folders in which network storage and operating systems keep thumbnails and deleted files."""


class UnusableFileError(Exception):
    """A file that cannot be used. Its text is a sentence with the file name, what is wrong and what to do."""


class ScannedFile(Value, frozen=True):
    """A file in the photos folder.

    *path* is relative to the folder, separated by `/` and spelled as on the disk; undecodable bytes are lone surrogates.
    The file is usable (both reasons are empty), or a photo that cannot be used (*unusable_reason* is a sentence), or
    no photo at all (*ignored_reason*).
    """

    path: str
    file_stat: FileStat
    unusable_reason: str = ""
    ignored_reason: str = ""
    sidecar: ScannedFile | None = None
    """Its XMP sidecar (`photo.xmp` or `photo.jpg.xmp`), if that is usable."""
    sidecar_unusable_reason: str = ""
    """A sentence if the sidecar is not usable; the photo is then used without it."""
    second_sidecar_remark: str = ""
    """A sentence if there are both `photo.jpg.xmp`, which is read, and `photo.xmp`, which is not."""
    is_raw: bool = False
    """A RAW file whose embedded preview is used."""

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def is_usable(self) -> bool:
        """Whether the file may be opened as a photo."""
        return not self.unusable_reason and not self.ignored_reason


NO_PICTURE = "it is not a picture"
"""Why a file is ignored that is neither a photo nor has to do with one."""
TEXT_EXTENSIONS = {"toml", "csv", "xmp"}
"""Extensions of notes, people files and sidecars, whose changes are noticed."""
_NO_STAT = FileStat(0, 0, 0, 0)
_RAW_REMEDY = "Export it as JPEG or TIFF, or set HEADSHOTS['raw_previews'] to show its preview."


def scan_folder(
    folder: Path, *, max_bytes: int = MAX_FILE_BYTES, use_raw_previews: bool = False
) -> Iterator[ScannedFile]:
    """Yield every file in *folder* and its subfolders, in an order that depends only on the names.

    Links are followed if they stay inside *folder* and do not lead to one of their own parent folders.

    Args:
        folder: The photos folder.
        max_bytes: The largest file that is usable.
        use_raw_previews: RAW files are usable for their embedded preview, unless a photo with the same name is beside them.
    """
    root = os.path.realpath(folder)
    yield from _FolderScan(root, max_bytes, use_raw_previews).scan_entries(root, "", (root,))


def scan_file(path: Path) -> Iterator[ScannedFile]:
    """Yield the file *path*, with any extension and any link target, because the user named it."""
    with os.scandir(path.parent) as scan:
        for entry in scan:
            if entry.name == path.name:
                yield _check_entry(entry, entry.name, os.sep, MAX_FILE_BYTES)


def read(folder: Path, scanned_file: ScannedFile, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the bytes of a usable file from `scan_folder`.

    Raises:
        UnusableFileError: It cannot be read, or it is no longer the file that was scanned.
    """
    path = os.path.join(folder, scanned_file.path)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(os.path.realpath(path), flags)
    except FileNotFoundError:
        raise UnusableFileError(f"{scanned_file.path} was removed while the site was being built.") from None
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
    """Return *text* for a terminal or log, with characters escaped that move the cursor, set colors or change direction."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def describe_unusable_sidecar(path: str, unusable_reason: str) -> str:
    """Return the sentence for the photo *path* with an unusable sidecar; *unusable_reason* names the sidecar."""
    return f"{unusable_reason} Until then the metadata in that file is not used for {path}."


class _FolderScan:
    """A scan of the photos folder *root* that counts the links it follows."""

    def __init__(self, root: str, max_bytes: int, use_raw_previews: bool) -> None:
        self._root, self._max_bytes, self._use_raw_previews = root, max_bytes, use_raw_previews
        self._link_count = 0

    def scan_entries(self, folder: str, shown_path: str, ancestors: tuple[str, ...]) -> Iterator[ScannedFile]:
        """Yield every file in *folder* and its subfolders.

        *shown_path* is its path relative to the photos folder; *ancestors* are the real paths of its parents and its own.
        """
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
        stem_counts = Counter(
            entry.name.rpartition(".")[0]
            for entry in entries
            if _get_extension(entry.name) in IMAGE_EXTENSIONS | RAW_EXTENSIONS
        )
        for entry in entries:
            path = f"{shown_path}/{entry.name}" if shown_path else entry.name
            if entry.name.startswith("."):
                yield ScannedFile(path, _NO_STAT, ignored_reason="its name begins with a dot")
            elif entry.name in _SYSTEM_FOLDERS:
                yield ScannedFile(path, _NO_STAT, ignored_reason="it is a system folder")
            elif _is_folder(entry):
                yield from self._scan_subfolder(entry, path, ancestors)
            else:
                scanned_file = _classify_entry(
                    entry,
                    path,
                    self._root,
                    max_bytes=self._max_bytes,
                    image_stems=stems,
                    use_raw_previews=self._use_raw_previews,
                )
                if scanned_file.is_usable:
                    stem = entry.name.rpartition(".")[0]
                    sidecar_entry = sidecars.get(entry.name) or sidecars.get(stem)
                    # A RAW file or another picture of that name can have the second one.
                    if entry.name in sidecars and stem in sidecars and stem_counts[stem] == 1:
                        remark = _describe_second_sidecar(path, sidecars[entry.name].name, sidecars[stem].name)
                        scanned_file = replace(scanned_file, second_sidecar_remark=remark)
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
            yield ScannedFile(path, _NO_STAT, ignored_reason="it is a link to one of its own parent folders")
        elif len(ancestors) > MAX_FOLDER_DEPTH:
            yield ScannedFile(
                path, _NO_STAT, unusable_reason=f"{path} is more than {MAX_FOLDER_DEPTH} folders deep. Move it up."
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


def _describe_second_sidecar(path: str, read_name: str, other_name: str) -> str:
    return f"{path} has two sidecars: {read_name} is read, {other_name} is not. Remove the one that is out of date."


def _classify_entry(
    entry: os.DirEntry[str], path: str, root: str, *, max_bytes: int, image_stems: set[str], use_raw_previews: bool
) -> ScannedFile:
    extension = _get_extension(entry.name)
    if extension in IMAGE_EXTENSIONS:
        return _check_entry(entry, path, root, max_bytes)
    if extension in RAW_EXTENSIONS:
        if entry.name.rpartition(".")[0].lower() in image_stems:
            return ScannedFile(path, _NO_STAT, ignored_reason="it is a RAW file, and its exported photo is beside it")
        if use_raw_previews:
            scanned_file = _check_entry(entry, path, root, max_bytes)
            return ScannedFile(path, scanned_file.file_stat, unusable_reason=scanned_file.unusable_reason, is_raw=True)
        return ScannedFile(path, _NO_STAT, unusable_reason=f"{path} is a RAW file. {_RAW_REMEDY}")
    if extension in UNSUPPORTED_EXTENSIONS:
        return ScannedFile(
            path, _NO_STAT, unusable_reason=f"{path} has an unsupported format. Export it as JPEG, PNG or TIFF."
        )
    file_stat = _check_entry(entry, path, root, max_bytes).file_stat if extension in TEXT_EXTENSIONS else _NO_STAT
    return ScannedFile(path, file_stat, ignored_reason=NO_PICTURE)


def _check_entry(entry: os.DirEntry[str], path: str, root: str, max_bytes: int) -> ScannedFile:
    try:
        if entry.is_symlink() and not _is_inside(os.path.realpath(entry.path), root):
            return ScannedFile(path, _NO_STAT, unusable_reason=_describe_outside_link(path))
        stat_result = os.stat(entry.path)  # not entry.stat(), which has no inode on Windows
        if stat.S_ISREG(stat_result.st_mode) and not os.access(entry.path, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except FileNotFoundError:
        return ScannedFile(
            path, _NO_STAT, unusable_reason=f"{path} is a link to a file that does not exist. Put the file itself here."
        )
    except OSError as error:
        return ScannedFile(path, _NO_STAT, unusable_reason=_describe_unreadable_file(path, error))
    if not stat.S_ISREG(stat_result.st_mode):
        return ScannedFile(
            path, _NO_STAT, unusable_reason=f"{path} is a folder, device, pipe or socket, not a file. Remove it."
        )
    if stat_result.st_size == 0:
        return ScannedFile(
            path, FileStat.from_stat(stat_result), unusable_reason=f"{path} is empty. Copy it here again."
        )
    if stat_result.st_size > max_bytes:
        size = f"{stat_result.st_size / (1 << 20):.0f} MiB, more than the {max_bytes / (1 << 20):.0f} MiB allowed"
        remedy = "Save it again without the edit history" if _get_extension(path) == "xmp" else ""
        remedy = remedy or "Export a smaller version, or raise HEADSHOTS['max_file_mb']"
        return ScannedFile(path, FileStat.from_stat(stat_result), unusable_reason=f"{path} is {size}. {remedy}.")
    return ScannedFile(path, FileStat.from_stat(stat_result))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads back to itself; _check_entry reports it


def _is_inside(real_path: str, root: str) -> bool:
    return real_path == root or real_path.startswith(root.rstrip(os.sep) + os.sep)


def _get_extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _describe_outside_link(path: str) -> str:
    return f"{path} is a link to a file outside the photos folder. Copy the file itself into the folder."


def _describe_changed_file(path: str) -> str:
    return f"{path} changed while it was being read. Build again when the file is complete."


def _describe_closed_folder(path: str, error: OSError) -> str:
    """Return the sentence for a folder that cannot be listed, which replaces one sentence for each file in it."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{path} cannot be opened, so nothing in it is shown. Give yourself permission to read that folder."
    return _describe_unreadable_file(path, error)


def _describe_unreadable_file(path: str, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return f"{path} is a link that leads back to itself. Remove it."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{path} cannot be opened. Give yourself permission to read it."
    return f"{path} cannot be read: {error.strerror or error}. Copy it here again."
