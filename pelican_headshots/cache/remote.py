"""A shared cache at any URL that fsspec supports: s3://, gs://, az://, sftp://, ftp://, or a mounted folder.

What is missing in the local cache is looked up there before it is created, and what is created is uploaded. Each value is
stored with its checksum, so that an incomplete upload counts as missing. If the shared cache stops answering, the build
logs one warning and continues without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from importlib.util import find_spec
from typing import Any

from ..support.digest import compute_digest
from ..support.errors import RemoteCacheUnavailableError

log = logging.getLogger(__name__)

_KEYS_PER_REQUEST = 64
"""Values per request: enough to hide the latency, few enough to hold in memory."""
_MAX_PENDING_BYTES = 16 << 20
"""Bytes that are collected before they are uploaded."""


class RemoteCache:
    """The shared cache at a URL. With *may_write* False nothing is uploaded.

    It connects on the first request: a build that needs nothing from it does not import fsspec.

    Raises:
        RemoteCacheUnavailableError: If fsspec is not installed.
    """

    def __init__(self, url: str, *, may_write: bool = True) -> None:
        if not find_spec("fsspec"):
            raise RemoteCacheUnavailableError(
                f"The shared cache {url} needs fsspec. Install pelican-headshots[remote]."
            )
        self._url, self._may_write = url, may_write
        self._is_unavailable = False
        self._pending: dict[str, bytes] = {}
        self._created_folders: set[str] = set()

    @cached_property
    def _location(self) -> tuple[Any, str]:
        """The file system and the folder in it."""
        import fsspec

        files, root = fsspec.core.url_to_fs(self._url)
        return files, root.rstrip("/")

    def fetch_many(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (key, value) for each key that exists and whose value is sound."""
        requested_keys = list(keys)
        for start in range(0, len(requested_keys), _KEYS_PER_REQUEST):
            answers = self._try(partial(self._read, requested_keys[start : start + _KEYS_PER_REQUEST])) or {}
            for key, answer in answers.items():
                if isinstance(answer, bytes) and compute_digest(answer[32:]).encode() == answer[:32]:
                    yield key, answer[32:]
                elif isinstance(answer, Exception) and not isinstance(answer, FileNotFoundError):
                    self._mark_unavailable(answer)

    def put(self, key: str, value: bytes) -> None:
        """Upload a value, now or with a later `put` or `flush`."""
        if not self._may_write:
            return
        self._pending[key] = compute_digest(value).encode() + value
        if sum(map(len, self._pending.values())) >= _MAX_PENDING_BYTES:
            self.flush()

    def delete(self, keys: Iterable[str], prefixes: Iterable[str]) -> bool:
        """Delete the values of *keys*, and those whose key begins with one of *prefixes*. Return whether it worked."""
        return self._try(partial(self._delete, list(keys), list(prefixes))) is not None

    def flush(self) -> None:
        """Upload all pending values."""
        sending, self._pending = self._pending, {}
        if sending:
            self._try(partial(self._write, sending))

    def _read(self, keys: list[str]) -> dict[str, bytes | Exception]:
        files, root = self._location
        paths = {f"{root}/{key[:2]}/{key}": key for key in keys}
        return {paths[path]: answer for path, answer in files.cat(list(paths), on_error="return").items()}

    def _write(self, values: dict[str, bytes]) -> None:
        files, root = self._location
        for folder in sorted({key[:2] for key in values} - self._created_folders):
            files.makedirs(f"{root}/{folder}", exist_ok=True)
            self._created_folders.add(folder)
        files.pipe({f"{root}/{key[:2]}/{key}": value for key, value in values.items()})

    def _delete(self, keys: list[str], prefixes: list[str]) -> int:
        files, root = self._location
        paths = [path for path in (f"{root}/{key[:2]}/{key}" for key in keys) if files.exists(path)]
        for prefix in prefixes:
            folder = f"{root}/{prefix[:2]}"
            if files.isdir(folder):
                paths += [path for path in files.ls(folder, detail=False) if path.rpartition("/")[2].startswith(prefix)]
        if paths:
            files.rm(paths)
        return len(paths)

    def _try(self, operation: Callable[[], Any]) -> Any:
        if self._is_unavailable:
            return None
        try:
            return operation()
        except Exception as error:  # noqa: BLE001 - each file system has its own exceptions
            self._mark_unavailable(error)
            return None

    def _mark_unavailable(self, error: Exception) -> None:
        if not self._is_unavailable:
            self._is_unavailable = True
            log.warning(
                "The shared cache %s does not answer (%s: %s). This build continues without it.",
                self._url,
                type(error).__name__,
                error,
            )
