"""The address of a local page, kept so that a page whose program ended finds it again when the program is started anew.

What such a page has not sent yet is not lost then. Whoever can read the file could do as much without it. It is believed
for a day, where it is readable by its owner alone and that is who asks: a cache that came from elsewhere may hold one that
somebody else knows.
"""

from __future__ import annotations

import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path

import msgspec

DAY = 86_400.0
"""Seconds."""


class Address(msgspec.Struct, frozen=True):
    """Port and token."""

    port: int
    token: str


def kept(path: Path) -> Address | None:
    """What `keep` wrote to *path* within the last day."""
    with suppress(OSError, msgspec.MsgspecError):
        facts = path.lstat()
        mine = not hasattr(os, "geteuid") or facts.st_uid == os.geteuid()
        private = stat.S_ISREG(facts.st_mode) and (os.name == "nt" or not facts.st_mode & 0o077)
        if mine and private and 0 <= time.time() - facts.st_mtime < DAY:
            address = msgspec.json.decode(path.read_bytes(), type=Address)
            return address if re.fullmatch(r"[\w-]{32}", address.token, re.ASCII) else None
    return None


def keep(path: Path, address: Address) -> None:
    """Write *address* to *path*; where that cannot be, it is not kept."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(address))
