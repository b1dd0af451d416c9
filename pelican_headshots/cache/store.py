"""The cache beside the site (`.headshots/`): measurements and finished derivatives, found again by what made them.

```
.headshots/
  cache.sqlite3    originals: path and stat facts → digest
                   exams: digest and versions → JSON
                   renditions: recipe → stat facts and checksum of the file
                   sites: output folder → what we put into it
  renditions/ab/…  the derivatives themselves
  templates/…      the theme, compiled
  building.lock    held by whoever makes or reads derivatives; gc wants it alone
```

All of it may be deleted at any moment: the next build is slower, and the same.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import tempfile
import weakref
from pathlib import Path

from ..support import atomic_files
from ..support.digest import compute_digest
from .database import Database, Records
from .stat_index import FileStat, StatIndex

log = logging.getLogger(__name__)

_KEY_PATTERN = re.compile(r"[0-9a-z][0-9a-z._-]{3,120}")

_LOCAL_CLOCK_TICK_NS = 20_000_000
"""Nanoseconds: our own files lie on a local disk, whose kernel ticks at least every 10 ms."""

CACHEDIR_TAG = "CACHEDIR.TAG"
_CACHEDIR_TAG_CONTENTS = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by Pelican Headshots; may be deleted.\n"
"""What backup programs look for in a folder they need not keep (bford.info/cachedir)."""

_OBSOLETE_NAMES = (
    "index",
    "exams.pack",
    "exams.lock",
    "renditions.pack",
    "renditions.lock",
    "sums",
    "published",
    "worked-out",
)
"""What caches had before they had a database."""


class RenditionCache:
    """Finished files by recipe. Each was checked against its checksum before anyone is told that it is there.

    A checksum is taken again only where the file's stat facts are not those of the last time.
    """

    def __init__(self, root: Path, fallback_root: Path | None, records: Records) -> None:
        self._root = str(root)
        self._fallback_root = fallback_root and str(fallback_root)
        self._keys_in_fallback: set[str] = set()
        self._records = records
        self._stat_index = StatIndex(records, tick_ns=_LOCAL_CLOCK_TICK_NS)
        self._verified_stats: dict[str, FileStat] = {}

    def get_path(self, key: str) -> Path:
        """Where the file for *key* lies or will lie."""
        if not _KEY_PATTERN.fullmatch(key):
            raise ValueError(f"not a key: {key!r}")
        return Path(self._build_path(key))

    def _build_path(self, key: str) -> str:
        root = self._fallback_root if self._fallback_root and key in self._keys_in_fallback else self._root
        return f"{root}{os.sep}renditions{os.sep}{key[:2]}{os.sep}{key}"

    def has(self, key: str) -> bool:
        """Whether a sound file is there. A damaged one is named in the log and no longer there."""
        return self.get_stat(key) is not None

    def get_stat(self, key: str) -> FileStat | None:
        """The stat facts of the sound file for *key*; None where there is none."""
        if (verified := self._verified_stats.get(key)) is not None:
            return verified
        if self._records.get(key) is None:
            return None
        path = self._build_path(key)
        try:
            file_stat = FileStat.from_stat(os.stat(path))
            if self._stat_index.get_digest(key, file_stat) is None:
                with open(path, "rb") as file:
                    contents_digest = compute_digest(file.read())
                if contents_digest != self._stat_index.get_last_digest(key):
                    log.warning("%s is damaged: it is made again.", path)
                    return None
                self._stat_index.set_digest(key, file_stat, contents_digest)
        except OSError:
            return None
        self._verified_stats[key] = file_stat
        return file_stat

    def get(self, key: str) -> bytes | None:
        """The file's bytes, or None."""
        return self.get_path(key).read_bytes() if self.has(key) else None

    def put(self, key: str, data: bytes) -> None:
        """Keep *data*; that it is there is written by `Database.save`. Raises DiskTrouble where the disk is full."""
        if self._fallback_root:
            self._keys_in_fallback.add(key)
        path = self.get_path(key)
        atomic_files.write(path, data, temporary_folder=path.parents[2])
        self._verified_stats.pop(key, None)
        self._record_stat(key, compute_digest(data))

    def note_linked_file(self, key: str) -> None:
        """Note that we ourselves just linked the file, which changed its ctime but not its contents."""
        if (contents_digest := self._stat_index.get_last_digest(key)) is not None:
            self._record_stat(key, contents_digest)

    def _record_stat(self, key: str, contents_digest: str) -> None:
        file_stat = FileStat.from_stat(os.stat(self.get_path(key)))
        previous_stat = self._verified_stats.get(key, file_stat)
        self._verified_stats[key] = file_stat
        if (previous_stat.size, previous_stat.mtime_ns, previous_stat.inode) == (
            file_stat.size,
            file_stat.mtime_ns,
            file_stat.inode,
        ):
            self._stat_index.set_digest(key, file_stat, contents_digest, file_stat.ctime_ns + _LOCAL_CLOCK_TICK_NS)

    def delete_except(self, keys: set[str]) -> tuple[int, int]:
        """Remove every file whose key is not among *keys*: how many there were, and their bytes. Raises DiskTrouble."""
        removed = freed = 0
        for path in Path(self._root, "renditions").glob("*/*"):
            if path.name not in keys:
                self._verified_stats.pop(path.name, None)
                try:
                    size = path.stat().st_size
                    path.unlink()
                except OSError as error:
                    raise atomic_files.make_disk_error(path, error) from error
                removed, freed = removed + 1, freed + size
        self._records.delete_except(keys)
        return removed, freed


