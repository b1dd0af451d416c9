"""Errors whose text is a sentence for the photographer, shown without a traceback."""

from __future__ import annotations


class HeadshotsError(Exception):
    """An error that ends a build or a command. Its text says what is wrong, in which file, and what to do."""


class RemoteUnavailableError(HeadshotsError):
    """A remote service named in the settings cannot be used."""


class DaskUnavailableError(RemoteUnavailableError):
    """The Dask cluster cannot be used."""


class RemoteCacheUnavailableError(RemoteUnavailableError):
    """The shared cache cannot be used."""


class LayoutError(Exception):
    """The photo *path* cannot be laid out. The cause (`__cause__`) has the reason."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
