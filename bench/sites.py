"""For each tool, make a site with the same work, and return the command that builds it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from .work import AVIF_QUALITY, AVIF_SPEED, JPEG_QUALITY, WIDTHS, Work

REPOSITORY = Path(__file__).resolve().parent.parent
PELICAN = """\
SITENAME, AUTHOR, TIMEZONE, PATH = "Bench", "bench", "UTC", "content"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None
"""


@dataclass(frozen=True)
class Peers:
    """Where the other tools are installed: the `bin` of a virtual environment, and a folder with `node_modules`."""

    python: Path
    node: Path


@dataclass(frozen=True)
class Site:
    """A site in *folder*, built by *command*. *made* are the folders that a build makes, output and caches."""

    folder: Path
    command: list[str]
    made: tuple[str, ...]
    texts: tuple[str, ...]
    """At most one: a file whose text can be changed."""
    photos: tuple[str, ...]
    """At most one: the first photo."""
    environment: dict[str, str]

    def clean(self) -> None:
        """Remove everything that builds made."""
        for name in self.made:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def change_photo(self, other: Path) -> None:
        """Replace the first photo by *other*, under the same name."""
        (self.folder / self.photos[0]).unlink()
        shutil.copy(other, self.folder / self.photos[0])

    def change_text(self, addition: str) -> None:
        """Append *addition* to the first of the site's texts."""
        path = self.folder / self.texts[0]
        path.write_text(path.read_text() + addition)


