"""`pelican-headshots clear-cache`: remove the whole cache and the build report; photos and notes are kept."""

from __future__ import annotations

import argparse
import shutil
import sys

from ..cache.store import CACHEDIR_TAG, is_cache_folder
from ..scan.files import escape_for_terminal
from ..support import atomic_files
from ..support.errors import HeadshotsError
from .site import SITE_IN_USE, add_options, open_site


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if a build or a review is running.

    Raises:
        HeadshotsError: The site cannot be opened, or the folder is not our cache or cannot be removed.
    """
    site = open_site(arguments)
    report = site.folder / "build-report.json"
    if site.cache_folder.exists() and not is_cache_folder(site.cache_folder):
        raise HeadshotsError(
            f"{site.cache_folder} does not look like our cache ({CACHEDIR_TAG} is missing in it), so nothing was removed. "
            "Look at the folder and delete it yourself."
        )
    if site.cache_folder.exists():
        build_lock = atomic_files.SharedLock(site.cache_folder / "building.lock")
        is_idle = build_lock.try_acquire_exclusive()
        build_lock.release()
        if not is_idle:
            print(SITE_IN_USE, file=sys.stderr)
            return 1
    removed = [escape_for_terminal(str(path)) for path in (site.cache_folder, report) if path.exists()]
    try:
        if site.cache_folder.exists():
            shutil.rmtree(site.cache_folder)
        report.unlink(missing_ok=True)
    except OSError as error:
        raise HeadshotsError(f"{error.filename} cannot be removed: {error.strerror}.") from error
    print(
        f"Removed: {', '.join(removed)}. The next build analyzes all photos again."
        if removed
        else "There is no cache to remove."
    )
    return 0
