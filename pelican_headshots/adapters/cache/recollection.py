"""What was worked out in the last build, kept in one file. Lost, damaged or of another version, it is worked out again."""

from __future__ import annotations

import sys
from pathlib import Path
from zlib import crc32

import msgspec

from ...core.recalled import ROOMS, Memory
from .. import disk
from .stat_index import digest

_decoder = msgspec.msgpack.Decoder(tuple[str, dict[bytes, bytes]])


class Recollection:
    """The memory in the file *path*; it is saved to *save_to*, where *path* itself cannot be written."""

    def __init__(self, path: Path, *, save_to: Path | None = None) -> None:
        self._path = save_to or path
        self._version = _version()
        self.memory = Memory(_load(path, self._version))

    def save(self) -> None:
        """Write what this build asked for, if it asked at all and not for the same as the last one."""
        used = self.memory.used
        if used and used.keys() != self.memory.known.keys():
            body = msgspec.msgpack.encode((self._version, used))
            disk.write(self._path, crc32(body).to_bytes(4, "big") + body)


def _version() -> str:
    """Names the code that recalled functions run: a result is only as good as what it was worked out by."""
    folders = [Path(folder) for room in sorted(ROOMS) for folder in sys.modules[room].__path__]
    files = sorted(file for folder in folders for file in folder.iterdir() if file.is_file())
    return digest(b"".join(file.read_bytes() for file in files))


def _load(path: Path, version: str) -> dict[bytes, bytes]:
    try:
        data = path.read_bytes()
        if crc32(data[4:]).to_bytes(4, "big") == data[:4]:
            wrote, known = _decoder.decode(data[4:])
            return known if wrote == version else {}
    except (OSError, msgspec.MsgspecError):
        pass  # a miss
    return {}
