"""The name of contents: a hash of their bytes."""

from __future__ import annotations

import hashlib


def compute_digest(data: bytes) -> str:
    """Return 32 hex digits that name *data*: BLAKE2b with 128 bits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
