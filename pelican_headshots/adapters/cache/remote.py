"""A cache that others share, behind any address that fsspec knows: s3://, gs://, az://, sftp://, ftp://, a mounted folder.

It is read through: what this machine lacks is looked for there before it is made, and what is made here is put there.
Every value carries its checksum, so that a broken upload is a miss. Where the address stops answering, the build says so
once and goes on by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from importlib.util import find_spec
from typing import Any

from ..verdict import RemoteTrouble
from .stat_index import digest

log = logging.getLogger(__name__)

_TOGETHER = 64
"""Values asked for at once: enough to hide the way there and back, few enough to hold in memory."""
_WAITING = 16 << 20
"""Bytes that are gathered before they are sent."""


class Remote:
    """The shared cache at *address*. With *remember* False nothing is put there. Raises RemoteTrouble without fsspec.

    Nothing is connected before something is asked for: a build that lacks nothing imports nothing.
    """

    def __init__(self, address: str, *, remember: bool = True) -> None:
        if not find_spec("fsspec"):
            raise RemoteTrouble(f"The shared cache {address} needs fsspec. Install pelican-headshots[remote].")
        self._address, self._remember = address, remember
        self._gone = False
        self._pending: dict[str, bytes] = {}
        self._folders: set[str] = set()

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """The file system, and the folder in it."""
        import fsspec

        files, root = fsspec.core.url_to_fs(self._address)
        return files, root.rstrip("/")

    def get(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """(key, value) of those *keys* that are there and sound."""
        wanted = list(keys)
        for start in range(0, len(wanted), _TOGETHER):
            answers = self._try(partial(self._read, wanted[start : start + _TOGETHER])) or {}
            for key, answer in answers.items():
                if isinstance(answer, bytes) and digest(answer[32:]).encode() == answer[:32]:
                    yield key, answer[32:]
                elif isinstance(answer, Exception) and not isinstance(answer, FileNotFoundError):
                    self._lost(answer)

    def put(self, key: str, value: bytes) -> None:
        """Have *value* there; it may be sent later, by `flush`."""
        if not self._remember:
            return
        self._pending[key] = digest(value).encode() + value
        if sum(map(len, self._pending.values())) >= _WAITING:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        sending, self._pending = self._pending, {}
        if sending:
            self._try(partial(self._write, sending))

    def _read(self, keys: list[str]) -> dict[str, bytes | Exception]:
        files, root = self._place
        paths = {f"{root}/{key[:2]}/{key}": key for key in keys}
        return {paths[path]: answer for path, answer in files.cat(list(paths), on_error="return").items()}

    def _write(self, values: dict[str, bytes]) -> None:
        files, root = self._place
        for folder in sorted({key[:2] for key in values} - self._folders):
            files.makedirs(f"{root}/{folder}", exist_ok=True)
            self._folders.add(folder)
        files.pipe({f"{root}/{key[:2]}/{key}": value for key, value in values.items()})

    def _try(self, what: Callable[[], Any]) -> Any:
        if self._gone:
            return None
        try:
            return what()
        except Exception as error:  # noqa: BLE001 - every file system brings errors of its own
            self._lost(error)
            return None

    def _lost(self, error: Exception) -> None:
        if not self._gone:
            self._gone = True
            log.warning(
                "The shared cache %s does not answer (%s: %s). This build goes on without it.",
                self._address,
                type(error).__name__,
                error,
            )
