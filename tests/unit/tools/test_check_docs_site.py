"""The check that the site of the documents loads nothing from other hosts."""

from __future__ import annotations

from pathlib import Path

from tools.scripts.check_docs_site import find_outside_resources

LOADED = {
    "script": '<script src="https://cdn.example/a.js"></script>',
    "stylesheet": '<link href="//cdn.example/a.css" rel="stylesheet">',
    "typeface": '<link rel="preconnect" href="https://fonts.example">',
    "picture": '<img src="a.png" srcset="a.png 1x, https://cdn.example/a@2.png 2x">',
    "frame": '<iframe src="http://video.example/1"></iframe>',
    "rule": "<style>body { background: url('https://cdn.example/a.png') }</style>",
    "attribute": '<p style="background: url(//cdn.example/a.png)">text</p>',
    "symbol": '<svg><use href="https://cdn.example/a.svg#b"></use></svg>',
    "mermaid": '<pre class="mermaid"><code>flowchart</code></pre>',
}
NOT_LOADED = (
    '<link rel="canonical" href="https://docs.example/"><a href="https://pelican.example">Pelican</a>'
    '<img src="../pictures/a.png" alt="https://a.example"><p>url(https://a.example)</p><script src="js/a.js"></script>'
)


def test_what_a_page_loads_from_another_host_is_found(tmp_path: Path) -> None:
    for name, html in LOADED.items():
        (tmp_path / f"{name}.html").write_text(NOT_LOADED + html, encoding="utf-8")
    (tmp_path / "theme.css").write_text('@import "https://cdn.example/b.css"; p { color: red }', encoding="utf-8")
    found = [line.partition(": ")[0] for line in find_outside_resources(tmp_path)]
    assert found == sorted([*(f"{name}.html" for name in LOADED), "theme.css"])


def test_links_to_other_sites_are_no_resources(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(NOT_LOADED, encoding="utf-8")
    (tmp_path / "theme.css").write_text("p { background: url(../a.png) }", encoding="utf-8")
    assert find_outside_resources(tmp_path) == []
