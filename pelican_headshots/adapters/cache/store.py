"""The cache beside the site (`.headshots/`): measurements and finished derivatives, found again by what made them.

```
.headshots/
  index            originals: path and stat facts → digest
  exams.pack       what was measured: digest and versions → JSON
  renditions.pack  recipe → size and checksum of the file
  renditions/ab/…  the derivatives themselves
  worked-out       results of dear pure functions of the last build: their arguments → result
  sums             stat facts of the derivatives when their checksum was last seen right
  published/…      what we put into which output folder
  templates/…      the theme, compiled
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
from .pack import Pack
from .recollection import Recollection
from .stat_index import Facts, StatIndex, digest

log = logging.getLogger(__name__)

_KEY = re.compile(r"[0-9a-z][0-9a-z._-]{3,120}")

_OWN_TICK = 20_000_000
"""Nanoseconds: our own files lie on a local disk, whose kernel ticks at least every 10 ms."""

SIGN = "CACHEDIR.TAG"
_SIGN = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by Pelican Headshots; may be deleted.\n"
"""What backup programs look for in a folder they need not keep (bford.info/cachedir)."""


class Renditions:
    """Finished files by recipe. Each was checked against its checksum before anyone is told that it is there.

    A checksum is taken again only where the file's stat facts are not those of the last time.
    """

    def __init__(self, root: Path, spare: Path | None) -> None:
        self._root = str(root)
        self._spare = spare and str(spare)
        self._in_spare: set[str] = set()
        self._pack = Pack(root / "renditions.pack", additions=spare and spare / "renditions.pack")
        self._sums = StatIndex(root / "sums", save_to=spare and spare / "sums", tick=_OWN_TICK)
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
        """Whether a sound file is there. A damaged one is taken away, named in the log, and no longer there."""
        return self.facts(key) is not None

    def facts(self, key: str) -> Facts | None:
        """The stat facts of the sound file for *key*; None where there is none."""
        if (known := self._sound.get(key)) is not None:
            return known
        record = self._pack.get(key)
        if record is None:
            return None
        path = self._file(key)
        try:
            facts = Facts.of(os.stat(path))
        except OSError:
            return None
        sum_ = record.decode()
        if self._sums.digest_of(key, facts) != sum_:
            try:
                with open(path, "rb") as file:
                    whole = file.read()
            except OSError:
                return None
            if digest(whole) != sum_:
                log.warning("%s is damaged: it is made again.", path)
                return None
            self._sums.remember(key, facts, sum_)
        self._sound[key] = facts
        return facts

    def get(self, key: str) -> bytes | None:
        """The file's bytes, or None."""
        return self.path(key).read_bytes() if self.has(key) else None

    def put(self, key: str, data: bytes) -> None:
        """Keep *data*. Raises DiskTrouble where the disk is full."""
        if self._spare:
            self._in_spare.add(key)
        disk.write(self.path(key), data)
        name = digest(data)
        self._pack.put(key, name.encode())
        self.linked(key)

    def linked(self, key: str) -> None:
        """Note that we ourselves just wrote or linked the file, which changed its ctime but not its contents."""
        record = self._pack.get(key)
        facts = Facts.of(os.stat(self.path(key)))
        before = self._sound.get(key)
        self._sound[key] = facts
        same = before is None or (before.size, before.mtime_ns, before.inode) == (
            facts.size,
            facts.mtime_ns,
            facts.inode,
        )
        if record is not None and same:
            self._sums.remember(key, facts, record.decode(), facts.ctime_ns + _OWN_TICK)

    def keys(self) -> list[str]:
        return self._pack.keys()

    def keep(self, keys: set[str]) -> int:
        """Remove every file whose key is not among *keys*; says how many bytes that freed."""
        freed = 0
        for key in self.keys():
            if key not in keys and _KEY.fullmatch(key):
                path = self.path(key)
                try:
                    freed += path.stat().st_size
                    path.unlink()
                except FileNotFoundError:
                    continue
        self._pack.keep(keys)
        return freed

    def save(self) -> None:
        self._pack.save()
        self._sums.save()


class Store:
    """The cache at *root*. Where that cannot be written, what is new goes to a temporary folder for this build only.

    So it does where nothing is to be remembered (*remember* is False): the cache is then read and never written.
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
        self.index = StatIndex(root / "index", save_to=spare and spare / "index")
        self.exams = Pack(root / "exams.pack", additions=spare and spare / "exams.pack")
        self.renditions = Renditions(root, spare)
        self.recollection = Recollection(root / "worked-out", save_to=spare and spare / "worked-out")
        self.notebook = spare or root
        """Where this build may write."""

    def save(self) -> None:
        """Write what is only in memory yet. Call it once at the end of a build."""
        self.index.save()
        self.exams.save()
        self.renditions.save()
        self.recollection.save()


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
