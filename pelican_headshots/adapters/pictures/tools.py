"""Which versions of other people's programs shape the bytes of a rendition. Importing this imports none of them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

OPENCV = ("opencv-contrib-python", "opencv-python", "opencv-contrib-python-headless", "opencv-python-headless")
"""MediaPipe brings the first along; the others hold the same code."""


@cache
def installed() -> str:
    """Pillow, whose wheels carry every codec, and OpenCV, which scales where it is installed.

    What is installed may lack a library and not load; `in_use` knows, and loads it to find out.
    """
    return _named(opencv())


@cache
def in_use() -> str:
    """What renditions made in this process are made with."""
    from . import scaling

    return _named(opencv() if scaling.opencv() else "")


def _named(scaler: str) -> str:
    return f"pillow {version('pillow')}" + (f", opencv {scaler}" if scaler else "")


@cache
def opencv() -> str:
    """The version of OpenCV; empty where it is not installed."""
    return next(filter(None, map(version_of, OPENCV)), "")


def version_of(name: str) -> str:
    """The version of an installed package; empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
