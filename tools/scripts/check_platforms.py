"""Check that every pinned package has a wheel for each system and Python that docs/install.md promises: `make platforms`.

uv resolves requirements/site.txt for the other systems, with wheels only, and installs nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

PLATFORMS = {
    "Linux, x86_64, glibc 2.28 or newer": "x86_64-manylinux_2_28",
    "Linux, aarch64, glibc 2.28 or newer": "aarch64-manylinux_2_28",
    "macOS 13 or newer, Apple silicon": "aarch64-apple-darwin",
    "Windows, x86_64": "x86_64-pc-windows-msvc",
}
"""Name in docs/install.md → name in uv, whose `aarch64-apple-darwin` is macOS 13."""

PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def find_missing_wheels(platform: str, python: str, target: Path) -> str:
    """Return what uv says about packages without a wheel, or an empty string."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--quiet", "--target", str(target)]
    command += ["--python-platform", platform, "--python-version", python, "--only-binary", ":all:"]
    command += ["--require-hashes", "--requirement", str(REPOSITORY / "requirements" / "site.txt")]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    return completed.stderr if completed.returncode else ""


def main() -> int:
    """Print a line for each system and Python; return 1 if a wheel is missing."""
    status = 0
    with tempfile.TemporaryDirectory() as target:
        for name, platform in PLATFORMS.items():
            for python in PYTHONS:
                missing = find_missing_wheels(platform, python, Path(target))
                print(f"{name}, Python {python}: {missing or 'wheels for all packages'}", flush=True)
                status = status or int(bool(missing))
    return status


if __name__ == "__main__":
    sys.exit(main())
