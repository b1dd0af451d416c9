"""What ends a build or a command with words for a photographer, to whom a call stack says nothing."""

from __future__ import annotations


class HeadshotsError(Exception):
    """Its text is a sentence: what is wrong, with which file, and what to do."""


class LayoutError(Exception):
    """The picture *path* cannot be laid out; the cause says why."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path
