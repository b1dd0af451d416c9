"""The house stands as `docs/architecture.md` says: imports go one way, and every module has its place."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from .conftest import REPOSITORY

PACKAGE = REPOSITORY / "pelican_headshots"
MODULES = {path.relative_to(PACKAGE).with_suffix("").parts: path for path in PACKAGE.rglob("*.py")}


def imported(name: tuple[str, ...], path: Path) -> Iterator[tuple[str, ...]]:
    """Modules that *path* imports: of ours by their parts, of others by their name after an empty part."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (("", alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield "", (node.module or "").partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            base = (
                (*name[: len(name) - node.level], *(node.module or "").split("."))
                if node.module
                else name[: -node.level]
            )
            for alias in node.names:
                yield (*base, alias.name) if (*base, alias.name) in MODULES else base


def room(name: tuple[str, ...]) -> str:
    """`core/judged` or `adapters/cache`, `core` or `adapters` for what lies beside their rooms; else the part itself."""
    return "/".join(name[: min(2, len(name) - 1)]) if name[0] in ("core", "adapters") else name[0]


def test_there_is_no_circle_of_rooms() -> None:
    floors: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        found = floors.setdefault(room(name), set())
        # `__init__.py` is what Pelican calls and what says where the theme is: the top of the house and its ground.
        found |= {
            room(other) for other in imported(name, path) if other[:1] not in ((), ("",)) and name != ("__init__",)
        }
    for name, below in floors.items():
        below.discard(name)
    assert "core" in list(TopologicalSorter(floors).static_order())


def test_core_is_pure_and_adapters_know_nothing_above_them() -> None:
    for name, path in MODULES.items():
        for other in imported(name, path):
            if name[0] == "core" and other[0] == "":
                assert other[1] in sys.stdlib_module_names | {"msgspec", "unidecode"}, (path, other)
            elif name[0] in ("core", "adapters"):
                assert other[0] in ("", "core", name[0]), (path, other)


def test_every_module_has_its_place_in_the_documents() -> None:
    told = set(re.findall(r"\w+", (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")))
    inside = {"commands", "review"}
    """Packages named as a whole."""
    silent = [name for name in MODULES if name[0] not in inside and name[-1] not in told | {"__init__", "__main__"}]
    assert silent == []
