"""Cache compiled templates: compiling a theme takes longer than everything else in a warm build.

Jinja's own `FileSystemBytecodeCache` does not check its files, and one damaged byte of compiled code can crash the
interpreter.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from ..support import atomic_files
from ..support.digest import compute_digest


class TemplateBytecodeCache(BytecodeCache):
    """One file per template in *folder*: a checksum, then the bytecode. Damaged files are compiled again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill *bucket* from its file, or leave it empty if the file is missing or damaged. Jinja calls this."""
        try:
            content = (self._folder / bucket.key).read_bytes()
        except OSError:
            return
        if content[:32] == compute_digest(content[32:]).encode():
            bucket.bytecode_from_string(content[32:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the bytecode of *bucket* to its file. Jinja calls this."""
        code = bucket.bytecode_to_string()
        with suppress(atomic_files.DiskError):  # without a writable cache, templates are compiled in each build
            atomic_files.write(self._folder / bucket.key, compute_digest(code).encode() + code)
