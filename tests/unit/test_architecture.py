"""Rules that import-linter does not check: pure packages open no file, and `docs/architecture.md` is complete."""

from __future__ import annotations

import ast
import re

from tests.support.site import REPOSITORY

PACKAGE = REPOSITORY / "pelican_headshots"
PURE_PACKAGES = ("values", "classify", "crop", "layout", "advice")
MODULES_WITH_DATA = ("classify/classifier.py",)
"""Reads `weights.json`, which is part of the package."""


def test_pure_packages_open_no_file() -> None:
    for package in PURE_PACKAGES:
        for path in sorted((PACKAGE / package).rglob("*.py")):
            if path.relative_to(PACKAGE).as_posix() in MODULES_WITH_DATA:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                assert not {"os", "pathlib", "shutil", "io", "tempfile", "sqlite3"} & {
                    m.split(".")[0] for m in modules
                }, path
                assert not (isinstance(node, ast.Name) and node.id == "open"), path


def test_every_module_is_in_the_architecture_document() -> None:
    named = set(re.findall(r"\w+", (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")))
    modules = [path for path in PACKAGE.rglob("*.py") if not path.name.startswith("__")]
    assert [str(path.relative_to(PACKAGE)) for path in modules if path.stem not in named] == []


def test_every_file_and_constant_in_the_architecture_document_exists() -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:[\w-]+/)+[\w-]+\.\w+)`", page):
        is_generated_or_example = path.startswith("pelican/") or "NAME" in path
        assert is_generated_or_example or (PACKAGE / path).exists() or (REPOSITORY / path).exists(), path
    sources = [*PACKAGE.rglob("*.py"), *(REPOSITORY / "tools").rglob("*.py")]
    code = "\n".join(f"{path.stem} {path.read_text(encoding='utf-8')}" for path in sources)
    named = re.findall(r"`(_?[A-Z]{2,}(?:_[A-Z]+)*|[a-z]+(?:_[a-z]+)+)`", page)
    assert named
    assert not [name for name in named if name not in code]
    for command in re.findall(r"`python -m tools\.research (\w+)", page):
        assert (REPOSITORY / "tools" / "research" / f"{command}.py").exists(), command
    for name in re.findall(r"`([a-z_]+\.json)`", page):
        assert list(PACKAGE.rglob(name)) or name == "build-report.json", name
