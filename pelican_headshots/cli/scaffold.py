"""Create a new site from the template files of the package, without overwriting existing files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined

TEMPLATES_FOLDER = Path(__file__).resolve().with_name("starter")
"""`dot-x` is written as `.x`, and `x.py.starter`, a template of Python code, as `x.py`."""

HOST_CHOICES = ("github", "gitlab", "netlify", "cloudflare", "elsewhere")


def scaffold_site(folder: Path, host: str, values: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write a new site into *folder*.

    Args:
        folder: Created if it does not exist.
        host: One of HOST_CHOICES.
        values: name, by, address, mood, copyright and requirement (a line of requirements.txt).

    Returns:
        The names of the files that were written, and of those that existed already and were kept.

    Raises:
        OSError: A file cannot be written.
    """
    written: list[str] = []
    kept: list[str] = []
    environment = Environment(
        variable_start_string="<<", variable_end_string=">>", block_start_string="<%", block_end_string="%>",
        comment_start_string="<#", comment_end_string="#>", undefined=StrictUndefined, keep_trailing_newline=True,
        autoescape=False,
    )  # fmt: skip
    environment.filters["python"] = repr
    for name, source in sorted(_list_template_files(host)):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = environment.from_string(source.read_text(encoding="utf-8")).render(values, host=host)
        try:
            with open(target, "x", encoding="utf-8") as file:
                file.write(text)
            written.append(name)
        except FileExistsError:
            kept.append(name)
    return written, kept


def _list_template_files(host: str) -> Iterator[tuple[str, Path]]:
    for template_set in ("site", host):
        for path in (TEMPLATES_FOLDER / template_set).rglob("*"):
            if path.is_file():
                parts = path.relative_to(TEMPLATES_FOLDER / template_set).parts
                name = "/".join(f".{part.removeprefix('dot-')}" if part.startswith("dot-") else part for part in parts)
                yield name.removesuffix(".starter"), path
