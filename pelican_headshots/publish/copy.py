"""A file into another place: a hard link, else a copy."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ..support import atomic_files

_LINK_UNSUPPORTED_ERRNOS = {errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.EPERM, errno.EMLINK, errno.ENOSYS}
"""What the system says where it cannot link, but could copy."""


def link_or_copy(source: Path, target: Path) -> None:
    """Make *target* hold what *source* holds, at one blow. Raises OSError and then leaves nothing."""
    temporary = atomic_files.make_temporary_path(target)
    try:
        try:
            os.link(source, temporary)
        except OSError as error:
            if error.errno not in _LINK_UNSUPPORTED_ERRNOS:
                raise
            shutil.copyfile(source, temporary)
        os.replace(temporary, target)
    finally:
        # Also where all went well: POSIX renames nothing where both names are links to one file, as where a build at
        # the same time has just linked it.
        temporary.unlink(missing_ok=True)
