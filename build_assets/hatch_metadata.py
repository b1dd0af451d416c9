"""Hatchling's entry point for metadata: the package's links and README follow from one address in pyproject.toml."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Metadata(MetadataHookInterface):
    """Fills in `urls` and `readme`, and writes the license that `license-files` names."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the fields that pyproject.toml calls dynamic. Hatchling calls this before it looks for license files."""
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from build_assets import agpl
        from build_assets.readme import render_readme

        agpl.fill(root)
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        repository = settings["tool"]["pelican-headshots"]["repository"].rstrip("/")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": render_readme((root / "README.md").read_text(encoding="utf-8"), repository, metadata["version"]),
        }
        metadata["urls"] = make_urls(repository, metadata["version"]) if repository else {}


def make_urls(repository: str, version: str) -> dict[str, str]:
    """Return the links that a package index shows."""
    return {
        "Documentation": f"{repository}/tree/v{version}/docs",
        "Source": repository,
        "Issues": f"{repository}/issues",
        "Changelog": f"{repository}/blob/v{version}/CHANGELOG.md",
    }
