"""Writing to disk so that a reader sees the old file or the new one, never half of one."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import HeadshotsError

try:
    import fcntl
except ImportError:  # Windows: builds there must not share a cache at the same moment
    fcntl = None  # type: ignore[assignment]

TEMPORARY_PREFIX = ".part-"
"""Every temporary file has this in its name, so that what a killed build left can be told and swept."""

_serial_numbers = itertools.count()

_ADVICE_BY_ERRNO = {
    errno.ENOSPC: "Make room there, then build again",
    errno.EDQUOT: "Make room there, then build again",
    errno.EROFS: "Choose a folder that can be written to",
    errno.EACCES: "Give yourself the right to write there",
    errno.EPERM: "Give yourself the right to write there",
}


DISK_ERRNOS = frozenset(_ADVICE_BY_ERRNO)
"""Error numbers for which the disk or its owner is to blame, and no program."""


class DiskError(HeadshotsError):
    """The disk would not take a file. The sentence has the file, the system's reason and what to do."""


def make_disk_error(path: Path, error: OSError) -> DiskError:
    """The sentence for a file that could not be written."""
    advice = _ADVICE_BY_ERRNO.get(error.errno or 0, "Look at that disk, then build again")
    return DiskError(f"{path} cannot be written: {error.strerror or error}. {advice}.")


def make_temporary_path(path: Path, folder: Path | None = None) -> Path:
    """A name for the temporary file that will become *path*: beside it or in *folder*, and nobody else's."""
    return (folder or path.parent) / f"{TEMPORARY_PREFIX}{os.getpid()}-{next(_serial_numbers)}"


def write(path: Path, data: bytes, *, temporary_folder: Path | None = None) -> None:
    """Write *data* to *path*: temporary file, fsync, atomic rename. Raises DiskTrouble and then leaves nothing.

    The temporary file lies beside *path*, or in the folder *parts* of the same disk.
    """
    temporary_path = make_temporary_path(path, temporary_folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary_path, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary_path, path)
        except BaseException:
            with suppress(OSError):
                temporary_path.unlink()
            raise
    except OSError as error:
        raise make_disk_error(path, error) from error


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file *path*, so that of several builds at once one does this at a time. A killed holder lets go."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise make_disk_error(path, error) from error
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class SharedLock:
    """The lock file *path*, held by many builds at once, or by one that needs to be alone. Closed, or killed, it opens."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(path, "ab")  # noqa: SIM115 - held for as long as this object lives
        except OSError as error:
            raise make_disk_error(path, error) from error

    def acquire_shared(self) -> None:
        """Be one of many; waits while somebody is alone."""
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def try_acquire_exclusive(self) -> bool:
        """Be the only one, if nobody is inside; does not wait."""
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def release(self) -> None:
        self._file.close()


def remove_temporary_files(folder: Path) -> None:
    """Remove the temporary files that killed builds left directly in *folder*. Call it holding the lock."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for entry in os.scandir(folder):
            if entry.name.startswith(TEMPORARY_PREFIX) and not _is_writer_alive(entry.name):
                with suppress(OSError):
                    os.unlink(entry.path)


def _is_writer_alive(file_name: str) -> bool:
    """Whether the process that began this temporary file still runs."""
    pid = file_name.removeprefix(TEMPORARY_PREFIX).partition("-")[0]
    if not pid.isdigit() or int(pid) == os.getpid():
        return False
    if os.name == "nt":
        return True  # nobody can tell: signal 0 is Ctrl+C there
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
