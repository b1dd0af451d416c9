"""`pelican-headshots gc`: remove files from the cache that no build uses any more."""

from __future__ import annotations

import argparse
import sys

from .site import SITE_IN_USE, add_options, open_site


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to *parser*."""
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Return 0, or 1 if a build or a review is running. Raises HeadshotsError."""
    site = open_site(arguments)
    cleanup = site.create_build_with_texts().clean_cache() if site.cache_folder.is_dir() else (0, 0, 0)
    if cleanup is None:
        print(SITE_IN_USE, file=sys.stderr)
        return 1
    files, size, records = cleanup
    print(
        f"Removed {files} files ({size / 1e6:.1f} MB) and the analysis results of {records} photos that no longer exist."
    )
    return 0
