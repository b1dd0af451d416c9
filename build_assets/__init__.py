"""What the package carries but the repository does not: fetched, verified and made when it is built.

Each asset is one module with `fill(root: Path) -> None`: it puts its files where the package expects them below *root*
(the checkout), and does nothing, without network, where they are already there and sound. `python -m build_assets`
runs all of them by hand.
"""

from __future__ import annotations

from pathlib import Path


def fill(root: Path) -> None:
    """Run every asset."""
    from . import fonts, models

    models.fill(root)
    fonts.fill(root)
