"""The cache of a site (`.headshots/`): analysis results and renditions, stored under keys made from their inputs.

```
.headshots/
  cache.sqlite3    original: path and file stat → digest
                   photo: digest and versions → photo record as JSON
                   decisions: digests and versions → what its program says of a photo that is not analyzed, as JSON
                   classification: digest, versions and headshot bias → classification as JSON
                   rendition: cache key → file stat and checksum
                   site: output folder → the files published into it
  renditions/ab/…  the rendition files
  templates/…      the compiled templates of the theme
  building.lock    shared by builds and commands that use renditions; gc, clear-cache and forget-person need it alone
  *.lock           the database, the notes and the published files: each is written by one process at a time
  open-review.html an address for the browser, while a review starts
  CACHEDIR.TAG     tells backup programs that they can skip the folder
```

The cache may be deleted at any time: the next build is slower, with the same result.
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
"""In nanoseconds: the cache is on a local disk, where the kernel's clock ticks at least every 10 ms."""

CACHEDIR_TAG = "CACHEDIR.TAG"
_CACHEDIR_TAG_CONTENTS = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by Pelican Headshots; may be deleted.\n"
"""The file by which backup programs recognize a folder that they can skip (bford.info/cachedir)."""


class RenditionCache:
    """Rendition files by cache key. A file counts as present only if it matches its checksum.

    The checksum is computed again only if the file stat has changed since the last check.
    """

    def __init__(self, root: Path, fallback_root: Path | None, records: Records) -> None:
        self._root = str(root)
        self._fallback_root = fallback_root and str(fallback_root)
        self._keys_in_fallback: set[str] = set()
        self._records = records
        self._stat_index = StatIndex(records, tick_ns=_LOCAL_CLOCK_TICK_NS)
        self._verified_stats: dict[str, FileStat] = {}

    def get_path(self, key: str) -> Path:
        """Return the path of the file for *key*, whether it exists or not."""
        if not _KEY_PATTERN.fullmatch(key):
            raise ValueError(f"not a cache key: {key!r}")
        return Path(self._build_path(key))

    def _build_path(self, key: str) -> str:
        root = self._fallback_root if self._fallback_root and key in self._keys_in_fallback else self._root
        return f"{root}{os.sep}renditions{os.sep}{key[:2]}{os.sep}{key}"

    def has(self, key: str) -> bool:
        """Return whether a sound file exists. A damaged file is reported in the log and counts as missing."""
        return self.get_stat(key) is not None

    def get_stat(self, key: str) -> FileStat | None:
        """Return the stat of the file for *key*, or None if there is no sound file."""
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
                    log.warning("%s is damaged and is created again.", path)
                    return None
                self._stat_index.set_digest(key, file_stat, contents_digest)
        except OSError:
            return None
        self._verified_stats[key] = file_stat
        return file_stat

    def get(self, key: str) -> bytes | None:
        """Return the bytes of the file, or None if there is no sound file."""
        return self.get_path(key).read_bytes() if self.has(key) else None

    def put(self, key: str, data: bytes) -> None:
        """Write the file for *key*. `Database.save` writes its record.

        Raises:
            DiskError: If the file cannot be written, for instance because the disk is full.
        """
        if self._fallback_root:
            self._keys_in_fallback.add(key)
        path = self.get_path(key)
        atomic_files.write(path, data, temporary_folder=path.parents[2])
        self._verified_stats.pop(key, None)
        self._record_stat(key, compute_digest(data))

    def note_linked_file(self, key: str) -> None:
        """Record that this build has just linked the file, which changed its ctime but not its contents."""
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
        """Remove every file whose key is not in *keys*.

        Returns:
            The number of removed files and their size in bytes.

        Raises:
            DiskError: If a file cannot be removed.
        """
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
    """The cache in the folder *root*.

    If *root* is not writable, or *may_write* is False, the cache is only read, and new files go to a temporary folder that
    lasts for this build. The shared `build_lock` is held from the start.
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
                "The cache %s cannot be written. The site is built correctly, but new results are not saved.", root
            )
        self.writable_root = fallback_root or root
        """The folder that this build may write to."""
        self.build_lock = atomic_files.SharedLock(self.writable_root / "building.lock")
        if self.build_lock.try_acquire_exclusive() and is_root_writable:
            _remove_leftovers(root)
        self.build_lock.acquire_shared()
        self.database = Database(root / "cache.sqlite3", writable=is_root_writable)
        self.stat_index = StatIndex(self.database.get_records("original"))
        self.photo_records = self.database.get_records("photo")
        self.decisions = self.database.get_records("decisions")
        self.classifications = self.database.get_records("classification")
        self.renditions = RenditionCache(root, fallback_root, self.database.get_records("rendition"))
        self.published_files = self.database.get_records("site")

    def forget(self, digests: set[str], paths: set[str], present_digests: set[str], wanted_keys: set[str]) -> int:
        """Delete what is kept about the originals with these *digests* and *paths*. Call it while holding the lock alone.

        The names of renditions do not say what they show. Therefore every rendition is deleted that the site does not need,
        and every record of originals that no longer exist. `save` writes the changes.

        Args:
            digests: The contents of the originals.
            paths: The originals and their sidecars, relative to the photos folder.
            present_digests: All originals that exist.
            wanted_keys: The renditions that the site needs without these originals.

        Returns:
            The number of deleted renditions.

        Raises:
            DiskError: A file cannot be deleted.
        """
        removed, _ = self.renditions.delete_except(wanted_keys)
        for records in (self.photo_records, self.decisions, self.classifications):
            keys = set(records.keys())
            records.delete_except({key for key in keys if key.partition(".")[0] in present_digests - digests})
        original_records = self.database.get_records("original")
        original_records.delete_except(set(original_records.keys()) - paths)
        sites = self.published_files.keys()
        self.published_files.delete_except({site for site in sites if (self.root / site).is_dir()})
        return removed

    def save(self) -> None:
        """Write what is still only in memory. Call it once at the end of a build."""
        self.database.save()


def _remove_leftovers(root: Path) -> None:
    """Remove files left by killed builds. Call it only while holding the lock alone."""
    for folder in (root, root / "templates"):
        atomic_files.remove_temporary_files(folder)


def _prepare_root(root: Path) -> bool:
    """Create *root* if needed, and return whether files can be created in it.

    An empty folder is marked as a cache with `CACHEDIR.TAG`. A folder that already has other files is not marked.

    Raises:
        DiskError: If the disk is full.
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
    """Return whether a folder was created as a cache by this package."""
    try:
        return (folder / CACHEDIR_TAG).read_bytes() == _CACHEDIR_TAG_CONTENTS
    except OSError:
        return False
