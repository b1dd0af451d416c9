"""`pelican-headshots docs`: print where the documents are."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(parser: argparse.ArgumentParser) -> None:
    """Add no arguments to *parser*."""


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001  # as every command
    """Return 0."""
    print(find_docs_folder())
    return 0


def find_docs_folder() -> Path:
    """Return the folder of the documents: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "docs"
    return inside if inside.is_dir() else package.parent / "docs"
