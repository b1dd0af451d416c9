"""Check that the built documents load nothing from another host: no script, style, typeface, picture or frame.

python -m tools.scripts.check_docs_site build/docs
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

LOADING_ATTRIBUTES = {"src", "srcset", "poster", "data", "style"}
"""Attributes whose address is fetched without a click. Also `href` of `<link>`, SVG's `<use>` and `<image>`."""

FETCHED_RELATIONS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "modulepreload",
    "manifest",
}
OTHER_HOST = re.compile(r"(?:https?:)?//[^\s\"')]+", re.IGNORECASE)
CSS_ADDRESS = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)


class _ResourceFinder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.is_style = tag == "style"
        fetched = LOADING_ATTRIBUTES & values.keys()
        if tag in ("use", "image") or (tag == "link" and FETCHED_RELATIONS & {*values.get("rel", "").split()}):
            fetched = fetched | ({"href", "xlink:href"} & values.keys())
        for name in fetched:
            self.found += CSS_ADDRESS.findall(values[name]) if name == "style" else OTHER_HOST.findall(values[name])
        if "mermaid" in values.get("class", "").split():
            self.found.append("the script of Mermaid, which the theme loads from another host")

    def handle_data(self, data: str) -> None:
        if self.is_style:
            self.found += CSS_ADDRESS.findall(data)


def find_outside_resources(site: Path) -> list[str]:
    """Return what the pages and stylesheets in *site* load from other hosts: the file and the address of each."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".svg"):
            finder = _ResourceFinder()
            finder.feed(path.read_text(encoding="utf-8"))
            addresses = finder.found
        elif path.suffix == ".css":
            addresses = CSS_ADDRESS.findall(path.read_text(encoding="utf-8"))
        else:
            continue
        found += [f"{path.relative_to(site).as_posix()}: {address}" for address in addresses]
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    if not (folder / "index.html").exists():
        sys.exit(f"{folder} has no index.html: make docs")
    if found := find_outside_resources(folder):
        sys.exit("The documents load something from another host:\n" + "\n".join(found))
