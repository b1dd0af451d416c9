"""A hook of MkDocs: names with `*` in the `nav` of `mkdocs.yml` stand for the files that match, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def on_config(config: dict[str, Any]) -> None:
    """Replace the patterns. MkDocs calls this."""
    config["nav"] = expand(config["nav"], Path(config["docs_dir"]))


def expand(entries: list[Any], folder: Path) -> list[Any]:
    """Return *entries* with the files in *folder* in place of patterns, also in sections. Sections have a list."""
    expanded: list[Any] = []
    for entry in entries:
        if isinstance(entry, str) and "*" in entry:
            expanded += sorted(path.relative_to(folder).as_posix() for path in folder.glob(entry))
        elif isinstance(entry, dict):
            expanded.append(
                {title: expand(part, folder) if isinstance(part, list) else part for title, part in entry.items()}
            )
        else:
            expanded.append(entry)
    return expanded
