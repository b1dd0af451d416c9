"""The work that everybody is given: photographs, four pages of them, four widths, one or two formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WIDTHS = (480, 960, 1600, 2400)
SERIES = 4


@dataclass(frozen=True)
class Work:
    """*formats* come best first. *equal*: everybody's encoders are set as ours are; else each keeps its defaults."""

    photos: tuple[Path, ...]
    formats: tuple[str, ...] = ("avif", "jpeg")
    equal: bool = False

    @property
    def series(self) -> list[tuple[str, tuple[Path, ...]]]:
        """Four pages: their names and their photographs."""
        n = len(self.photos)
        return [(f"series{k}", self.photos[k * n // SERIES : (k + 1) * n // SERIES]) for k in range(SERIES)]
