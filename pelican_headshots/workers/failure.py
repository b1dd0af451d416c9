"""How a job can fail. A module of its own, so that a warm build does not import the worker pool."""

from __future__ import annotations

import msgspec


class Failure(msgspec.Struct, frozen=True):
    """A job without a result."""

    message: str
    """A sentence that names the file."""
    cause: str
    """One of `refused` (by the task), `gone` (it failed before the task started), `died` (the process ended), `slow` (it
    used up its processor time), `hung` (no answer came), `memory` and `error`."""


def explain_cpu_limit(name: str, cpu_seconds: float) -> str:
    """Return the message for a file whose task used up its processor time."""
    return f"{name} took more than {cpu_seconds:.0f} seconds of processor time and was left out."
