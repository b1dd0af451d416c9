"""Download and verify the files that are in the package but not in the repository: models, fonts and a license.

Each kind has a module with `fill(root: Path) -> None`. It writes its files below *root* (the checkout), where the package
expects them; if they are already there and intact, it does nothing and needs no network. `python -m build_assets` runs all
of them; building the wheel does too.
"""

from __future__ import annotations

from pathlib import Path


def fill(root: Path) -> None:
    """Write all files, if they are missing or damaged."""
    from . import agpl, fonts, models

    agpl.fill(root)
    models.fill(root)
    fonts.fill(root)
