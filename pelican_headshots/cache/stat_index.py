"""Which contents lie under which name, without reading them: path and stat facts → digest, as git's index does."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from .database import Records

COARSE_CLOCK_TICK_NS, FINE_CLOCK_TICK_NS = 2_000_000_000, 20_000_000
"""Nanoseconds. A file changed less than a clock's tick before it was read might change again with the same time stamp,
so that such an entry is not trusted, as in git. The coarsest clock of a common file system (FAT) ticks every two
seconds. Where a time stamp shows fractions of a millisecond, the clock is the kernel's: a tick is 10 ms at most."""


class FileStat(msgspec.Struct, frozen=True, array_like=True):
    """What stat says of a file. Whoever changes the file cannot keep all of these: ctime is the kernel's."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def from_stat(cls, stat: os.stat_result) -> FileStat:
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    file_stat: FileStat
    read_ns: int
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32,64}\Z")]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Entry).decode


class StatIndex:
    """(path, facts) → digest, in *records*.

    *tick* is how long after a change an entry is not yet believed, in nanoseconds; left out, the file's own clock
    tells.
    """

    def __init__(self, records: Records, *, tick_ns: int | None = None) -> None:
        self._records, self._tick_ns = records, tick_ns
        self._used_paths: set[str] = set()

    def get_digest(self, path: str, file_stat: FileStat) -> str | None:
        """The digest of the contents of *path*, or None where the file must be read to know."""
        entry = self._get_entry(path)
        if entry is None or entry.file_stat != file_stat:
            return None
        tick_ns = (
            self._tick_ns
            if self._tick_ns is not None
            else FINE_CLOCK_TICK_NS
            if file_stat.ctime_ns % 1_000_000
            else COARSE_CLOCK_TICK_NS
        )
        if file_stat.ctime_ns + tick_ns > entry.read_ns:
            return None
        self._used_paths.add(path)
        return entry.digest

    def get_last_digest(self, path: str) -> str | None:
        """What *path* held when it was last read, whatever it holds now; None for one never read."""
        entry = self._get_entry(path)
        return entry.digest if entry else None

    def set_digest(self, path: str, file_stat: FileStat, digest: str, read_ns: int | None = None) -> None:
        """Note that *path* had this digest when it was read with these *facts* at *read_ns* (now, where not given)."""
        entry = _Entry(file_stat, time.time_ns() if read_ns is None else read_ns, digest)
        self._records.put(path, _encode(entry))
        self._used_paths.add(path)

    def remove_unused(self) -> None:
        """Drop the entries that nobody asked for."""
        self._records.delete_except(self._used_paths)

    def _get_entry(self, path: str) -> _Entry | None:
        value = self._records.get(path)
        try:
            return _decode(value) if value is not None else None
        except msgspec.MsgspecError:
            return None
