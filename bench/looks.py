"""How good what came out looks: SSIMULACRA2 against the original, and the bytes at which two tools look the same.

Needs `pip install ssimulacra2`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from PIL import Image, ImageCms, ImageOps

from .sites import Site
from .work import Work

COMPARED_WIDTH_PX = 960
"""Where looks are compared: every tool makes this width."""


def make_reference(photo: Path, width: int = COMPARED_WIDTH_PX) -> Image.Image:
    """The photograph as it should look at *width*: upright, sRGB, resampled by Lanczos from all of its pixels."""
    with Image.open(photo) as image:
        profile = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image)
    small = upright.resize((width, round(upright.height * width / upright.width)), Image.Resampling.LANCZOS)
    if profile:
        turned = ImageCms.profileToProfile(
            small, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        )
        assert turned is not None
        small = turned
    return small.convert("RGB")


def score(original: Image.Image, made: Image.Image) -> float:
    """SSIMULACRA2 of *made* against *original*: 100 is the same, 90 cannot be told apart, 70 is high quality."""
    from ssimulacra2 import compute_ssimulacra2

    sides = []
    for image in (original, made):
        out = io.BytesIO()
        image.convert("RGB").save(out, "PNG", compress_level=1)
        out.seek(0)
        sides.append(out)
    return float(compute_ssimulacra2(*sides))


def find_output(site: Site, work: Work, photo: Path, format: str) -> Path:
    """What a tool made of *photo* at the compared width: told by its size and its looks, for names say nothing."""
    wanted = make_reference(photo)
    tiny = wanted.resize((16, 16), Image.Resampling.BOX)
    ends = {"jpeg": {".jpg", ".jpeg"}}.get(format, {f".{format}"})
    best, least = None, math.inf
    for folder in site.made[:1]:
        for path in (site.folder / folder).rglob("*"):
            if path.suffix not in ends:
                continue
            with Image.open(path) as image:
                if (
                    image.size != wanted.size
                    and abs(image.size[0] - COMPARED_WIDTH_PX) + abs(image.size[1] - wanted.size[1]) > 2
                ):
                    continue
                small = image.convert("RGB").resize((16, 16), Image.Resampling.BOX)
            apart = sum(abs(a - b) for a, b in zip(small.tobytes(), tiny.tobytes(), strict=True))
            if apart < least:
                best, least = path, apart
    if best is None:
        raise FileNotFoundError(f"no {format} of {photo.name} at {COMPARED_WIDTH_PX} in {site.folder}")
    return best


def measure_image_quality(site: Site, work: Work, photos: Sequence[Path], format: str) -> tuple[float, float]:
    """Mean SSIMULACRA2, and mean bytes, of some photographs at the compared width in *format*."""
    scores, weights = [], []
    for photo in photos:
        path = find_output(site, work, photo, format)
        wanted = make_reference(photo)
        with Image.open(path) as image:
            made = image.convert("RGB")
        scores.append(score(wanted, made if made.size == wanted.size else made.resize(wanted.size)))
        weights.append(path.stat().st_size)
    return mean(scores), mean(weights)


def find_matching_quality(photos: Sequence[Path], goal: float, format: str = "avif") -> tuple[int, float, float]:
    """The quality at which our encoder comes nearest to the mean score *goal*: the quality, the score, mean bytes."""
    from pelican_headshots.images.render import render_renditions
    from pelican_headshots.values.rendition import Crop, Rendition

    wanted = {photo: make_reference(photo) for photo in photos}

    def at(quality: int) -> tuple[int, float, float]:
        scores, weights = [], []
        for photo, target in wanted.items():
            what = Rendition(Crop(), target.width, target.height, format, quality)
            data = render_renditions(photo.read_bytes(), [what])[0]
            with Image.open(io.BytesIO(data)) as image:
                scores.append(score(target, image))
            weights.append(len(data))
        return quality, mean(scores), mean(weights)

    low, high = 30, 95
    tried = {}
    while high - low > 1:
        middle = (low + high) // 2
        tried[middle] = at(middle)
        low, high = (middle, high) if tried[middle][1] < goal else (low, middle)
    return min(tried.values(), key=lambda found: abs(found[1] - goal))
