"""The smallest program that does the work: decode, turn, to sRGB, halve and halve again, encode. Nobody looks.

    python -m bench.yardstick PHOTOS TARGET avif,jpeg [--jobs 2]

What a build takes beyond this is its own doing.
"""

from __future__ import annotations

import argparse
import io
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image, ImageCms

from pelican_headshots.images.quality_presets import QUALITY_PRESETS

from .work import WIDTHS

TURN = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}


def render_widths(path: Path, target: Path, formats: tuple[str, ...]) -> float:
    """All widths of one photograph; the processor seconds it took."""
    began = time.process_time()
    with Image.open(path) as image:
        turn, profile = image.getexif().get(0x0112, 1), image.info.get("icc_profile")
        lying = turn in (6, 8)
        across = image.height if lying else image.width
        ratio = (image.width if lying else image.height) / across
        largest = (WIDTHS[-1], round(WIDTHS[-1] * ratio))
        image.draft("RGB", largest[::-1] if lying else largest)
        picture = image.resize(largest[::-1] if lying else largest, Image.Resampling.LANCZOS)
    if profile and b"s\0R\0G\0B" not in profile and b"sRGB" not in profile:
        picture = _to_srgb(picture, profile)
    picture = picture.transpose(TURN[turn]) if turn in TURN else picture
    for width in sorted(WIDTHS, reverse=True):
        if width < picture.width:
            picture = picture.resize((width, round(width * ratio)), Image.Resampling.LANCZOS)
        for name in formats:
            _write(picture, target / f"{path.stem}-{width}.{name}", name)
    return time.process_time() - began


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    turned = ImageCms.profileToProfile(
        picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    )
    assert turned is not None
    return turned


def _write(picture: Image.Image, path: Path, name: str) -> None:
    if name == "jpeg":
        picture.save(
            path,
            "JPEG",
            quality=QUALITY_PRESETS["balanced"]["jpeg"],
            subsampling="4:2:0",
            progressive=True,
            optimize=True,
        )
    else:
        picture.save(
            path, "AVIF", quality=QUALITY_PRESETS["balanced"]["avif"], speed=8, subsampling="4:2:0", max_threads=1
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("formats")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    given.target.mkdir(parents=True, exist_ok=True)
    photos = sorted(given.photos.glob("*.jpg"))
    with ProcessPoolExecutor(given.jobs) as pool:
        work = partial(render_widths, target=given.target, formats=tuple(given.formats.split(",")))
        print(f"{sum(pool.map(work, photos)):.2f} processor seconds for {len(photos)} photographs")


if __name__ == "__main__":
    main()
