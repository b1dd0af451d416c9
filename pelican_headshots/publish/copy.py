"""Put a file into another place: as a hard link if possible, otherwise as a copy."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ..support import atomic_files

_LINK_UNSUPPORTED_ERRNOS = {errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.EPERM, errno.EMLINK, errno.ENOSYS}
"""Errors of systems and file systems that cannot link a file but can copy it."""


def link_or_copy(source: Path, target: Path) -> None:
    """Atomically make *target* a hard link to *source*, or a copy of it.

    Raises:
        OSError: Neither is possible. No partial file is left.
    """
    temporary = atomic_files.make_temporary_path(target)
    try:
        try:
            os.link(source, temporary)
        except OSError as error:
            if error.errno not in _LINK_UNSUPPORTED_ERRNOS:
                raise
            shutil.copyfile(source, temporary)
        atomic_files.replace(temporary, target)
    finally:
        # Needed after success too: POSIX rename does nothing if both names are links to the same file, for example
        # because another build has just linked it.
        temporary.unlink(missing_ok=True)
