"""Drafting alternative text from what was seen, for pictures about which nobody wrote any."""

from __future__ import annotations

from ..analysis import Analysis
from ..shot import Kind, Shot

FRAMES = {
    "extreme close-up": "Extreme close-up",
    "close-up": "Close-up",
    "medium close-up": "Head-and-shoulders portrait",
    "medium shot": "Half-length portrait",
    "cowboy": "Three-quarter-length portrait",
    "full": "Full-length portrait",
}
COUNTS = {2: "two people", 3: "three people", 4: "four people", 5: "five people"}


def drafted(shot: Shot, analysis: Analysis | None, subject: str) -> str:
    """A plain sentence about the picture. *subject* is a name or title somebody wrote, or empty."""
    if shot.kind == Kind.HEADSHOT:
        return f"Head-and-shoulders portrait of {subject}" if subject else "Head-and-shoulders portrait"
    if shot.kind == Kind.NO_PERSON or analysis is None:
        return subject or "Photograph"
    frame = FRAMES.get(shot.scale or "", "Portrait")
    who = "one person" if analysis.people <= 1 else COUNTS.get(analysis.people, "a group of people")
    return f"{subject}: {frame[0].lower()}{frame[1:]} of {who}" if subject else f"{frame} of {who}"
