"""`python -m build_assets`: fill this checkout. Needs pip, flatbuffers, fonttools and brotli."""

from __future__ import annotations

from pathlib import Path

from . import fill

if __name__ == "__main__":
    fill(Path(__file__).resolve().parent.parent)
