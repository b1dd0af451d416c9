"""Digests of contents."""

from __future__ import annotations

from pelican_headshots.support.digest import compute_digest


def test_a_digest_depends_on_the_contents() -> None:
    assert compute_digest(b"a") != compute_digest(b"b")
    assert len(compute_digest(b"")) == 32