class _SiteFolder:
    def __init__(self, path: Path) -> None:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        self.path = path

    def write(self, name: str, text: str) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def link_photo(self, photo: Path, name: str) -> None:
        """Make a hard link if possible: copies of a thousand photos would fill the disk."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(photo, target)
        except OSError:
            shutil.copy2(photo, target)


def make_our_site(path: Path, work: Work, _peers: Peers, whole: bool = False, own: bool = False) -> Site:
    """Make a site for this package, with its theme.

    Args:
        path: The folder of the site.
        work: What to build.
        _peers: Not used.
        whole: Make the crops and widths that the theme asks for, not those of the benchmark.
        own: Keep the qualities that ship, even if the files of all tools look equally good.
    """
    site = _SiteFolder(path)
    for name, photos in work.series:
        site.write(f"content/photos/{name}/notes.toml", f'[gallery]\ntitle = "{name.title()}"\n')
        for photo in photos:
            site.link_photo(photo, f"content/photos/{name}/{photo.name}")
    plugins = ["pelican_headshots"] if whole else ["bench.same_work", "pelican_headshots"]
    if work.equal and not own:
        plugins.insert(0, "bench.equal")
    site.write(
        "pelicanconf.py",
        f"{PELICAN}import pelican_headshots\nTHEME = pelican_headshots.theme_path()\nPLUGINS = {plugins!r}\n"
        f"HEADSHOTS = {{'formats': {list(work.formats)!r}, 'strict': True}}\n",
    )
    command = [sys.executable, "-m", "pelican", "content", "--settings", "pelicanconf.py", "--fatal", "errors"]
    first = f"content/photos/series0/{work.photos[0].name}"
    return Site(
        site.path,
        command,
        ("output", ".headshots"),
        ("content/photos/series0/notes.toml",),
        (first,),
        _make_environment(),
    )


def make_our_full_site(path: Path, work: Work, peers: Peers) -> Site:
    """Make a site for this package, as it ships."""
    return make_our_site(path, work, peers, whole=True)


def make_our_quality_site(path: Path, work: Work, peers: Peers) -> Site:
    """Make a site for this package at the widths of the benchmark, with the qualities that ship."""
    return make_our_site(path, work, peers, own=True)


def _make_environment() -> dict[str, str]:
    return {"PYTHONPATH": str(REPOSITORY)}


def make_yardstick_site(path: Path, work: Work, _peers: Peers) -> Site:
    """Make a site for the smallest program that does the work: see `bench/yardstick.py`."""
    site = _SiteFolder(path)
    for photo in work.photos:
        site.link_photo(photo, f"photos/{photo.name}")
    command = [sys.executable, "-m", "bench.yardstick", "photos", "output", ",".join(work.formats)]
    return Site(site.path, command, ("output",), (), (f"photos/{work.photos[0].name}",), _make_environment())


def make_floor_site(path: Path, work: Work, peers: Peers) -> Site:
    """Make a site for the yardstick with the first photo only: the least that a change of it can cost."""
    return make_yardstick_site(path, replace(work, photos=work.photos[:1]), peers)


def make_plain_site(path: Path, work: Work, _peers: Peers) -> Site:
    """Make a site for Pelican alone, with its own theme, as many pages as ours, and no pictures."""
    site = _SiteFolder(path)
    for number in range(len(work.photos) + 2 * SERIES_PAGES):
        site.write(f"content/pages/page{number}.md", f"Title: Page {number}\n\nThe page of a photo has little text.\n")
    site.write("pelicanconf.py", PELICAN)
    command = [sys.executable, "-m", "pelican", "content", "--settings", "pelicanconf.py"]
    return Site(site.path, command, ("output",), ("content/pages/page0.md",), (), {})


SERIES_PAGES = 3
"""Half the number of pages besides those of photos: galleries, the list of galleries, the home page."""


def make_eleventy_site(path: Path, work: Work, peers: Peers) -> Site:
    """Make a site for Eleventy with its image plugin."""
    site = _SiteFolder(path)
    options: dict[str, object] = {
        "widths": list(WIDTHS),
        "formats": list(work.formats),
        "urlPath": "/img/",
        "outputDir": "./_site/img/",
        "fixOrientation": True,
    }
    if work.equal:
        options["sharpJpegOptions"] = {"quality": JPEG_QUALITY, "progressive": True, "chromaSubsampling": "4:2:0"}
        # libvips: effort 9 is libaom's speed 0
        options["sharpAvifOptions"] = {
            "quality": AVIF_QUALITY,
            "effort": 9 - AVIF_SPEED,
            "chromaSubsampling": "4:2:0",
        }
    site.write(
        "eleventy.config.cjs",
        'const Image = require("@11ty/eleventy-img");\n'
        "module.exports = (config) => {\n"
        '  config.addAsyncShortcode("photo", async (source) =>\n'
        f"    Image.generateHTML(await Image(source, {json.dumps(options)}), "
        '{alt: "", sizes: "100vw", loading: "lazy", decoding: "async"}));\n'
        '  return {dir: {input: "content", output: "_site"}};\n};\n',
    )
    for name, photos in work.series:
        tags = "".join(f'{{% photo "photos/{photo.name}" %}}\n\n' for photo in photos)
        site.write(f"content/{name}.md", f"---\ntitle: {name}\n---\nText of {name}.\n\n{tags}")
        for photo in photos:
            site.link_photo(photo, f"photos/{photo.name}")
    os.symlink(peers.node.resolve() / "node_modules", site.path / "node_modules")
    command = ["node", "node_modules/@11ty/eleventy/cmd.cjs", "--config=eleventy.config.cjs", "--quiet"]
    first = f"photos/{work.photos[0].name}"
    return Site(site.path, command, ("_site", ".cache"), ("content/series0.md",), (first,), {})


def make_hugo_site(path: Path, work: Work, peers: Peers) -> Site:
    """Make a site for Hugo, which has its own encoders."""
    site = _SiteFolder(path)
    settings = (
        'baseURL="https://example.org/"\ntitle="Bench"\ntimeout="3600s"\ndisableKinds=["taxonomy","term","rss"]\n'
    )
    if work.equal:
        settings += f'[imaging]\nresampleFilter="Lanczos"\n[imaging.jpeg]\nquality={JPEG_QUALITY}\n'
        settings += f"[imaging.avif]\nquality={AVIF_QUALITY}\nencoderSpeed={AVIF_SPEED}\n"
    site.write("hugo.toml", settings)
    names = {"jpeg": "jpg"}
    loops = "".join(
        f'<img srcset="{{{{ range $w := slice {" ".join(map(str, WIDTHS))} }}}}'
        f'{{{{ $r := $img.Filter (slice images.AutoOrient (images.Process (printf "resize %dx {names.get(f, f)}" $w))) }}}}'
        '{{ $r.RelPermalink }} {{ $w }}w, {{ end }}">\n'
        for f in work.formats
    )
    pictures = f'{{{{ range .Resources.ByType "image" }}}}{{{{ $img := . }}}}{loops}{{{{ end }}}}'
    site.write("layouts/single.html", f"<!doctype html><body>{{{{ .Content }}}}{pictures}</body>")
    site.write("layouts/home.html", "<!doctype html>{{ range site.RegularPages }}{{ .Title }}{{ end }}")
    for name, photos in work.series:
        site.write(f"content/{name}/index.md", f"---\ntitle: {name}\n---\nText of {name}.\n")
        for photo in photos:
            site.link_photo(photo, f"content/{name}/{photo.name}")
    cache = {"HUGO_CACHEDIR": str(site.path.resolve() / "cache")}
    first = f"content/series0/{work.photos[0].name}"
    made = ("public", "resources", "cache")
    return Site(
        site.path, [str(peers.python / "hugo"), "--quiet"], made, ("content/series0/index.md",), (first,), cache
    )


def make_image_process_site(path: Path, work: Work, peers: Peers) -> Site:
    """Make a site for Pelican with the plugin Image Process, whose encoder settings cannot be changed."""
    site = _SiteFolder(path)
    widths = [(f"{width}w", [f"scale_in {width} None False"]) for width in WIDTHS]
    common: dict[str, object] = {"type": "responsive-image", "sizes": "100vw", "srcset": widths, "default": "960w"}
    options = {f: common if f == "jpeg" else common | {"output-format": f} for f in work.formats}
    site.write(
        "pelicanconf.py",
        f"{PELICAN}STATIC_PATHS = ['images']\nPLUGINS = ['image_process']\nIMAGE_PROCESS = {options!r}\n",
    )
    for number, (name, photos) in enumerate(work.series, 1):
        tags = "".join(
            f'<p><img class="image-process-{f}" src="{{static}}/images/{photo.name}" alt=""></p>\n'
            for photo in photos
            for f in work.formats
        )
        head = f"Title: {name}\nDate: 2026-01-{number:02}\nSlug: {name}\nSummary: none\n"
        site.write(f"content/{name}.md", f"{head}\nText of {name}.\n\n{tags}")
        for photo in photos:
            site.link_photo(photo, f"content/images/{photo.name}")
    command = [str(peers.python / "pelican"), "content", "--settings", "pelicanconf.py"]
    first = f"content/images/{work.photos[0].name}"
    return Site(site.path, command, ("output",), ("content/series0.md",), (first,), {})


def make_sigal_site(path: Path, work: Work, peers: Peers) -> Site:
    """Make a site for Sigal, which only makes JPEG in two sizes: less work than the other tools do."""
    site = _SiteFolder(path)
    site.write(
        "sigal.conf.py",
        "source, destination = 'photos', '_build'\nimg_size, thumb_size = (2400, 2400), (480, 480)\n"
        f"jpg_options = {{'quality': {JPEG_QUALITY}, 'optimize': True, 'progressive': True}}\n",
    )
    for name, photos in work.series:
        site.write(f"photos/{name}/index.md", f"Title: {name}\n\nText of {name}.\n")
        for photo in photos:
            site.link_photo(photo, f"photos/{name}/{photo.name}")
    command = [str(peers.python / "sigal"), "build", "--quiet"]
    first = f"photos/series0/{work.photos[0].name}"
    return Site(site.path, command, ("_build",), ("photos/series0/index.md",), (first,), {})


TOOLS: dict[str, Callable[[Path, Work, Peers], Site]] = {
    "ours": make_our_site,
    "own": make_our_quality_site,
    "whole": make_our_full_site,
    "yardstick": make_yardstick_site,
    "floor": make_floor_site,
    "plain": make_plain_site,
    "eleventy": make_eleventy_site,
    "hugo": make_hugo_site,
    "image-process": make_image_process_site,
    "sigal": make_sigal_site,
}
