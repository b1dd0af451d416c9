"""What the studio does when pictures are lost on the way."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from pelican_headshots.core.plate import Portfolio
from pelican_headshots.studio import Studio


def test_what_is_lost_at_the_second_try_leaves_the_walls_too() -> None:
    losses = [{"a.jpg": "a.jpg took too long."}, {"b.jpg": "b.jpg took too long."}, {}]
    skipped: dict[str, str] = {}
    studio: Any = SimpleNamespace(
        gate=SimpleNamespace(enter=lambda: None),
        room=SimpleNamespace(
            develop=lambda order, photos: losses.pop(0), errands=SimpleNamespace(troubles=(), together=nullcontext)
        ),
        report=SimpleNamespace(skipped=skipped.__setitem__),
        order=None,
        new_order=lambda: None,
        photos=tuple(SimpleNamespace(path=path) for path in ("a.jpg", "b.jpg", "c.jpg")),
    )
    studio._decided = lambda: (Portfolio((), (), None), {})
    studio._composed = lambda: Portfolio((), (), None)
    Studio.portfolio(studio)
    assert [photo.path for photo in studio.photos] == ["c.jpg"]
    assert set(skipped) == {"a.jpg", "b.jpg"}
