"""What a person agreed to: until when their pictures may be shown, and where."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import UNSET, UnsetType

from .geometry import Value

ConsentUse = Literal["web", "export", "press", "linkedin", "teams", "badge", "signature"]
"""web: the pages of the site. export: `pelican-headshots export`. The others: exports for one purpose each."""


class Consent(Value, frozen=True):
    """The consent for a photo, or for all photos of a person."""

    until: date | None = None
    """The last day on which it holds; None: it has no end."""
    uses: tuple[ConsentUse, ...] | UnsetType = UNSET
    """What it is for; without it, every use."""

    def find_obstacle(self, use: ConsentUse, day: date) -> str:
        """Return why pictures may not be used for *use* on *day*, as the end of a sentence; empty if they may."""
        if self.until is not None and day > self.until:
            return f"ended on {self.until}"
        if not isinstance(self.uses, UnsetType) and use not in self.uses:
            return f'does not include "{use}"'
        return ""

    def is_allowed(self, use: ConsentUse, day: date) -> bool:
        """Return whether pictures may be used for *use* on *day*."""
        return not self.find_obstacle(use, day)