class Store:
    """The cache at *root*. Where that cannot be written, what is new goes to a temporary folder for this build only.

    So it does where nothing is to be remembered (*remember* is False): the cache is then read and never written.
    Its `gate` is passed from the beginning, together with other builds; `gate.leave()` lets go of it.
    """

    def __init__(self, root: Path, *, may_write: bool = True) -> None:
        self.root, self.may_write = root, may_write
        fallback_root = None
        is_root_writable = may_write and _prepare_root(root)
        if not is_root_writable:
            fallback_root = Path(tempfile.mkdtemp(prefix="headshots-"))
            self._finalizer = weakref.finalize(self, shutil.rmtree, fallback_root, ignore_errors=True)
        if may_write and not is_root_writable:
            log.warning(
                "The cache %s cannot be written: the site comes out right, but nothing new is remembered.", root
            )
        self.writable_root = fallback_root or root
        """Where this build may write."""
        self.build_lock = atomic_files.SharedLock(self.writable_root / "building.lock")
        if self.build_lock.try_acquire_exclusive() and is_root_writable:
            _remove_leftovers(root)
        self.build_lock.acquire_shared()
        self.database = Database(root / "cache.sqlite3", writable=is_root_writable)
        self.stat_index = StatIndex(self.database.get_records("original"))
        self.photo_records = self.database.get_records("exam")
        self.renditions = RenditionCache(root, fallback_root, self.database.get_records("rendition"))
        self.published_files = self.database.get_records("site")

    def save(self) -> None:
        """Write what is only in memory yet. Call it once at the end of a build."""
        self.database.save()


def _remove_leftovers(root: Path) -> None:
    """Remove what killed builds and older versions left. Raises DiskTrouble. Call it alone."""
    for folder in (root, root / "templates"):
        atomic_files.remove_temporary_files(folder)
    obsolete_paths = [root / name for name in _OBSOLETE_NAMES if (root / name).exists()]
    if not obsolete_paths:
        return
    log.warning(
        "The cache %s is of an older version and is made anew. Files of former builds may stay in the site: empty its "
        "folder if you want them gone.",
        root,
    )
    try:
        for path in (*obsolete_paths, root / "renditions"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise atomic_files.make_disk_error(root, error) from error


def _prepare_root(root: Path) -> bool:
    """Whether files can be made in *root*. A full disk is no reason to go elsewhere: it raises DiskTrouble.

    An empty folder is made ours by a sign; one that holds something already may be somebody's, and stays without.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        tag = root / CACHEDIR_TAG
        if not any(root.iterdir()):
            tag.write_bytes(_CACHEDIR_TAG_CONTENTS)
        probe = atomic_files.make_temporary_path(tag)
        probe.touch()
        probe.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise atomic_files.make_disk_error(root, error) from error
        return False
    return True


def is_cache_folder(folder: Path) -> bool:
    """Whether the folder *root* is one that we made."""
    try:
        return (folder / CACHEDIR_TAG).read_bytes() == _CACHEDIR_TAG_CONTENTS
    except OSError:
        return False
