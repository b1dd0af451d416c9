"""Versions of the libraries that affect the bytes of a rendition. Importing this module imports none of them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

OPENCV_PACKAGES = ("opencv-contrib-python", "opencv-python", "opencv-contrib-python-headless", "opencv-python-headless")
"""MediaPipe installs the first; the others contain the same code."""
SVT_PACKAGE = "pillow-avif-plugin"
"""Its wheels contain SVT-AV1, which encodes AVIF; without it, Pillow's libaom does."""


@cache
def get_installed_versions() -> str:
    """Return the installed versions of Pillow, of OpenCV, which scales if present, and of SVT-AV1's wheel.

    Each may be installed and still fail to load; `get_loaded_versions` loads them to find out.
    """
    return _format_versions(find_opencv_version(), get_package_version(SVT_PACKAGE))


@cache
def get_loaded_versions() -> str:
    """Return the versions of the libraries that this process renders with."""
    from . import avif, resize

    return _format_versions(
        find_opencv_version() if resize.load_opencv() else "",
        get_package_version(SVT_PACKAGE) if avif.load_svt_encoder() else "",
    )


def _format_versions(opencv_version: str, svt_version: str) -> str:
    optional = {"opencv": opencv_version, SVT_PACKAGE: svt_version}
    return ", ".join([f"pillow {version('pillow')}", *(f"{name} {found}" for name, found in optional.items() if found)])


@cache
def find_opencv_version() -> str:
    """Return the version of OpenCV, or an empty string if it is not installed."""
    return next(filter(None, map(get_package_version, OPENCV_PACKAGES)), "")


def get_package_version(name: str) -> str:
    """Return the version of a package, or an empty string if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
