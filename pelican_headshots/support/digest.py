"""Digests of file contents."""

from __future__ import annotations

import hashlib


def compute_digest(data: bytes) -> str:
    """Return the BLAKE2b digest of *data* (128 bits) as 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
