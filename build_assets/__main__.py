"""Write models, fonts and the license into this checkout: `python -m build_assets`. Needs pip, fonttools and brotli."""

from __future__ import annotations

from pathlib import Path

from . import fill

if __name__ == "__main__":
    fill(Path(__file__).resolve().parent.parent)
