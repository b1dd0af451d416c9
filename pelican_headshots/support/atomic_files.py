"""Write files so that a reader sees either the old file or the new one, never a part of it; and lock files."""

from __future__ import annotations

import errno
import itertools
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import HeadshotsError

if sys.platform == "win32":  # has no flock: there, two builds must not use the same cache at the same time
    fcntl = None
else:
    import fcntl

TEMPORARY_PREFIX = ".part-"
"""The prefix of temporary files, by which the files that a killed build left behind are found and removed."""

_serial_numbers = itertools.count()

_ADVICE_BY_ERRNO = {
    errno.ENOSPC: "Free some disk space, then build again",
    errno.EDQUOT: "Free some disk space, then build again",
    errno.EROFS: "Choose a folder that is not read-only",
    errno.EACCES: "Give yourself permission to write there",
    errno.EPERM: "Give yourself permission to write there",
}


_RETRY_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""How long to wait on Windows before a file is replaced again."""

DISK_ERRNOS = frozenset(_ADVICE_BY_ERRNO)
"""Error numbers that mean a problem with the disk or its permissions, not with the program."""


class DiskError(HeadshotsError):
    """A file could not be written. The text names the file, the reason given by the system, and what to do."""


def make_disk_error(path: Path, error: OSError) -> DiskError:
    """Return the error for the file *path* that could not be written because of *error*."""
    advice = _ADVICE_BY_ERRNO.get(error.errno or 0, "Check the disk, then build again")
    return DiskError(f"{path} cannot be written: {error.strerror or error}. {advice}.")


def make_temporary_path(path: Path, folder: Path | None = None) -> Path:
    """Return a unique path for the temporary file that will become *path*: in *folder*, or beside *path*."""
    return (folder or path.parent) / f"{TEMPORARY_PREFIX}{os.getpid()}-{next(_serial_numbers)}"


def write(path: Path, data: bytes, *, temporary_folder: Path | None = None) -> None:
    """Write *data* to *path* with a temporary file, fsync and an atomic rename.

    Args:
        path: The file to write. Missing folders are created.
        data: Its contents.
        temporary_folder: The folder of the temporary file, on the same disk as *path*; by default that of *path*.

    Raises:
        DiskError: The file could not be written. The temporary file is removed.
    """
    temporary_path = make_temporary_path(path, temporary_folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary_path, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            replace(temporary_path, path)
        except BaseException:
            with suppress(OSError):
                temporary_path.unlink()
            raise
    except OSError as error:
        raise make_disk_error(path, error) from error


def replace(source: Path, target: Path) -> None:
    """Rename *source* to *target*, and replace a file that is there.

    Windows refuses this while another program, such as a virus scanner or an indexer, has one of the files open. That takes
    a moment, so it is tried again.
    """
    for seconds in _RETRY_SECONDS if sys.platform == "win32" else ():
        with suppress(PermissionError):
            os.replace(source, target)
            return
        time.sleep(seconds)
    os.replace(source, target)


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock file *path*, so that only one of several builds is in this block at a time.

    The system releases the lock if the process is killed.
    """
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
    """The lock file *path*, held by many builds at once (shared) or by one alone (exclusive).

    `release` or the end of the process releases it.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(path, "ab")  # noqa: SIM115 - held for as long as this object lives
        except OSError as error:
            raise make_disk_error(path, error) from error

    def acquire_shared(self) -> None:
        """Acquire the lock together with others; wait while a process holds it exclusively."""
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_SH)

    def try_acquire_exclusive(self) -> bool:
        """Acquire the lock alone, without waiting. Return whether it was free."""
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def release(self) -> None:
        """Release the lock for other builds."""
        self._file.close()


def remove_temporary_files(folder: Path) -> None:
    """Remove the temporary files that killed builds left directly in *folder*. The caller must hold the lock."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for entry in os.scandir(folder):
            if entry.name.startswith(TEMPORARY_PREFIX) and not _is_writer_alive(entry.name):
                with suppress(OSError):
                    os.unlink(entry.path)


def _is_writer_alive(file_name: str) -> bool:
    """Return whether the process that created this temporary file is still running."""
    pid = file_name.removeprefix(TEMPORARY_PREFIX).partition("-")[0]
    if not pid.isdigit() or int(pid) == os.getpid():
        return False
    if os.name == "nt":
        return True  # unknown: on Windows, signal 0 means Ctrl+C and cannot be used to check a process
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
