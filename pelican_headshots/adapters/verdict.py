"""How a job in a child process may end, apart from well. Its own module, so that a warm build need not load the others."""

from __future__ import annotations

import msgspec


class Failure(msgspec.Struct, frozen=True):
    """A job that came to nothing: a *sentence* with the file; *cause* is refused (by the task),
    gone (before it began), died, slow, memory or error."""

    sentence: str
    cause: str
