"""How work elsewhere may end, apart from well. Its own module, so that a warm build need not load the others."""

from __future__ import annotations

import msgspec


class Failure(msgspec.Struct, frozen=True):
    """A job that came to nothing: a *sentence* with the file; *cause* is refused (by the task),
    gone (before it began), died, slow (it used up its processor time), hung (no answer came), memory or error."""

    message: str
    cause: str


def explain_cpu_limit(name: str, cpu_seconds: float) -> str:
    """What is said of the file *name* that used up its *seconds* of processor time."""
    return f"{name} took more than {cpu_seconds:.0f} seconds of processor time and was left out."
