"""Which versions of other people's programs shape the bytes of a rendition. Imports none of them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

OPENCV = ("opencv-contrib-python", "opencv-python", "opencv-contrib-python-headless", "opencv-python-headless")
"""MediaPipe brings the first along; the others hold the same code."""


@cache
def engine() -> str:
    """Pillow, whose wheels carry every codec, and OpenCV, which scales where it is installed."""
    scaler = opencv()
    return f"pillow {version('pillow')}" + (f", opencv {scaler}" if scaler else "")


@cache
def opencv() -> str:
    """The version of OpenCV; empty where it is not installed."""
    for name in OPENCV:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""
