"""The errors whose text is a sentence for the photographer, to whom a call stack says nothing."""

from __future__ import annotations


class HeadshotsError(Exception):
    """Ends a build or a command. Its text says what is wrong, in which file, and what to do."""


class RemoteUnavailableError(HeadshotsError):
    """Another machine that was asked for cannot be used."""


class DaskUnavailableError(RemoteUnavailableError):
    """The Dask cluster cannot be used."""


class RemoteCacheUnavailableError(RemoteUnavailableError):
    """The shared cache cannot be used."""


class LayoutError(Exception):
    """The picture *path* cannot be laid out; the cause says why."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
