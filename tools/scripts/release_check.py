"""Check that a tag may be released: `make release-check TAG=v0.1.0`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
UNTIL_RELEASE_MARK = "<!-- until the first release -->"
"""Ends a paragraph that is true only while the package index has no release."""


def find_problems(tag: str, root: Path) -> list[str]:
    """Return a sentence for each reason why the checkout in *root* must not be released as *tag*."""
    version = read_project(root)["project"]["version"]
    problems = []
    if tag != f"v{version}":
        problems.append(
            f"The tag is {tag or 'empty'}, but pyproject.toml has version {version}. "
            f"Tag it v{version}, or change the version."
        )
    if not re.search(rf"^## \[{re.escape(version)}\]", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.M):
        problems.append(f"CHANGELOG.md has no section [{version}]. Rename [Unreleased] and add the date.")
    problems += [
        f"{page.relative_to(root).as_posix()} says that there is no release yet. "
        f"Remove the paragraph that ends with {UNTIL_RELEASE_MARK}"
        for page in (root / "README.md", *sorted((root / "docs").rglob("*.md")))
        if f" {UNTIL_RELEASE_MARK}\n" in page.read_text(encoding="utf-8")
    ]
    return problems


def read_project(root: Path) -> dict[str, Any]:
    """Return the contents of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def main(tag: str, root: Path = REPOSITORY) -> int:
    """Print the problems; return 1 if there are any."""
    problems = find_problems(tag, root)
    print("\n".join(problems) or f"{tag} can be released.")
    if not read_project(root)["tool"]["pelican-headshots"]["repository"]:
        print(
            "Note: `repository` in pyproject.toml is empty. "
            "The package index will show the README without pictures and links."
        )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
