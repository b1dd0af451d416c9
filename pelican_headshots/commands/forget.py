"""`pelican-headshots forget`: remove everything that was measured or made; photographs and notes stay."""

from __future__ import annotations

import argparse
import shutil
import sys

from .. import sites
from ..adapters import disk
from ..adapters.cache.store import SIGN, is_cache
from ..adapters.originals.files import shown
from ..core.trouble import Trouble


def add(parser: argparse.ArgumentParser) -> None:
    sites.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0; 1 where a build is running. Raises Trouble, also where the cache's folder holds something else."""
    site = sites.opened(arguments)
    report = site.folder / "build-report.json"
    if site.cache.exists() and not is_cache(site.cache):
        raise Trouble(
            f"{site.cache} does not look like our cache ({SIGN} is missing in it), so it is left alone. "
            "Look at it, and delete it yourself."
        )
    if site.cache.exists():
        gate = disk.Turnstile(site.cache / "building.lock")
        alone = gate.alone()
        gate.leave()
        if not alone:
            print("A build is running. Try again when it has ended.", file=sys.stderr)
            return 1
    gone = [shown(str(path)) for path in (site.cache, report) if path.exists()]
    try:
        if site.cache.exists():
            shutil.rmtree(site.cache)
        report.unlink(missing_ok=True)
    except OSError as error:
        raise Trouble(f"{error.filename} cannot be removed: {error.strerror}.") from error
    print(f"Removed: {', '.join(gone)}. The next build looks anew." if gone else "There was nothing to forget.")
    return 0
