"""Find the digest of a file without reading it: (path, file stat) → digest, as in git's index."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from .database import Records

COARSE_CLOCK_TICK_NS, FINE_CLOCK_TICK_NS = 2_000_000_000, 20_000_000
"""In nanoseconds. A file that changed less than one clock tick before it was read might change again with the same time
stamp, so that such an entry is not trusted, as in git. The coarsest clock of a common file system (FAT) ticks every two
seconds. A time stamp with fractions of a millisecond comes from the kernel's clock, which ticks at least every 10 ms."""


class FileStat(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Size, times and inode of a file. No change can keep all of these the same, because the kernel sets ctime."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def from_stat(cls, stat: os.stat_result) -> FileStat:
        """Return the fields of *stat* that a change would show."""
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


class _Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    file_stat: FileStat
    read_ns: int
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32,64}\Z")]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Entry).decode


class StatIndex:
    """An index of (path, file stat) → digest, stored in *records*.

    An entry made less than *tick_ns* nanoseconds after the last change of the file is not trusted. The default depends
    on the precision of the file's time stamp.
    """

    def __init__(self, records: Records, *, tick_ns: int | None = None) -> None:
        self._records, self._tick_ns = records, tick_ns
        self._used_paths: set[str] = set()

    def get_digest(self, path: str, file_stat: FileStat) -> str | None:
        """Return the digest of the contents of *path*, or None if the file must be read to know it."""
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
        """Return the digest of *path* when it was last read, or None if it was never read. The file may have changed."""
        entry = self._get_entry(path)
        return entry.digest if entry else None

    def set_digest(self, path: str, file_stat: FileStat, digest: str, read_ns: int | None = None) -> None:
        """Store the digest that *path* had when it was read, at *read_ns* in nanoseconds (default: now)."""
        entry = _Entry(file_stat, time.time_ns() if read_ns is None else read_ns, digest)
        self._records.put(path, _encode(entry))
        self._used_paths.add(path)

    def remove_unused(self) -> None:
        """Delete the entries that have not been used since the index was opened."""
        self._records.delete_except(self._used_paths)

    def _get_entry(self, path: str) -> _Entry | None:
        value = self._records.get(path)
        try:
            return _decode(value) if value is not None else None
        except msgspec.MsgspecError:
            return None
