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

from .. import disk
from .database import Database, Records
from .stat_index import Facts, StatIndex, digest

log = logging.getLogger(__name__)

_KEY = re.compile(r"[0-9a-z][0-9a-z._-]{3,120}")

_OWN_TICK = 20_000_000
"""Nanoseconds: our own files lie on a local disk, whose kernel ticks at least every 10 ms."""

SIGN = "CACHEDIR.TAG"
_SIGN = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by Pelican Headshots; may be deleted.\n"
"""What backup programs look for in a folder they need not keep (bford.info/cachedir)."""

_OLDER = ("index", "exams.pack", "exams.lock", "renditions.pack", "renditions.lock", "sums", "published", "worked-out")
"""What caches had before they had a database."""


class Renditions:
    """Finished files by recipe. Each was checked against its checksum before anyone is told that it is there.

    A checksum is taken again only where the file's stat facts are not those of the last time.
    """

    def __init__(self, root: Path, spare: Path | None, records: Records) -> None:
        self._root = str(root)
        self._spare = spare and str(spare)
        self._in_spare: set[str] = set()
        self._records = records
        self._known = StatIndex(records, tick=_OWN_TICK)
        self._sound: dict[str, Facts] = {}

    def path(self, key: str) -> Path:
        """Where the file for *key* lies or will lie."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key: {key!r}")
        return Path(self._file(key))

    def _file(self, key: str) -> str:
        root = self._spare if self._spare and key in self._in_spare else self._root
        return f"{root}{os.sep}renditions{os.sep}{key[:2]}{os.sep}{key}"

    def has(self, key: str) -> bool:
        """Whether a sound file is there. A damaged one is named in the log and no longer there."""
        return self.facts(key) is not None

    def facts(self, key: str) -> Facts | None:
        """The stat facts of the sound file for *key*; None where there is none."""
        if (known := self._sound.get(key)) is not None:
            return known
        if self._records.get(key) is None:
            return None
        path = self._file(key)
        try:
            facts = Facts.of(os.stat(path))
            if self._known.digest_of(key, facts) is None:
                with open(path, "rb") as file:
                    found = digest(file.read())
                if found != self._known.last_digest(key):
                    log.warning("%s is damaged: it is made again.", path)
                    return None
                self._known.remember(key, facts, found)
        except OSError:
            return None
        self._sound[key] = facts
        return facts

    def get(self, key: str) -> bytes | None:
        """The file's bytes, or None."""
        return self.path(key).read_bytes() if self.has(key) else None

    def put(self, key: str, data: bytes) -> None:
        """Keep *data*; that it is there is written by `Database.save`. Raises DiskTrouble where the disk is full."""
        if self._spare:
            self._in_spare.add(key)
        path = self.path(key)
        disk.write(path, data, parts=path.parents[2])
        self._sound.pop(key, None)
        self._note(key, digest(data))

    def linked(self, key: str) -> None:
        """Note that we ourselves just linked the file, which changed its ctime but not its contents."""
        if (wanted := self._known.last_digest(key)) is not None:
            self._note(key, wanted)

    def _note(self, key: str, wanted: str) -> None:
        facts = Facts.of(os.stat(self.path(key)))
        before = self._sound.get(key, facts)
        self._sound[key] = facts
        if (before.size, before.mtime_ns, before.inode) == (facts.size, facts.mtime_ns, facts.inode):
            self._known.remember(key, facts, wanted, facts.ctime_ns + _OWN_TICK)

    def keep(self, keys: set[str]) -> tuple[int, int]:
        """Remove every file whose key is not among *keys*: how many there were, and their bytes. Raises DiskTrouble."""
        removed = freed = 0
        for path in Path(self._root, "renditions").glob("*/*"):
            if path.name not in keys:
                self._sound.pop(path.name, None)
                try:
                    size = path.stat().st_size
                    path.unlink()
                except OSError as error:
                    raise disk.trouble(path, error) from error
                removed, freed = removed + 1, freed + size
        self._records.keep(keys)
        return removed, freed


class Store:
    """The cache at *root*. Where that cannot be written, what is new goes to a temporary folder for this build only.

    So it does where nothing is to be remembered (*remember* is False): the cache is then read and never written.
    Its `gate` is passed from the beginning, together with other builds; `gate.leave()` lets go of it.
    """

    def __init__(self, root: Path, *, remember: bool = True) -> None:
        self.root, self.remember = root, remember
        spare = None
        writable = remember and _writable(root)
        if not writable:
            spare = Path(tempfile.mkdtemp(prefix="headshots-"))
            self._sweeper = weakref.finalize(self, shutil.rmtree, spare, ignore_errors=True)
        if remember and not writable:
            log.warning(
                "The cache %s cannot be written: the site comes out right, but nothing new is remembered.", root
            )
        self.notebook = spare or root
        """Where this build may write."""
        self.gate = disk.Turnstile(self.notebook / "building.lock")
        if self.gate.alone() and writable:
            _tidy_up(root)
        self.gate.enter()
        self.database = Database(root / "cache.sqlite3", writable=writable)
        self.index = StatIndex(self.database.kind("original"))
        self.exams = self.database.kind("exam")
        self.renditions = Renditions(root, spare, self.database.kind("rendition"))
        self.sites = self.database.kind("site")

    def save(self) -> None:
        """Write what is only in memory yet. Call it once at the end of a build."""
        self.database.save()


def _tidy_up(root: Path) -> None:
    """Remove what killed builds and older versions left. Raises DiskTrouble. Call it alone."""
    for folder in (root, root / "templates"):
        disk.sweep(folder)
    older = [root / name for name in _OLDER if (root / name).exists()]
    if not older:
        return
    log.warning(
        "The cache %s is of an older version and is made anew. Files of former builds may stay in the site: empty its "
        "folder if you want them gone.",
        root,
    )
    try:
        for path in (*older, root / "renditions"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise disk.trouble(root, error) from error


def _writable(root: Path) -> bool:
    """Whether files can be made in *root*. A full disk is no reason to go elsewhere: it raises DiskTrouble.

    An empty folder is made ours by a sign; one that holds something already may be somebody's, and stays without.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        sign = root / SIGN
        if not any(root.iterdir()):
            sign.write_bytes(_SIGN)
        probe = disk.part_of(sign)
        probe.touch()
        probe.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk.trouble(root, error) from error
        return False
    return True


def is_cache(root: Path) -> bool:
    """Whether the folder *root* is one that we made."""
    try:
        return (root / SIGN).read_bytes() == _SIGN
    except OSError:
        return False
