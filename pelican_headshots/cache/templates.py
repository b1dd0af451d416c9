"""Compiled templates, kept in the cache: compiling a theme takes longer than everything else in a warm build.

Jinja's own file cache would do, but trusts its files: one damaged byte of compiled code can bring the interpreter down.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from ..support import atomic_files
from ..support.digest import compute_digest


class TemplateBytecodeCache(BytecodeCache):
    """One file for each template in *folder*: its checksum, then what Jinja compiled. Damaged ones are compiled anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            content = (self._folder / bucket.key).read_bytes()
        except OSError:
            return
        if content[:32] == compute_digest(content[32:]).encode():
            bucket.bytecode_from_string(content[32:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        code = bucket.bytecode_to_string()
        with suppress(atomic_files.DiskError):  # where nothing can be remembered, templates are compiled at each build
            atomic_files.write(self._folder / bucket.key, compute_digest(code).encode() + code)
