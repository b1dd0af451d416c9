"""The cache's database: small values by kind and key, each with its checksum, in one file of SQLite.

It is read whole when it is opened, which is faster than asking for each key, and written in one transaction whenever
something was made. A lock file goes round every use: a damaged file is replaced, and SQLite allows that only while nobody
has it open.
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

from .. import disk

log = logging.getLogger(__name__)

VERSION = 1
"""Raise when the table or a value in it changes: the database is then made anew."""

BUSY_SECONDS = 60.0
"""How long another program may hold the file, such as a backup or somebody's sqlite3 shell."""

_TABLE = (
    "CREATE TABLE record (kind BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, checksum INTEGER NOT NULL, "
    "PRIMARY KEY (kind, key)) WITHOUT ROWID"
)
_FAULTS = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What Python's sqlite3 raises on a damaged file: the latter two where names or lengths in it are damaged."""
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_REASONS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
}

_Changes = Mapping[tuple[bytes, bytes], bytes | None]


class Database:
    """The database in the file *path*. Where that is not *writable*, changes hold for this object only.

    What is damaged is named in the log, taken out of the file, and then as if it had never been there.
    """

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self._path, self._writable = path, writable
        self._rows: defaultdict[bytes, dict[bytes, bytes]] = defaultdict(dict)
        self._changed: dict[tuple[bytes, bytes], bytes | None] = {}
        self._guard = threading.RLock()
        self._seen: tuple[int, ...] | None = None
        self.refresh()

    def kind(self, name: str) -> Records:
        return Records(self, name.encode())

    def refresh(self) -> None:
        """Read the file, unless it is as it was when this object last read or wrote it. Raises DiskTrouble."""
        with self._guard:
            if self._facts() == self._seen:
                return
            with self._alone():
                rows, fault = self._read()
                if fault:
                    log.warning(
                        "%s %s: what is lost is made again; files of former builds may stay in the site.",
                        self._path,
                        fault,
                    )
                if fault and self._writable:
                    self._begin_anew(rows)
                self._seen = self._facts()
            self._rows = rows
            for (kind, key), value in self._changed.items():
                self._set(kind, key, value)

    def save(self) -> None:
        """Write what has changed, in one transaction. Raises DiskTrouble, and has then written nothing."""
        with self._guard:
            if not self._changed or not self._writable:
                return
            with self._alone():
                try:
                    self._write(self._changed)
                except _FAULTS as error:
                    if _code(error) not in _DAMAGE:
                        raise self._trouble(error) from error
                    self._begin_anew(self._rows)
                self._seen = self._facts()
            self._changed = {}

    def rows(self, kind: bytes) -> Mapping[bytes, bytes]:
        return self._rows[kind]

    def put(self, kind: bytes, key: bytes, value: bytes | None) -> None:
        """Remember *value*, or forget what was there (None); `save` writes it."""
        with self._guard:
            self._set(kind, key, value)
            self._changed[kind, key] = value

    def _set(self, kind: bytes, key: bytes, value: bytes | None) -> None:
        if value is None:
            self._rows[kind].pop(key, None)
        else:
            self._rows[kind][key] = value

    def _alone(self) -> AbstractContextManager[None]:
        return disk.only_one(self._path.with_suffix(".lock")) if self._writable else nullcontext()

    def _facts(self) -> tuple[int, ...] | None:
        try:
            stat = os.stat(self._path)
        except OSError:
            return None
        return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns

    def _connect(self, mode: str) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?{mode}"
        connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        connection.text_factory = bytes
        return connection

    def _read(self) -> tuple[defaultdict[bytes, dict[bytes, bytes]], str]:
        """What is sound, and what is wrong with the rest."""
        rows: defaultdict[bytes, dict[bytes, bytes]] = defaultdict(dict)
        fault = ""
        # A folder that cannot be written to keeps SQLite from taking back what a killed build was writing there.
        for mode in ("mode=rw",) if self._writable else ("mode=ro", "immutable=1"):
            try:
                with closing(self._connect(mode)) as connection:
                    fault = _read_into(rows, connection)
            except _FAULTS as error:
                if _code(error) == sqlite3.SQLITE_BUSY:
                    raise self._trouble(error) from error
                fault = "is damaged"
            if not fault:
                break
        return rows, fault

    def _write(self, changes: _Changes) -> None:
        with closing(self._connect("mode=rwc")) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("PRAGMA user_version").fetchone()[0]:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.executemany(
                "REPLACE INTO record VALUES (?, ?, ?, ?)",
                [(*where, value, _checksum(*where, value)) for where, value in changes.items() if value is not None],
            )
            connection.executemany(
                "DELETE FROM record WHERE kind = ? AND key = ?",
                [where for where, value in changes.items() if value is None],
            )
            connection.execute("COMMIT")

    def _begin_anew(self, rows: Mapping[bytes, Mapping[bytes, bytes]]) -> None:
        """Put a new file with *rows* in the place of the old one. Call it alone."""
        for name in (f"{self._path}-journal", f"{self._path}-wal", f"{self._path}-shm"):
            Path(name).unlink(missing_ok=True)
        disk.write(self._path, b"")  # which is an empty database
        try:
            self._write({(kind, key): value for kind, each in rows.items() for key, value in each.items()})
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> disk.DiskTrouble:
        number = _REASONS.get(_code(error), 0)
        return disk.trouble(self._path, OSError(number, os.strerror(number) if number else str(error)))


class Records:
    """Values of one kind, by key."""

    def __init__(self, database: Database, kind: bytes) -> None:
        self._database, self._kind = database, kind

    def get(self, key: str) -> bytes | None:
        return self._database.rows(self._kind).get(os.fsencode(key))

    def put(self, key: str, value: bytes) -> None:
        """Remember *value*; `Database.save` writes it."""
        self._database.put(self._kind, os.fsencode(key), value)

    def keys(self) -> list[str]:
        return [os.fsdecode(key) for key in self._database.rows(self._kind)]

    def keep(self, keys: set[str]) -> None:
        """Forget everything but these."""
        for key in self.keys():
            if key not in keys:
                self._database.put(self._kind, os.fsencode(key), None)


def _read_into(rows: defaultdict[bytes, dict[bytes, bytes]], connection: sqlite3.Connection) -> str:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        return "is of another version"
    # Says whether records are missing; the checksums say whether those that are there are as they were.
    wrong: bytes = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    damaged = 0
    for kind, key, value, checksum in connection.execute("SELECT kind, key, value, checksum FROM record"):
        if type(kind) is type(key) is type(value) is bytes and _checksum(kind, key, value) == checksum:
            rows[kind][key] = value
        else:
            damaged += 1
    if damaged:
        return f"has {damaged} damaged {'record' if damaged == 1 else 'records'}"
    return "" if wrong == b"ok" else "is damaged"


def _code(error: Exception) -> int:
    """SQLite's name for what is wrong, without its details."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)) & 0xFF


def _checksum(kind: bytes, key: bytes, value: bytes) -> int:
    return crc32(b"%d %s %s %s" % (len(key), kind, key, value))
