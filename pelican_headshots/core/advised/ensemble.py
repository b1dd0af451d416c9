"""A set of headshots: which of them break it and how, and which of several frames of one person is the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from statistics import median

from ..geometry import Value
from .doctor import Case, Finding

FEWEST = 4
"""Headshots that make a set."""
COLOUR, GROUND, HEAD = 7.0, 14.0, 0.15
"""From where a picture breaks its set: CIE76 of the skin's a* and b*, of the whole backdrop; share of the head's height."""
BEHIND = 2.5
"""CIE76 by which the backdrop must lean the skin's way: under a warmer light a grey wall is warmer as well."""
GREY = 4.0
"""Chroma of the skin up to which a picture is black and white."""


class Break(Value, frozen=True):
    """A headshot that differs from its set, and how in words."""

    path: str
    how: tuple[str, ...]


def breaks(cases: Sequence[Case]) -> tuple[Break, ...]:
    """Which of *cases* break the set they are: warmer or cooler light, larger or smaller heads, another backdrop.

    Complexions differ as much as lights do. So light is only said to differ where skin and backdrop lean the same way.
    """
    if len(cases) < FEWEST:
        return ()
    seen = [case.analysis.features for case in cases]
    skin_a, skin_b = _middle(seen, "craft_skin_a"), _middle(seen, "craft_skin_b")
    ground = [_middle(seen, f"craft_ground_{channel}") for channel in "lab"]
    heads = [_head(case) for case in cases]
    usual = median([head for head in heads if head] or [0.0])
    found = []
    for case, features, head in zip(cases, seen, heads, strict=True):
        how = []
        if "craft_skin_a" in features and "craft_ground_a" in features:
            a, b = features["craft_skin_a"] - skin_a, features["craft_skin_b"] - skin_b
            behind = (features["craft_ground_a"] - ground[1], features["craft_ground_b"] - ground[2])
            lean = hypot(a, b)
            along = (a * behind[0] + b * behind[1]) / max(lean, 1e-6)
            grey = hypot(features["craft_skin_a"], features["craft_skin_b"]) <= GREY
            if lean > COLOUR and along > BEHIND and not grey:
                way = ("warmer" if b > 0 else "cooler") if abs(b) > abs(a) else ("redder" if a > 0 else "greener")
                how.append(f"{way} by {lean:.0f} ΔE")
        if head and usual and abs(head / usual - 1) > HEAD:
            how.append(f"head {abs(head / usual - 1):.0%} {'larger' if head > usual else 'smaller'}")
        if "craft_ground_l" in features:
            apart = sum((features[f"craft_ground_{c}"] - m) ** 2 for c, m in zip("lab", ground, strict=True)) ** 0.5
            if apart > GROUND:
                how.append("other backdrop")
        if how:
            found.append(Break(case.path, tuple(how)))
    return tuple(found)


def best(frames: Mapping[str, Sequence[Finding]]) -> str:
    """Return the one of several *frames* of one person (path → findings) whose checks are best.

    A check that cannot be assessed of one frame counts as in the frame where it is worst: it is no reason to prefer one.
    """
    scores = {
        path: {each.check: each.score for each in found if each.score is not None} for path, found in frames.items()
    }
    worst = {
        check: min(known[check] for known in scores.values() if check in known)
        for check in {check for known in scores.values() for check in known}
    }
    return max(sorted(frames), key=lambda path: (sum((worst | scores[path]).values()), len(scores[path])))


def _head(case: Case) -> float:
    """Height of the head as a share of the frame."""
    if not case.analysis.faces:
        return 0.0
    face = case.analysis.faces[0]
    return max(face.chin.y - face.crown.y, face.box.height)


def _middle(seen: Sequence[Mapping[str, float]], name: str) -> float:
    return median([features[name] for features in seen if name in features] or [0.0])
