"""Create a new site from the template files of the package, without overwriting existing files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined

TEMPLATES_FOLDER = Path(__file__).resolve().with_name("starter")
"""`dot-x` is written as `.x`, and `x.py.starter`, a template of Python code, as `x.py`."""

HOST_NAMES = {
    "github": "GitHub Pages",
    "gitlab": "GitLab Pages",
    "netlify": "Netlify",
    "cloudflare": "Cloudflare Pages",
    "elsewhere": "",
}
"""The hosts with a recipe → their names on pages about privacy."""

TEAM_FOLDERS = {"en": "team", "de": "team", "fr": "equipe"}
"""The languages of new sites → the folder of the team's headshots."""


def scaffold_site(folder: Path, host: str, lang: str, values: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write a new site into *folder*.

    Args:
        folder: Created if it does not exist.
        host: One of HOST_NAMES.
        lang: The language of pages, menus and addresses, one of TEAM_FOLDERS.
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
    environment.globals |= {
        "host": host,
        "host_name": HOST_NAMES[host],
        "lang": lang,
        "team_folder": TEAM_FOLDERS[lang],
    }
    for name, source in sorted(_list_template_files(("site", lang, host))):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        text = environment.from_string(source.read_text(encoding="utf-8")).render(values)
        try:
            with open(target, "x", encoding="utf-8") as file:
                file.write(text)
            written.append(name)
        except FileExistsError:
            kept.append(name)
    return written, kept


def _list_template_files(template_sets: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for template_set in template_sets:
        for path in (TEMPLATES_FOLDER / template_set).rglob("*"):
            if path.is_file():
                parts = path.relative_to(TEMPLATES_FOLDER / template_set).parts
                name = "/".join(f".{part.removeprefix('dot-')}" if part.startswith("dot-") else part for part in parts)
                yield name.removesuffix(".starter"), path
