"""Putting derivatives into the site, and taking away what no build names any more.

What we put there is written in a manifest in the cache, never in the site. Files it does not name are not ours and are
left alone.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path, PurePath

import msgspec

from .. import disk
from ..cache.stat_index import Facts
from ..cache.store import Store
from ..originals.files import shown
from .transfer import transfer

log = logging.getLogger(__name__)


class _Put(msgspec.Struct, frozen=True, array_like=True):
    """A file of ours in the site: the key it was made from (empty for a page), and its stat facts when we left it."""

    key: str
    facts: Facts | None


class _Manifest(msgspec.Struct, frozen=True, array_like=True):
    finished: bool
    """False while files are being placed: then some of them may be missing, and temporary files lie about."""
    files: dict[str, _Put]


class Changes(msgspec.Struct, frozen=True):
    """What `finish` will do: *missing* files to place (name → key), *stale* ones to remove, *sound* ones to leave."""

    missing: dict[str, str]
    stale: dict[str, _Put]
    sound: dict[str, _Put]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Manifest).decode


class Publisher:
    """Collects what belongs in the site at *output*; `finish` puts it there.

    Nothing is touched before `finish`. A build killed within it is mended by the next: the manifest names every file
    before it is placed.
    """

    def __init__(self, output: Path, store: Store, others: Collection[str] = ()) -> None:
        """*others* are files of the site that this build has from somebody else: they stay, whose they ever were."""
        self._output = output
        self._root = os.path.join(output, "")
        self._store = store
        self._wanted: dict[str, str] = {}
        self._pages: set[str] = set()
        self._others = frozenset(others)
        self._site = os.path.relpath(os.path.realpath(output), os.path.realpath(store.root))

    def place(self, name: str, key: str) -> None:
        """Have the rendition *key* in the site as *name* (relative, `/` between)."""
        self._wanted[_safe(name)] = key

    def claim(self, name: str) -> None:
        """Say that this build writes the page *name* itself, so that a later build may remove it."""
        self._pages.add(_safe(name))

    @property
    def former(self) -> dict[str, str]:
        """What the last build put into the site: name → key, empty for a page."""
        return {name: put.key for name, put in _manifest(self._store, self._site).files.items()}

    def changes(self) -> Changes:
        """What `finish` would place, remove and leave, as things stand. Touches nothing."""
        before = _manifest(self._store, self._site)
        missing: dict[str, str] = {}
        sound: dict[str, _Put] = {}
        for name, key in self._wanted.items():
            if (put := self._already(name, key, before.files.get(name))) is None:
                missing[name] = key
            else:
                sound[name] = put
        names = self._wanted.keys() | self._pages | self._others
        return Changes(missing, {name: put for name, put in before.files.items() if name not in names}, sound)

    def finish(self) -> tuple[list[str], list[str]]:
        """Place everything, remove what former builds placed and this one does not name, write the manifest.

        Says what was placed and what was removed. Raises DiskTrouble. KeyError where a key is not in the store.
        """
        with disk.only_one(self._store.notebook / "publish.lock"):
            self._store.database.refresh()
            before = _manifest(self._store, self._site)
            if not before.finished:
                for folder in {os.path.dirname(name) for name in before.files}:
                    disk.sweep(self._output / folder)
            changes = self.changes()
            now = {name: _Put("", None) for name in self._pages} | changes.sound
            if changes.missing or changes.stale:
                ahead = before.files | {name: _Put(key, None) for name, key in changes.missing.items()}
                ahead |= {name: _Put("", None) for name in self._pages}
                self._write(_Manifest(False, ahead))
            for name, key in changes.missing.items():
                now[name] = self._put(name, key)
            removed = self._remove(changes.stale)
            if changes.missing or changes.stale or now != before.files:
                self._write(_Manifest(True, now))
            return list(changes.missing), removed

    def _write(self, manifest: _Manifest) -> None:
        self._store.sites.put(self._site, _encode(manifest))
        self._store.database.save()

    def _already(self, name: str, key: str, before: _Put | None) -> _Put | None:
        """The file in the site, if it is *key*'s: the same inode as in the store, or untouched since we copied it."""
        facts = self._store.renditions.facts(key)
        try:
            there = Facts.of(os.lstat(f"{self._root}{name}"))
        except OSError:
            return None
        put = _Put(key, there)
        return put if facts is not None and (there == facts or put == before) else None

    def _put(self, name: str, key: str) -> _Put:
        target = self._output / name
        if not self._store.renditions.has(key):
            raise KeyError(key)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            transfer(self._store.renditions.path(key), target)
            self._store.renditions.linked(key)
            return _Put(key, Facts.of(os.lstat(target)))
        except OSError as error:
            raise disk.trouble(target, error) from error

    def _remove(self, stale: Iterable[str]) -> list[str]:
        removed = []
        for name in stale:
            path = self._output / name
            with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                try:
                    path.unlink()
                except PermissionError as error:
                    raise disk.trouble(path, error) from error
                removed.append(name)
        # Deeper folders first. What is not empty holds something else, or lies around such a folder.
        for parent in sorted({parent for name in removed for parent in PurePath(name).parents[:-1]}, reverse=True):
            with suppress(OSError):
                (self._output / parent).rmdir()
        return removed


def named(store: Store) -> set[str]:
    """Keys that some site made from this cache still shows; a site whose folder has gone shows nothing."""
    sites = store.sites.keys()
    manifests = [_manifest(store, site) for site in sites if (store.root / site).is_dir()]
    return {put.key for manifest in manifests for put in manifest.files.values() if put.key}


def _manifest(store: Store, site: str) -> _Manifest:
    """What was put into *site*. Every name in it stays inside: we never wrote others, and remove none."""
    value = store.sites.get(site)
    try:
        manifest = _decode(value) if value is not None else _Manifest(True, {})
        for name in manifest.files:
            _safe(name)
    except (msgspec.MsgspecError, ValueError) as error:
        log.warning(
            "What was put into %s is not known (%s): files of former builds may stay there.",
            shown(site),
            shown(str(error)),
        )
        return _Manifest(True, {})
    return manifest


_NAME = re.compile(r"[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*")


def _safe(name: str) -> str:
    """*name*, if it is a relative path that stays inside. Raises ValueError: such a name is a mistake of ours."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name inside the site: {name!r}")
    return name
