"""Which versions of other people's programs shape the bytes of a rendition. Importing this imports none of them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

OPENCV_PACKAGES = ("opencv-contrib-python", "opencv-python", "opencv-contrib-python-headless", "opencv-python-headless")
"""MediaPipe brings the first along; the others hold the same code."""


@cache
def get_installed_versions() -> str:
    """Pillow, whose wheels carry every codec, and OpenCV, which scales where it is installed.

    What is installed may lack a library and not load; `in_use` knows, and loads it to find out.
    """
    return _format_versions(find_opencv_version())


@cache
def get_loaded_versions() -> str:
    """What renditions made in this process are made with."""
    from . import resize

    return _format_versions(find_opencv_version() if resize.load_opencv() else "")


def _format_versions(opencv_version: str) -> str:
    return f"pillow {version('pillow')}" + (f", opencv {opencv_version}" if opencv_version else "")


@cache
def find_opencv_version() -> str:
    """The version of OpenCV; empty where it is not installed."""
    return next(filter(None, map(version_of, OPENCV_PACKAGES)), "")


def version_of(name: str) -> str:
    """The version of an installed package; empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
