"""Terminals and log files whose encoding lacks characters of a file name, such as those of Windows."""

from __future__ import annotations

import io
import sys


def escape_unencodable_output() -> None:
    """From now on, print a character that the encoding of stdout or stderr lacks as an escape of its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
