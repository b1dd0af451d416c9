"""`pelican-headshots forget`: remove everything that was measured or made; photographs and notes stay."""

from __future__ import annotations

import argparse
import shutil
import sys

from ..cache.store import CACHEDIR_TAG, is_cache_folder
from ..scan.files import escape_for_terminal
from ..support import atomic_files
from ..support.errors import HeadshotsError
from . import site as sites


def add(parser: argparse.ArgumentParser) -> None:
    sites.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0; 1 where a build is running. Raises HeadshotsError, also where the cache's folder holds something else."""
    site = sites.open_site(arguments)
    report = site.folder / "build-report.json"
    if site.cache_folder.exists() and not is_cache_folder(site.cache_folder):
        raise HeadshotsError(
            f"{site.cache_folder} does not look like our cache ({CACHEDIR_TAG} is missing in it), so it is left alone. "
            "Look at it, and delete it yourself."
        )
    if site.cache_folder.exists():
        build_lock = atomic_files.SharedLock(site.cache_folder / "building.lock")
        is_idle = build_lock.try_acquire_exclusive()
        build_lock.release()
        if not is_idle:
            print("A build is running. Try again when it has ended.", file=sys.stderr)
            return 1
    removed = [escape_for_terminal(str(path)) for path in (site.cache_folder, report) if path.exists()]
    try:
        if site.cache_folder.exists():
            shutil.rmtree(site.cache_folder)
        report.unlink(missing_ok=True)
    except OSError as error:
        raise HeadshotsError(f"{error.filename} cannot be removed: {error.strerror}.") from error
    print(f"Removed: {', '.join(removed)}. The next build looks anew." if removed else "There was nothing to forget.")
    return 0
