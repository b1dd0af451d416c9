"""Put renditions into the site, and remove those that the build does not use any more.

A manifest in the cache lists the files we put there; none is kept in the site. Files it does not list are not ours and
are left alone.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path, PurePath

import msgspec

from ..cache.stat_index import FileStat
from ..cache.store import Store
from ..scan.files import escape_for_terminal
from ..support import atomic_files
from .copy import link_or_copy

log = logging.getLogger(__name__)


class _PublishedFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file of ours in the site: its cache key (empty for a page), and its stat when we left it."""

    key: str
    file_stat: FileStat | None


class _Manifest(msgspec.Struct, frozen=True, array_like=True, gc=False):
    is_complete: bool
    """False while files are being placed: some may be missing, and temporary files may be left."""
    files: dict[str, _PublishedFile]


class PublishPlan(msgspec.Struct, frozen=True):
    """What `publish_files` will do: place *missing* files (name → key), remove *stale* ones, leave *unchanged* ones."""

    missing: dict[str, str]
    stale: dict[str, _PublishedFile]
    unchanged: dict[str, _PublishedFile]


_encode_manifest = msgspec.msgpack.Encoder().encode
_decode_manifest = msgspec.msgpack.Decoder(_Manifest).decode


class Publisher:
    """Collects the files that belong in the site; `publish_files` puts them there.

    Nothing is touched before that. If a build is killed meanwhile, the next one repairs the site, because the manifest
    lists every file before it is placed.
    """

    def __init__(self, output: Path, store: Store, others: Collection[str] = ()) -> None:
        """Set up for the site at *output*.

        *others* are files that something else puts into the site in this build: they stay, even if they were once ours.
        """
        self._output = output
        self._output_prefix = os.path.join(output, "")
        self._store = store
        self._wanted_keys: dict[str, str] = {}
        self._pages: set[str] = set()
        self._others = frozenset(others)
        self._site_key = os.path.relpath(os.path.realpath(output), os.path.realpath(store.root))
        self._manifest_value: bytes | None = None
        self._manifest = _Manifest(True, {})

    def add_rendition(self, name: str, key: str) -> None:
        """Add the rendition *key* as the file *name*, relative to the site's folder and with `/` as separator."""
        self._wanted_keys[_check_relative_path(name)] = key

    def add_page(self, name: str) -> None:
        """Record that this build writes the page *name* itself, so that a later build may remove it."""
        self._pages.add(_check_relative_path(name))

    @property
    def previous_files(self) -> dict[str, str]:
        """The files of the last build: name → cache key, which is empty for a page."""
        return {name: published.key for name, published in self._read_manifest().files.items()}

    def plan_changes(self) -> PublishPlan:
        """Return what `publish_files` would do now. Touches nothing."""
        before = self._read_manifest()
        missing: dict[str, str] = {}
        unchanged: dict[str, _PublishedFile] = {}
        for name, key in self._wanted_keys.items():
            if (published := self._find_published(name, key, before.files.get(name))) is None:
                missing[name] = key
            else:
                unchanged[name] = published
        # Unions of these would take 8 MB in a site of 10,000 photos, at the peak of the build.
        wanted = (self._wanted_keys, self._pages, self._others)
        stale = {
            name: published for name, published in before.files.items() if not any(name in names for names in wanted)
        }
        return PublishPlan(missing, stale, unchanged)

    def publish_files(self) -> tuple[list[str], list[str]]:
        """Place every file, remove those of earlier builds that this one does not use, and write the manifest.

        Returns:
            The names of the files that were placed, and of those that were removed.

        Raises:
            DiskError: A file cannot be written or removed.
            KeyError: A key is not in the store.
        """
        with atomic_files.hold_lock(self._store.writable_root / "publish.lock"):
            self._store.database.reload()
            before = self._read_manifest()
            if not before.is_complete:
                for folder in {os.path.dirname(name) for name in before.files}:
                    atomic_files.remove_temporary_files(self._output / folder)
            changes = self.plan_changes()
            current = changes.unchanged  # not a copy, for the same reason as in plan_changes
            current.update((name, _PublishedFile("", None)) for name in self._pages)
            if changes.missing or changes.stale:
                expected = before.files | {name: _PublishedFile(key, None) for name, key in changes.missing.items()}
                expected |= {name: _PublishedFile("", None) for name in self._pages}
                self._save_manifest(_Manifest(False, expected))
            for name, key in changes.missing.items():
                current[name] = self._publish_file(name, key)
            removed = self._remove_stale(changes.stale)
            if changes.missing or changes.stale or current != before.files:
                self._save_manifest(_Manifest(True, current))
            return list(changes.missing), removed

    def _read_manifest(self) -> _Manifest:
        """Return the manifest as it is now. It is decoded once: that of 10,000 photos takes 25 MiB."""
        value = self._store.published_files.get(self._site_key)
        if value is not self._manifest_value:
            self._manifest_value, self._manifest = value, _read_manifest(self._store, self._site_key)
        return self._manifest

    def _save_manifest(self, manifest: _Manifest) -> None:
        self._store.published_files.put(self._site_key, _encode_manifest(manifest))
        self._store.database.save()

    def _find_published(self, name: str, key: str, before: _PublishedFile | None) -> _PublishedFile | None:
        """Return the file in the site if it is that of *key*: the same inode as in the store, or unchanged since copied."""
        stored_stat = self._store.renditions.get_stat(key)
        try:
            present_stat = FileStat.from_stat(os.lstat(f"{self._output_prefix}{name}"))
        except OSError:
            return None
        published = _PublishedFile(key, present_stat)
        if before is not None and published == before:
            published = before  # one object in memory, not two
        is_sound = stored_stat is not None and (present_stat == stored_stat or published is before)
        return published if is_sound else None

    def _publish_file(self, name: str, key: str) -> _PublishedFile:
        target = self._output / name
        if not self._store.renditions.has(key):
            raise KeyError(key)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(self._store.renditions.get_path(key), target)
            self._store.renditions.note_linked_file(key)
            return _PublishedFile(key, FileStat.from_stat(os.lstat(target)))
        except OSError as error:
            raise atomic_files.make_disk_error(target, error) from error

    def _remove_stale(self, stale: Iterable[str]) -> list[str]:
        removed = []
        for name in stale:
            path = self._output / name
            if path.is_dir() and not path.is_symlink():
                continue  # a folder that something else has made in its place
            with suppress(FileNotFoundError, NotADirectoryError):
                try:
                    path.unlink()
                except PermissionError as error:
                    raise atomic_files.make_disk_error(path, error) from error
                removed.append(name)
        # Deeper folders first. A folder that is not empty holds files of others, or contains such a folder.
        for parent in sorted({parent for name in removed for parent in PurePath(name).parents[:-1]}, reverse=True):
            with suppress(OSError):
                (self._output / parent).rmdir()
        return removed


