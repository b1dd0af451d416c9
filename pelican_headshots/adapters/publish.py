"""Putting derivatives into the site, and taking away what no build names any more.

What we put there is written in a manifest beside the cache, never in the site. Files it does not name are not ours
and are left alone.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from zlib import crc32

import msgspec

from . import disk
from .stat_index import Facts, digest
from .store import Store

try:
    import fcntl
except ImportError:  # Windows has no such call; files are linked or copied there
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

_FICLONE = 0x40049409
"""linux/fs.h: make a file share another's blocks until one of them is written to."""

_REFUSED = {errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.ENOTTY, errno.EPERM, errno.EMLINK, errno.ENOSYS}
"""What the system says where it cannot clone or link, but could copy."""


class _Put(msgspec.Struct, frozen=True, array_like=True):
    """A file of ours in the site: the key it was made from (empty for a page), and its stat facts when we left it."""

    key: str
    facts: Facts | None


class _Manifest(msgspec.Struct, frozen=True, array_like=True):
    finished: bool
    """False while files are being placed: then some of them may be missing, and temporary files lie about."""
    files: dict[str, _Put]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Manifest)

_CLOCK = 50_000_000
"""Nanoseconds by which a file system's clock may lag behind ours."""


class Publisher:
    """Collects what belongs in the site at *output*; `finish` puts it there.

    Nothing is touched before `finish`. A build killed within it is mended by the next: the manifest names every file
    before it is placed.
    """

    def __init__(self, output: Path, store: Store) -> None:
        self._output = output
        self._root = os.path.join(output, "")
        self._store = store
        self._wanted: dict[str, str] = {}
        self._pages: set[str] = set()
        self._began = time.time_ns()
        self._cloning = fcntl is not None
        relative = os.path.relpath(os.path.realpath(output), os.path.realpath(store.root))
        self._manifest = store.notebook / "published" / digest(os.fsencode(relative))
        self._former = store.root / "published" / self._manifest.name

    def place(self, name: str, key: str) -> None:
        """Have the rendition *key* in the site as *name* (relative, `/` between)."""
        self._wanted[_safe(name)] = key

    def claim(self, name: str) -> None:
        """Say that this build writes the page *name* itself, so that a later build may remove it."""
        self._pages.add(_safe(name))

    def finish(self) -> None:
        """Place everything, remove what former builds placed and this one does not name, write the manifest.

        Raises DiskTrouble. KeyError where a key is not in the store.
        """
        with disk.only_one(self._manifest.with_suffix(".lock")):
            before = _load(self._former)
            names = self._wanted.keys() | self._pages
            if not before.finished:
                for folder in {os.path.dirname(name) for name in before.files}:
                    disk.sweep(self._output / folder)
            now = {name: _Put("", None) for name in self._pages}
            missing: dict[str, str] = {}
            for name, key in self._wanted.items():
                if (put := self._already(name, key, before.files.get(name))) is None:
                    missing[name] = key
                else:
                    now[name] = put
            stale = before.files.keys() - names
            if missing or stale:
                ahead = before.files | {name: _Put(key, None) for name, key in missing.items()}
                ahead |= {name: _Put("", None) for name in self._pages}
                self._write(_Manifest(False, ahead))
            for name, key in missing.items():
                now[name] = self._put(name, key)
            self._remove({name: before.files[name] for name in stale})
            if missing or stale or now != before.files:
                self._write(_Manifest(True, now))

    def _write(self, manifest: _Manifest) -> None:
        body = _encoder.encode(manifest)
        disk.write(self._manifest, crc32(body).to_bytes(4, "big") + body)

    def _already(self, name: str, key: str, before: _Put | None) -> _Put | None:
        """The file in the site, if it is *key*'s: the same inode as in the store, or untouched since we copied it."""
        facts = self._facts(key)
        try:
            there = Facts.of(os.lstat(f"{self._root}{name}"))
        except OSError:
            return None
        put = _Put(key, there)
        return put if there == facts or put == before else None

    def _facts(self, key: str) -> Facts:
        facts = self._store.renditions.facts(key)
        if facts is None:
            raise KeyError(key)
        return facts

    def _put(self, name: str, key: str) -> _Put:
        target = self._output / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._transfer(self._store.renditions.path(key), target)
            self._store.renditions.linked(key)
            return _Put(key, Facts.of(os.lstat(target)))
        except OSError as error:
            raise disk.trouble(target, error) from error

    def _transfer(self, source: Path, target: Path) -> None:
        """Make *target* hold what *source* holds, at one blow: a clone, else a hard link, else a copy."""
        part = disk.part_of(target)
        try:
            if not (self._clone(source, part) or _link(source, part)):
                with open(source, "rb") as reader, open(part, "xb") as writer:
                    shutil.copyfileobj(reader, writer)
            os.replace(part, target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise

    def _clone(self, source: Path, part: Path) -> bool:
        if not self._cloning:
            return False
        with open(source, "rb") as reader, open(part, "xb") as writer:
            try:
                fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
                return True
            except OSError as error:
                if error.errno not in _REFUSED:
                    raise
        part.unlink()
        self._cloning = False
        return False

    def _remove(self, stale: dict[str, _Put]) -> None:
        folders = set()
        for name, put in stale.items():
            path = self._output / name
            with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                if not put.key and os.lstat(path).st_mtime_ns >= self._began - _CLOCK:
                    continue  # somebody else's page of the same name, written by this very build
                try:
                    path.unlink()
                except PermissionError as error:
                    raise disk.trouble(path, error) from error
                folders.add(path.parent)
        for folder in sorted(folders, key=lambda path: -len(path.parts)):
            while folder != self._output:
                try:
                    folder.rmdir()
                except OSError:
                    break  # something else lives there
                folder = folder.parent


def _link(source: Path, part: Path) -> bool:
    try:
        os.link(source, part)
        return True
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        return False


def _load(path: Path) -> _Manifest:
    try:
        data = path.read_bytes()
        if crc32(data[4:]).to_bytes(4, "big") == data[:4]:
            return _decoder.decode(data[4:])
        log.warning("%s is damaged: files of former builds may have stayed in the site.", path)
    except FileNotFoundError:
        pass
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("%s cannot be read (%s): files of former builds may have stayed in the site.", path, error)
    return _Manifest(True, {})


_PLAIN = re.compile(r"[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*")


def _safe(name: str) -> str:
    """*name*, if it is a relative path that stays inside. Raises ValueError: such a name is a mistake of ours."""
    if not _PLAIN.fullmatch(name):
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\0" in name or "\\" in name or ":" in parts[0]:
            raise ValueError(f"not a name inside the site: {name!r}")
    return name
