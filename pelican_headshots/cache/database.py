"""The database of the cache: small values by kind and key, each with a checksum, in one SQLite file.

The whole file is read when it is opened, which is faster than one query per key. Changes are written in one transaction.
Every access holds a lock file, because a damaged database is replaced, and SQLite allows that only while no process has
it open.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from zlib import crc32

from ..support import atomic_files

log = logging.getLogger(__name__)

SCHEMA_VERSION = 2
"""Increase when the table or the meaning of a value changes: existing databases are then discarded."""

BUSY_TIMEOUT_SECONDS = 60.0
"""How long another program, such as a backup or a sqlite3 shell, may keep the file locked."""

_CREATE_TABLE = (
    "CREATE TABLE record (kind BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, checksum INTEGER NOT NULL, "
    "PRIMARY KEY (kind, key)) WITHOUT ROWID"
)
_DAMAGED_FILE_ERRORS = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What Python's sqlite3 raises for a damaged file: the last two if names or lengths in it are damaged."""

_Rows = dict[tuple[bytes, bytes], bytes | None]
"""(kind, key) → value; None for deleted values."""


class Database:
    """The database in the file *path*. If it is not *writable*, changes are kept in memory only.

    Damaged records are reported in the log and removed from the file.
    """

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self._path, self._writable = path, writable
        self._rows: defaultdict[bytes, dict[bytes, bytes | None]] = defaultdict(dict)
        self._changed: _Rows = {}
        self._thread_lock = threading.RLock()
        self._last_stat: tuple[int, ...] | None = None
        self.reload()

    def get_records(self, kind: str) -> Records:
        """Return the records of *kind*, which may be empty."""
        return Records(self, kind.encode())

    def reload(self) -> None:
        """Read the file, unless it is unchanged since this object last read or wrote it.

        Raises:
            DiskError: If the file is locked or cannot be written.
        """
        with self._thread_lock, self._hold_file_lock():
            if self._read_stat() in (None, self._last_stat):
                return
            rows, fault = self._read()
            if fault:
                log.warning(
                    "%s %s. Lost entries are created again; files of earlier builds may remain in the site.",
                    self._path,
                    fault,
                )
            if fault and self._writable:
                for journal in ("-journal", "-wal", "-shm"):
                    Path(f"{self._path}{journal}").unlink(missing_ok=True)
                atomic_files.write(self._path, b"")  # an empty file is an empty database
                self._write(rows, True)
            self._last_stat = self._read_stat()
            self._rows.clear()
            for (kind, key), value in (rows | self._changed).items():
                self._rows[kind][key] = value

    def save(self, *, lasting: bool = True) -> None:
        """Write all changes in one transaction.

        The changes survive a crash of this process. They survive a power cut only if *lasting* is true, which waits for
        the disk (20 ms instead of 2 ms). A file that was damaged by a power cut is detected and repaired when opened.

        Raises:
            DiskError: If the changes cannot be written; nothing has been written then.
        """
        with self._thread_lock:
            if self._changed and self._writable:
                with self._hold_file_lock():
                    self._write(self._changed, lasting)
                    self._last_stat = self._read_stat()
                self._changed = {}

    def get_rows(self, kind: bytes) -> Mapping[bytes, bytes | None]:
        """Return the value of each key of *kind*; None marks a deleted key."""
        return self._rows[kind]

    def put(self, kind: bytes, key: bytes, value: bytes | None) -> None:
        """Set a value, or delete it (None). `save` writes the change."""
        with self._thread_lock:
            self._rows[kind][key] = self._changed[kind, key] = value

    def _hold_file_lock(self) -> AbstractContextManager[None]:
        return atomic_files.hold_lock(self._path.with_suffix(".lock")) if self._writable else nullcontext()

    def _read_stat(self) -> tuple[int, ...] | None:
        try:
            stat = os.stat(self._path)
        except OSError:
            return None
        return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns

    def _connect(self, mode: str) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?{mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        connection.text_factory = bytes
        return connection

    def _read(self) -> tuple[_Rows, str]:
        """Return the sound rows and a description of the damage, which is empty if there is none."""
        rows: _Rows = {}
        fault = ""
        # In a read-only folder, SQLite cannot roll back the transaction of a killed build.
        for mode in ("mode=rw",) if self._writable else ("mode=ro", "immutable=1"):
            try:
                with closing(self._connect(mode)) as connection:
                    fault = _load_rows(rows, connection)
            except _DAMAGED_FILE_ERRORS as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    raise atomic_files.make_disk_error(self._path, OSError(0, str(error))) from error
                fault = "is damaged"
            if not fault:
                break
        return rows, fault

    def _write(self, rows: _Rows, lasting: bool) -> None:
        try:
            with closing(self._connect("mode=rwc")) as connection:
                connection.execute(f"PRAGMA synchronous = {'NORMAL' if lasting else 'OFF'}")
                connection.execute("PRAGMA secure_delete = ON")  # what is deleted may name people: overwrite it
                connection.execute("BEGIN IMMEDIATE")
                if not connection.execute("PRAGMA user_version").fetchone()[0]:
                    connection.execute(_CREATE_TABLE)
                    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                rows_to_write = [
                    (*row_key, value, _compute_checksum(*row_key, value))
                    for row_key, value in rows.items()
                    if value is not None
                ]
                connection.executemany("REPLACE INTO record VALUES (?, ?, ?, ?)", rows_to_write)
                keys_to_delete = [row_key for row_key, value in rows.items() if value is None]
                connection.executemany("DELETE FROM record WHERE kind = ? AND key = ?", keys_to_delete)
                connection.execute("COMMIT")
        except _DAMAGED_FILE_ERRORS as error:
            is_disk_full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
            raise atomic_files.make_disk_error(
                self._path, OSError(errno.ENOSPC if is_disk_full else 0, str(error))
            ) from error


class Records:
    """The values of one kind, by key."""

    def __init__(self, database: Database, kind: bytes) -> None:
        self._database, self._kind = database, kind

    def get(self, key: str) -> bytes | None:
        """Return the value of *key*, or None."""
        return self._database.get_rows(self._kind).get(os.fsencode(key))

    def put(self, key: str, value: bytes) -> None:
        """Set a value. `Database.save` writes it."""
        self._database.put(self._kind, os.fsencode(key), value)

    def keys(self) -> list[str]:
        """Return the keys of all values."""
        return [os.fsdecode(key) for key, value in self._database.get_rows(self._kind).items() if value is not None]

    def delete_except(self, keys: set[str]) -> None:
        """Delete all values except those with the given keys."""
        for key in self.keys():
            if key not in keys:
                self._database.put(self._kind, os.fsencode(key), None)


def _load_rows(rows: _Rows, connection: sqlite3.Connection) -> str:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, SCHEMA_VERSION):
        return "was written by another version"
    # Detects missing records; the checksums detect changed ones.
    is_complete = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == b"ok"
    damaged = 0
    for kind, key, value, checksum in connection.execute("SELECT kind, key, value, checksum FROM record"):
        if type(kind) is type(key) is type(value) is bytes and _compute_checksum(kind, key, value) == checksum:
            rows[kind, key] = value
        else:
            damaged += 1
    return "" if is_complete and not damaged else f"is damaged ({damaged} records)" if is_complete else "is damaged"


def _compute_checksum(kind: bytes, key: bytes, value: bytes) -> int:
    return crc32(b"%d %s %s %s" % (len(key), kind, key, value))
