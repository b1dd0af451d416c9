"""Measure image quality: SSIMULACRA2 against the original, and the bytes at which two tools have the same score.

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

COMPARED_WIDTH_PX = 960
"""Width at which image quality is compared: every tool makes it."""


def make_reference(photo: Path, width: int = COMPARED_WIDTH_PX) -> Image.Image:
    """Return the photo at *width*: upright, sRGB, resampled with Lanczos from all of its pixels."""
    with Image.open(photo) as image:
        profile = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image)
    small = upright.resize((width, round(upright.height * width / upright.width)), Image.Resampling.LANCZOS)
    if profile:
        converted = ImageCms.profileToProfile(
            small, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        )
        assert converted is not None
        small = converted
    return small.convert("RGB")


def score(original: Image.Image, made: Image.Image) -> float:
    """Return SSIMULACRA2 of *made* against *original*: 100 is identical, 90 looks identical, 70 is high quality."""
    from ssimulacra2 import compute_ssimulacra2

    sides = []
    for image in (original, made):
        out = io.BytesIO()
        image.convert("RGB").save(out, "PNG", compress_level=1)
        out.seek(0)
        sides.append(out)
    return float(compute_ssimulacra2(*sides))


def find_output(site: Site, photo: Path, format: str) -> Path:
    """Return the file that a tool made of *photo* at the compared width, found by size and pixels: names differ."""
    reference = make_reference(photo)
    tiny = reference.resize((16, 16), Image.Resampling.BOX)
    suffixes = {"jpeg": {".jpg", ".jpeg"}}.get(format, {f".{format}"})
    best, least_difference = None, math.inf
    for folder in site.made[:1]:
        for path in (site.folder / folder).rglob("*"):
            if path.suffix not in suffixes:
                continue
            with Image.open(path) as image:
                if (
                    image.size != reference.size
                    and abs(image.size[0] - COMPARED_WIDTH_PX) + abs(image.size[1] - reference.size[1]) > 2
                ):
                    continue
                small = image.convert("RGB").resize((16, 16), Image.Resampling.BOX)
            difference = sum(abs(a - b) for a, b in zip(small.tobytes(), tiny.tobytes(), strict=True))
            if difference < least_difference:
                best, least_difference = path, difference
    if best is None:
        raise FileNotFoundError(f"no {format} of {photo.name} at {COMPARED_WIDTH_PX} px in {site.folder}")
    return best


def measure_image_quality(site: Site, photos: Sequence[Path], format: str) -> tuple[float, float]:
    """Return mean SSIMULACRA2 and mean bytes of *photos* at the compared width in *format*."""
    scores, sizes = [], []
    for photo in photos:
        path = find_output(site, photo, format)
        reference = make_reference(photo)
        with Image.open(path) as image:
            made = image.convert("RGB")
        scores.append(score(reference, made if made.size == reference.size else made.resize(reference.size)))
        sizes.append(path.stat().st_size)
    return mean(scores), mean(sizes)


def find_matching_quality(photos: Sequence[Path], goal: float, format: str = "avif") -> tuple[int, float, float]:
    """Find the quality at which our encoder is nearest to the mean score *goal*: return quality, score, mean bytes."""
    from pelican_headshots.images.render import render_renditions
    from pelican_headshots.values.rendition import Crop, Rendition

    references = {photo: make_reference(photo) for photo in photos}

    def encode_at(quality: int) -> tuple[int, float, float]:
        scores, sizes = [], []
        for photo, target in references.items():
            rendition = Rendition(Crop(), target.width, target.height, format, quality)
            data = render_renditions(photo.read_bytes(), [rendition])[0]
            with Image.open(io.BytesIO(data)) as image:
                scores.append(score(target, image))
            sizes.append(len(data))
        return quality, mean(scores), mean(sizes)

    low, high = 30, 95
    tried = {}
    while high - low > 1:
        middle = (low + high) // 2
        tried[middle] = encode_at(middle)
        low, high = (middle, high) if tried[middle][1] < goal else (low, middle)
    return min(tried.values(), key=lambda found: abs(found[1] - goal))
