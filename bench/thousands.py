"""Measure sites of up to 10,000 photos: how processor time and memory grow, next to plain Pelican.

    python -m bench.thousands WORK [--counts 100,1000,10000] [--rounds 3] [--make]

Only 64 photos are analyzed and encoded. The others are the same pictures with another comment in the file, so that each has
a digest of its own; what the cache has of the 64 is copied for them. A site has 60 galleries, one of them with three tenths
of all photos. Formats: JPEG only.

`first` is the build after that: everything is composed, written and published, and only covers are encoded. `warm` is a
build in which nothing changed. `plain` is Pelican with its own theme and as many pages, without a menu of them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

from PIL import Image

from pelican_headshots.cache.store import Store
from pelican_headshots.cli.site import SiteProject
from pelican_headshots.support.digest import compute_digest
from pelican_headshots.values.rendition import compute_cache_key

from .measure import Cost, run
from .sites import PELICAN, REPOSITORY

PICTURES = 64
GALLERIES = 60
LARGE_GALLERY_SHARE = 0.3
SIZES = ((2400, 1600), (1600, 2400), (2400, 1800), (2400, 1350), (1800, 2400), (2000, 2000))
"""Pixels; three of four photos are landscapes."""


@dataclass(frozen=True)
class _Base:
    """The site of the 64 photos that are analyzed and encoded."""

    store: Store
    pictures: tuple[bytes, ...]


def _write_settings(folder: Path) -> None:
    (folder / "pelicanconf.py").write_text(
        f"{PELICAN}import pelican_headshots\nTHEME = pelican_headshots.theme_path()\nPLUGINS = ['pelican_headshots']\n"
        "SITEURL = 'https://example.org'\nHEADSHOTS = {'formats': ['jpeg'], 'strict': True}\n"
    )


def _build(folder: Path) -> Cost:
    command = [sys.executable, "-m", "pelican", "content", "--settings", "pelicanconf.py", "--fatal", "errors"]
    return run(command, folder, {"PYTHONPATH": str(REPOSITORY)})


def _make_picture(number: int) -> bytes:
    picture = Image.linear_gradient("L").rotate(90 * (number % 4)).resize(SIZES[number % len(SIZES)])
    color = tuple(60 + number * step % 180 for step in (7, 13, 29))
    colored = Image.composite(Image.new("RGB", picture.size, color), Image.new("RGB", picture.size, "black"), picture)
    data = BytesIO()
    colored.save(data, "JPEG", quality=85)
    return data.getvalue()


def add_comment(jpeg: bytes, number: int) -> bytes:
    """Return the bytes of a JPEG with *number* in a comment, so that it is a file of its own with the same pixels."""
    text = f"photo {number}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + jpeg[2:]


def make_base(folder: Path) -> _Base:
    """Build the site of the 64 photos in *folder*, unless it exists."""
    pictures = tuple(map(_make_picture, range(PICTURES)))
    photos = folder / "content" / "photos" / "base"
    photos.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        if not (photos / f"{number}.jpg").exists():
            (photos / f"{number}.jpg").write_bytes(picture)
    _write_settings(folder)
    _build(folder)
    return _Base(Store(folder / ".headshots"), pictures)


def _choose_gallery(number: int, count: int) -> int:
    large = int(count * LARGE_GALLERY_SHARE)
    return 0 if number < large else 1 + (number - large) * (GALLERIES - 1) // (count - large)


def make_site(folder: Path, count: int, base: _Base) -> None:
    """Make a site of *count* photos in *folder*, with copies of what the cache of *base* has of the same pictures."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(count):
        path = folder / "content" / "photos" / f"gallery-{_choose_gallery(number, count):02}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(add_comment(base.pictures[number % PICTURES], number))
    _write_settings(folder)
    base_digests = [compute_digest(picture) for picture in base.pictures]
    photo_keys = base.store.photo_records.keys()
    suffixes = {digest: suffix for digest, _, suffix in (key.partition(".") for key in photo_keys)}
    store = Store(folder / ".headshots")
    digest_to_base = {}
    for path in sorted(folder.glob("content/photos/*/*.jpg")):
        digest, base_digest = compute_digest(path.read_bytes()), base_digests[int(path.stem) % PICTURES]
        digest_to_base[digest] = base_digest
        record = base.store.photo_records.get(f"{base_digest}.{suffixes[base_digest]}")
        assert record
        store.photo_records.put(f"{digest}.{suffixes[base_digest]}", record)
    store.save()
    site_build = SiteProject(folder / "pelicanconf.py").create_build()
    site_build.predict_changes()
    for digest, renditions in site_build.render_plan.renditions.items():
        for key, rendition in renditions.items():
            base_key = compute_cache_key(digest_to_base[digest], rendition, site_build.processor.encoder_versions)
            if data := base.store.renditions.get(base_key):
                site_build.store.renditions.put(key, data)
    site_build.store.save()
    site_build.build_lock.release()


def make_plain_site(folder: Path, count: int) -> None:
    """Make a site for plain Pelican with *count* pages."""
    pages = folder / "content" / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    pages.mkdir(parents=True)
    for number in range(count):
        (pages / f"page{number}.md").write_text(f"Title: Page {number}\n\nThe page of a photo has little text.\n")
    (folder / "pelicanconf.py").write_text(f"{PELICAN}DISPLAY_PAGES_ON_MENU = False\n")


def measure_site(work: Path, count: int, rounds: int) -> Iterator[tuple[str, Cost]]:
    """Measure a site of *count* photos and plain Pelican with as many pages, in turn."""
    ours, plain = work / f"ours{count}", work / f"plain{count}"
    shutil.rmtree(ours / "output", ignore_errors=True)
    yield "first", _build(ours)
    pages = sum(1 for _ in (ours / "output").rglob("*.html"))
    make_plain_site(plain, pages)
    _build(plain)
    for _ in range(rounds):
        yield "warm", _build(ours)
        yield "plain", _build(plain)


def main() -> None:
    """Make the sites if asked to, measure them and print a table."""
    parser = argparse.ArgumentParser(description="Measure sites of up to 10,000 photos.")
    parser.add_argument("work", type=Path)
    parser.add_argument("--counts", default="100,1000,10000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--make", action="store_true", help="only make the sites")
    args = parser.parse_args()
    counts = [int(count) for count in args.counts.split(",")]
    base = None
    for count in counts:
        if args.make or not (args.work / f"ours{count}").exists():
            base = base or make_base(args.work / "base")
            make_site(args.work / f"ours{count}", count, base)
    if args.make:
        return
    print(f"{'photos':>7} {'build':6} {'cpu s':>8} {'wall s':>8} {'peak MiB':>9} {'ms per photo':>13}")
    for count in counts:
        costs: dict[str, list[Cost]] = {}
        for scenario, cost in measure_site(args.work, count, args.rounds):
            costs.setdefault(scenario, []).append(cost)
        for scenario, runs in costs.items():
            cpu, wall, peak = (median(getattr(cost, field) for cost in runs) for field in ("cpu", "wall", "peak"))
            print(f"{count:7} {scenario:6} {cpu:8.2f} {wall:8.2f} {peak:9.0f} {cpu / count * 1000:13.2f}")
        ratio = median(ours.cpu / plain.cpu for ours, plain in zip(costs["warm"], costs["plain"], strict=True))
        print(f"{count:7} warm/plain, cpu: {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
