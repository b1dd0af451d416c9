"""A file into another place at no cost of disk or time, where the file system knows how."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from .. import disk

try:
    import fcntl
except ImportError:  # Windows has no such call; files are linked or copied there
    fcntl = None  # type: ignore[assignment]

_FICLONE = 0x40049409
"""linux/fs.h: make a file share another's blocks until one of them is written to."""

_REFUSED = {errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.ENOTTY, errno.EPERM, errno.EMLINK, errno.ENOSYS}
"""What the system says where it cannot clone or link, but could copy."""


class Transfer:
    """Clones, else hard links, else copies; remembers that this file system cannot clone."""

    def __init__(self) -> None:
        self._cloning = fcntl is not None

    def to(self, source: Path, target: Path) -> None:
        """Make *target* hold what *source* holds, at one blow. Raises OSError and then leaves nothing."""
        part = disk.part_of(target)
        try:
            if not (self._clone(source, part) or _link(source, part)):
                with open(source, "rb") as reader, open(part, "xb") as writer:
                    shutil.copyfileobj(reader, writer)
            os.replace(part, target)
        finally:
            # Also where all went well: POSIX renames nothing where both names are links to one file, as where a build at
            # the same time has just linked it.
            with suppress(OSError):
                part.unlink()

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


def _link(source: Path, part: Path) -> bool:
    try:
        os.link(source, part)
        return True
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        return False
