"""Which contents lie under which name, without reading them: path and stat facts → digest, as git's index does."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from zlib import crc32

import msgspec

from .. import disk

COARSE, FINE = 2_000_000_000, 20_000_000
"""Nanoseconds. A file changed less than a clock's tick before it was read might change again with the same time stamp,
so that such an entry is not trusted, as in git. The coarsest clock of a common file system (FAT) ticks every two
seconds. Where a time stamp shows fractions of a millisecond, the clock is the kernel's: a tick is 10 ms at most."""


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What stat says of a file. Whoever changes the file cannot keep all of these: ctime is the kernel's."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Facts:
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    facts: Facts
    read_ns: int
    digest: str


_coder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(dict[bytes, _Entry])


def digest(data: bytes) -> str:
    """The name of these contents: BLAKE2b with 128 bits, 32 hex digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class StatIndex:
    """A file of (path, facts) → digest. A damaged file is an empty one: everything is read again, nothing breaks.

    *tick* is how long after a change an entry is not yet believed, in nanoseconds; left out, the file's own clock
    tells. It is saved to *save_to*, where *path* itself cannot be written.
    """

    def __init__(self, path: Path, *, save_to: Path | None = None, tick: int | None = None) -> None:
        self._path = save_to or path
        self._tick = tick
        self._entries = _load(path)
        self._seen: set[bytes] = set()
        self._changed = False

    def digest_of(self, path: str, facts: Facts) -> str | None:
        """The digest of the contents of *path*, or None where the file must be read to know."""
        key = os.fsencode(path)
        entry = self._entries.get(key)
        if entry is None or entry.facts != facts:
            return None
        tick = self._tick if self._tick is not None else FINE if facts.ctime_ns % 1_000_000 else COARSE
        if facts.ctime_ns + tick > entry.read_ns:
            return None
        self._seen.add(key)
        return entry.digest

    def last_digest(self, path: str) -> str | None:
        """What *path* held when it was last read, whatever it holds now; None for one never read."""
        entry = self._entries.get(os.fsencode(path))
        return entry.digest if entry else None

    def remember(self, path: str, facts: Facts, digest: str, read_ns: int | None = None) -> None:
        """Note that *path* had this digest when it was read with these *facts* at *read_ns* (now, where not given)."""
        key = os.fsencode(path)
        self._entries[key] = _Entry(facts, time.time_ns() if read_ns is None else read_ns, digest)
        self._seen.add(key)
        self._changed = True

    def save(self, *, forget_unseen: bool = False) -> None:
        """Write it, if anything changed. With *forget_unseen*, entries nobody asked for are dropped."""
        if forget_unseen and len(self._seen) < len(self._entries):
            self._entries = {key: entry for key, entry in self._entries.items() if key in self._seen}
            self._changed = True
        if self._changed:
            body = _coder.encode(self._entries)
            disk.write(self._path, crc32(body).to_bytes(4, "big") + body)
            self._changed = False


def _load(path: Path) -> dict[bytes, _Entry]:
    try:
        data = path.read_bytes()
        if crc32(data[4:]).to_bytes(4, "big") == data[:4]:
            return _decoder.decode(data[4:])
    except (OSError, msgspec.MsgspecError):
        pass  # a miss: whatever it knew is found out again
    return {}
