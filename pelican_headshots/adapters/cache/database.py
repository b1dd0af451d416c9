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

_Rows = dict[tuple[bytes, bytes], bytes | None]
"""Kind and key → value; None for what was forgotten."""


class Database:
    """The database in the file *path*. Where that is not *writable*, changes hold for this object only.

    What is damaged is named in the log, taken out of the file, and then as if it had never been there.
    """

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self._path, self._writable = path, writable
        self._rows: defaultdict[bytes, dict[bytes, bytes | None]] = defaultdict(dict)
        self._changed: _Rows = {}
        self._guard = threading.RLock()
        self._seen: tuple[int, ...] | None = None
        self.refresh()

    def kind(self, name: str) -> Records:
        return Records(self, name.encode())

    def refresh(self) -> None:
        """Read the file, unless it is as it was when this object last read or wrote it. Raises DiskTrouble."""
        with self._guard, self._alone():
            if self._facts() in (None, self._seen):
                return
            rows, fault = self._read()
            if fault:
                log.warning(
                    "%s %s: what is lost is made again; files of former builds may stay in the site.", self._path, fault
                )
            if fault and self._writable:
                for journal in ("-journal", "-wal", "-shm"):
                    Path(f"{self._path}{journal}").unlink(missing_ok=True)
                disk.write(self._path, b"")  # which is an empty database
                self._write(rows, True)
            self._seen = self._facts()
            self._rows.clear()
            for (kind, key), value in (rows | self._changed).items():
                self._rows[kind][key] = value

    def save(self, *, lasting: bool = True) -> None:
        """Write what has changed, in one transaction. Raises DiskTrouble, and has then written nothing.

        It survives whatever becomes of this process; a power cut only if *lasting*, which waits for the disk (20 ms
        instead of 2). A file that a power cut damaged is found and mended as any other.
        """
        with self._guard:
            if self._changed and self._writable:
                with self._alone():
                    self._write(self._changed, lasting)
                    self._seen = self._facts()
                self._changed = {}

    def rows(self, kind: bytes) -> Mapping[bytes, bytes | None]:
        return self._rows[kind]

    def put(self, kind: bytes, key: bytes, value: bytes | None) -> None:
        """Remember *value*, or forget what was there (None); `save` writes it."""
        with self._guard:
            self._rows[kind][key] = self._changed[kind, key] = value

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

    def _read(self) -> tuple[_Rows, str]:
        """What is sound, and what is wrong with the rest."""
        rows: _Rows = {}
        fault = ""
        # A folder that cannot be written to keeps SQLite from taking back what a killed build was writing there.
        for mode in ("mode=rw",) if self._writable else ("mode=ro", "immutable=1"):
            try:
                with closing(self._connect(mode)) as connection:
                    fault = _read_into(rows, connection)
            except _FAULTS as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    raise disk.trouble(self._path, OSError(0, str(error))) from error
                fault = "is damaged"
            if not fault:
                break
        return rows, fault

    def _write(self, rows: _Rows, lasting: bool) -> None:
        try:
            with closing(self._connect("mode=rwc")) as connection:
                connection.execute(f"PRAGMA synchronous = {'NORMAL' if lasting else 'OFF'}")
                connection.execute("BEGIN IMMEDIATE")
                if not connection.execute("PRAGMA user_version").fetchone()[0]:
                    connection.execute(_TABLE)
                    connection.execute(f"PRAGMA user_version = {VERSION}")
                kept = [(*where, value, _checksum(*where, value)) for where, value in rows.items() if value is not None]
                connection.executemany("REPLACE INTO record VALUES (?, ?, ?, ?)", kept)
                gone = [where for where, value in rows.items() if value is None]
                connection.executemany("DELETE FROM record WHERE kind = ? AND key = ?", gone)
                connection.execute("COMMIT")
        except _FAULTS as error:
            full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
            raise disk.trouble(self._path, OSError(errno.ENOSPC if full else 0, str(error))) from error


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
        return [os.fsdecode(key) for key, value in self._database.rows(self._kind).items() if value is not None]

    def keep(self, keys: set[str]) -> None:
        """Forget everything but these."""
        for key in self.keys():
            if key not in keys:
                self._database.put(self._kind, os.fsencode(key), None)


def _read_into(rows: _Rows, connection: sqlite3.Connection) -> str:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        return "is of another version"
    # Says whether records are missing; the checksums say whether those that are there are as they were.
    whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == b"ok"
    damaged = 0
    for kind, key, value, checksum in connection.execute("SELECT kind, key, value, checksum FROM record"):
        if type(kind) is type(key) is type(value) is bytes and _checksum(kind, key, value) == checksum:
            rows[kind, key] = value
        else:
            damaged += 1
    return "" if whole and not damaged else f"is damaged ({damaged} records)" if whole else "is damaged"


def _checksum(kind: bytes, key: bytes, value: bytes) -> int:
    return crc32(b"%d %s %s %s" % (len(key), kind, key, value))
