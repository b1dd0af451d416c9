"""`pelican-headshots gc`: remove from the cache what no build names any more."""

from __future__ import annotations

import argparse
import sys

from . import site as sites


def add(parser: argparse.ArgumentParser) -> None:
    sites.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0; 1 where a build is running. Raises HeadshotsError."""
    site = sites.open_site(arguments)
    cleanup = site.create_build().clean_cache() if site.cache_folder.is_dir() else (0, 0, 0)
    if cleanup is None:
        print("A build is running. Try again when it has ended.", file=sys.stderr)
        return 1
    files, size, records = cleanup
    print(f"Removed {files} files ({size / 1e6:.1f} MB) and what was measured of {records} photographs that have gone.")
    return 0
