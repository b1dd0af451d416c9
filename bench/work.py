"""The work that every tool does: photos on four pages, four widths, one or two formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WIDTHS = (480, 960, 1600, 2400)
SERIES = 4
JPEG_QUALITY, AVIF_QUALITY, AVIF_SPEED = 73, 50, 8
"""What the other tools get for `equal` work, AVIF in libaom's numbers; ours get the qualities that look the same."""


@dataclass(frozen=True)
class Work:
    """*formats* are listed best first. *equal*: all files look equally good; otherwise each tool keeps its defaults."""

    photos: tuple[Path, ...]
    formats: tuple[str, ...] = ("avif", "jpeg")
    equal: bool = False

    @property
    def series(self) -> list[tuple[str, tuple[Path, ...]]]:
        """The names of the four pages, and their photos."""
        n = len(self.photos)
        return [(f"series{k}", self.photos[k * n // SERIES : (k + 1) * n // SERIES]) for k in range(SERIES)]
