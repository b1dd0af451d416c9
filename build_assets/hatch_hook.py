"""Hatchling's entry point to `build_assets`. It runs when a wheel is built (also an editable one), never for an sdist."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Assets(BuildHookInterface):  # type: ignore[type-arg]
    """Fills the checkout before its files are packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch and build the models and fonts. Hatchling calls this."""
        sys.path.insert(0, str(Path(self.root)))
        from build_assets import fill

        fill(Path(self.root))
