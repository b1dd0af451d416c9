"""Many small values in one file that is only appended to: quick to read whole, safe to kill, safe to share."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from zlib import crc32

from .. import disk

log = logging.getLogger(__name__)


class Pack:
    """Keys to values, one line each: checksum, key, value. A damaged line is a miss, named in the log once, and mended.

    Keys are words without blanks; values are bytes without line feeds (compact JSON).
    """

    def __init__(self, path: Path, *, additions: Path | None = None) -> None:
        """Read *path*. New lines go to *additions*, where *path* itself cannot be written."""
        self._path = additions or path
        self._lines, self._damaged = _read(path)
        if self._damaged:
            log.warning("%s has %d damaged entries: what they held is made again.", path, self._damaged)

    def get(self, key: str) -> bytes | None:
        return self._lines.get(key.encode())

    def put(self, key: str, value: bytes) -> None:
        """Remember *value*. Raises DiskTrouble. The new line is one write, so that builds at once do not mix theirs."""
        if b"\n" in value or "\n" in key or " " in key:
            raise ValueError(f"not one line: {key!r}")
        self._lines[key.encode()] = value
        line = b"\n" + _line(key.encode(), value)
        try:
            with disk.only_one(self._path.with_suffix(".lock")):
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
                try:
                    while line:
                        line = line[os.write(handle, line) :]
                finally:
                    os.close(handle)
        except OSError as error:
            raise disk.trouble(self._path, error) from error

    def save(self) -> None:
        """Mend the file, if damage was found in it."""
        if self._damaged:
            self.keep(set(self.keys()))

    def keys(self) -> list[str]:
        return [key.decode("utf-8", "replace") for key in self._lines]

    def keep(self, keys: set[str]) -> None:
        """Rewrite the file with these *keys* only, together with what other builds have added meanwhile."""
        mine = set(self._lines)
        with disk.only_one(self._path.with_suffix(".lock")):
            now, _ = _read(self._path)
            wanted = {key.encode() for key in keys}
            lines = {key: value for key, value in now.items() if key in wanted or key not in mine}
            lines |= {key: value for key, value in self._lines.items() if key in wanted}
            disk.write(self._path, b"".join(_line(key, value) for key, value in lines.items()))
        self._lines, self._damaged = lines, 0


def _read(path: Path) -> tuple[dict[bytes, bytes], int]:
    """The sound lines of the file *path*, and how many are not."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}, 0
    except OSError as error:
        log.warning("%s cannot be read (%s): what it held is made again.", path, error.strerror)
        return {}, 0
    lines: dict[bytes, bytes] = {}
    damaged = 0
    for line in filter(None, content.split(b"\n")):
        rest = line[9:]
        if line[:9] == b"%08x " % crc32(rest):
            key, _, value = rest.partition(b" ")
            lines[key] = value
        else:
            damaged += 1
    return lines, damaged


def _line(key: bytes, value: bytes) -> bytes:
    rest = key + b" " + value
    return b"%08x %s\n" % (crc32(rest), rest)