def collect_published_keys(store: Store) -> set[str]:
    """Return the keys used by any site made from this cache; sites whose folder was removed do not count."""
    sites = store.published_files.keys()
    manifests = [_read_manifest(store, site) for site in sites if (store.root / site).is_dir()]
    return {published.key for manifest in manifests for published in manifest.files.values() if published.key}


def _read_manifest(store: Store, site_key: str) -> _Manifest:
    """Return the manifest of a site. A name that would lead outside the site makes it invalid."""
    value = store.published_files.get(site_key)
    try:
        manifest = _decode_manifest(value) if value is not None else _Manifest(True, {})
        for name in manifest.files:
            _check_relative_path(name)
    except (msgspec.MsgspecError, ValueError) as error:
        log.warning(
            "The list of our files in %s cannot be read (%s): files of earlier builds may stay there.",
            escape_for_terminal(site_key),
            escape_for_terminal(str(error)),
        )
        return _Manifest(True, {})
    return manifest


_NAME = re.compile(r"(?:\.well-known/)?[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*")


def is_path_in_site(name: str) -> bool:
    """Return whether *name* is a relative path inside the site, in lower case as all of ours are."""
    return _NAME.fullmatch(name) is not None


def _check_relative_path(name: str) -> str:
    """Return *name* if it is a relative path inside the site.

    Raises:
        ValueError: It is not, which is a programming error.
    """
    if not is_path_in_site(name):
        raise ValueError(f"not a name inside the site: {name!r}")
    return name
