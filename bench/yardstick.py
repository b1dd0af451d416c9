"""The smallest program that does the work: decode, rotate, convert to sRGB, reduce, encode. No analysis.

    python -m bench.yardstick PHOTOS TARGET avif,jpeg [--jobs 2]

What a build costs beyond this is its own overhead.
"""

from __future__ import annotations

import argparse
import io
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image, ImageCms

from .work import AVIF_QUALITY, AVIF_SPEED, JPEG_QUALITY, WIDTHS

TRANSPOSE_BY_ORIENTATION = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}


def render_widths(path: Path, target: Path, formats: tuple[str, ...]) -> float:
    """Render all widths of one photo, and return the processor seconds."""
    started = time.process_time()
    with Image.open(path) as image:
        orientation, profile = image.getexif().get(0x0112, 1), image.info.get("icc_profile")
        is_rotated = orientation in (6, 8)
        width_upright = image.height if is_rotated else image.width
        ratio = (image.width if is_rotated else image.height) / width_upright
        largest = (WIDTHS[-1], round(WIDTHS[-1] * ratio))
        image.draft("RGB", largest[::-1] if is_rotated else largest)
        picture = image.resize(largest[::-1] if is_rotated else largest, Image.Resampling.LANCZOS)
    if profile and b"s\0R\0G\0B" not in profile and b"sRGB" not in profile:
        picture = _to_srgb(picture, profile)
    picture = (
        picture.transpose(TRANSPOSE_BY_ORIENTATION[orientation]) if orientation in TRANSPOSE_BY_ORIENTATION else picture
    )
    for width in sorted(WIDTHS, reverse=True):
        if width < picture.width:
            picture = picture.resize((width, round(width * ratio)), Image.Resampling.LANCZOS)
        for format in formats:
            _write(picture, target / f"{path.stem}-{width}.{format}", format)
    return time.process_time() - started


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    converted = ImageCms.profileToProfile(
        picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    )
    assert converted is not None
    return converted


def _write(picture: Image.Image, path: Path, format: str) -> None:
    if format == "jpeg":
        picture.save(
            path,
            "JPEG",
            quality=JPEG_QUALITY,
            subsampling="4:2:0",
            progressive=True,
            optimize=True,
        )
    else:
        picture.save(path, "AVIF", quality=AVIF_QUALITY, speed=AVIF_SPEED, subsampling="4:2:0", max_threads=1)


def main() -> None:
    """Render all photos in several processes and print the processor time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("formats")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    args.target.mkdir(parents=True, exist_ok=True)
    photos = sorted(args.photos.glob("*.jpg"))
    with ProcessPoolExecutor(args.jobs) as pool:
        work = partial(render_widths, target=args.target, formats=tuple(args.formats.split(",")))
        print(f"{sum(pool.map(work, photos)):.2f} processor seconds for {len(photos)} photos")


if __name__ == "__main__":
    main()
