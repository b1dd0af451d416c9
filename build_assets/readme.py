"""The README as a package index shows it: there, a path relative to the repository leads nowhere."""

from __future__ import annotations

import re

_RELATIVE = r"(?!https?:|mailto:|data:|#)"
_FENCED_CODE = re.compile(r"(^```.*?^```$)", re.M | re.S)
_PICTURE = re.compile(rf"!\[([^\]]*)\]\({_RELATIVE}([^)\s]+)\)")
_LINK = re.compile(rf"(?<!!)\[((?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*)\]\({_RELATIVE}([^)\s]+)\)")
_HTML_PICTURE = re.compile(rf"""(<img\b[^>]*?\bsrc=")({_RELATIVE}[^"]+)("[^>]*>)""")
_HTML_ALT = re.compile(r"""\balt="([^"]*)""")


def render_readme(text: str, repository: str, version: str) -> str:
    """Return the README *text* for a package index.

    Args:
        text: Markdown. Relative links and pictures in it are paths in the repository.
        repository: Address of the repository. If it is empty, relative links become plain text, and pictures become what
            their alt text says.
        version: The version of the package: links lead to the files of this release.
    """

    def replace_picture(match: re.Match[str]) -> str:
        return f"![{match[1]}]({repository}/raw/v{version}/{match[2]})" if repository else _describe(match[1])

    def replace_html_picture(match: re.Match[str]) -> str:
        if repository:
            return f"{match[1]}{repository}/raw/v{version}/{match[2]}{match[3]}"
        alt = _HTML_ALT.search(match[0])
        return _describe(alt[1] if alt else "")

    def replace_link(match: re.Match[str]) -> str:
        return f"[{match[1]}]({repository}/blob/v{version}/{match[2]})" if repository else match[1]

    parts = _FENCED_CODE.split(text)
    for index in range(0, len(parts), 2):  # the others are code
        part = _PICTURE.sub(replace_picture, parts[index])
        parts[index] = _LINK.sub(replace_link, _HTML_PICTURE.sub(replace_html_picture, part))
    return "".join(parts)


def _describe(alt: str) -> str:
    return f"*{alt}*" if alt else ""
