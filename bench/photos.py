"""Make a reproducible set of photos as cameras write them, from a folder of real photos.

    python -m bench.photos FOLDER SET COUNT

Each photo is enlarged to 6000 × 4000 pixels (or 4000 × 6000), with fine texture added where the picture has detail, and a
sensor's noise. EXIF, GPS position, orientation and color profile vary as in a real folder. Photo *n* depends only on the
folder and on *n*, so a set of 24 is the beginning of a set of 100.
"""

from __future__ import annotations

import argparse
import io
import os
import struct
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFilter, ImageOps
from PIL.TiffImagePlugin import IFDRational as Ratio

LONG_SIDE_PX = 6000
MIN_SOURCE_PIXELS = 1.2e6
"""Smaller sources make the photos too soft."""

Field = NDArray[np.float32]

CAMERAS = (
    ("Canon", "Canon EOS R6", "RF50mm F1.8 STM"),
    ("SONY", "ILCE-7M4", "FE 85mm F1.8"),
    ("NIKON CORPORATION", "NIKON Z 6", "NIKKOR Z 35mm f/1.8 S"),
    ("FUJIFILM", "X-T4", "XF56mmF1.2 R"),
)

# Columns are the red, green and blue primaries, adapted to the D50 white of profiles.
ADOBE = (2.19921875, ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)))
P3 = (2.2, ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)))


def make_icc_profile(name: str, gamma: float, primaries: tuple[tuple[float, ...], ...]) -> bytes:
    """Return an ICC v2 display profile with three primaries and one gamma."""

    def number(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz_tag(values: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(number, values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    words = name.encode() + b"\0"
    title = b"desc\0\0\0\0" + struct.pack(">I", len(words)) + words + bytes(78)
    tags = {b"desc": title, b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz_tag((0.9642, 1.0, 0.8249))}
    for letter, values in zip((b"r", b"g", b"b"), primaries, strict=True):
        tags |= {letter + b"XYZ": xyz_tag(values), letter + b"TRC": curve}
    start = 132 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(
        ">I4xI4s4s4s6H4s", start + len(body), 0x02100000, b"mntr", b"RGB ", b"XYZ ", 2026, 1, 1, 0, 0, 0, b"acsp"
    )
    head = head.ljust(68, b"\0") + b"".join(map(number, (0.9642, 1.0, 0.8249)))
    return head.ljust(128, b"\0") + table + body


def find_sources(folder: Path) -> list[Path]:
    """Return the photos in *folder* that are large enough, sorted by name."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}:
            with Image.open(path) as image:
                if image.width * image.height >= MIN_SOURCE_PIXELS:
                    found.append(path)
    if not found:
        raise SystemExit(f"{folder} has no photo of {MIN_SOURCE_PIXELS / 1e6:.1f} megapixels or more.")
    return found


def make_photo(number: int, sources: list[Path], target: Path, long_side: int = LONG_SIDE_PX) -> Path:
    """Write photo *number* to *target*, unless it exists."""
    path = target / f"photo{number:04d}.jpg"
    if path.exists():
        return path
    random = np.random.default_rng([24, number])
    tall = number % 3 == 1
    short = long_side * 2 // 3
    width, height = (short, long_side) if tall else (long_side, short)
    image, step = _crop_source(sources[number % len(sources)], number // len(sources), width / height, random)
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.UnsharpMask(max(1.0, width / step * 0.7), 60, 2))
    image = Image.fromarray(_add_sensor_noise(np.asarray(image, np.float32), random))
    profile: bytes | None = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if number % 12 == 5:
        image, profile = _convert_to_profile(image, make_icc_profile("Wide RGB", *ADOBE))
    elif number % 12 == 8:
        image, profile = _convert_to_profile(image, make_icc_profile("Display P3 like", *P3))
    elif number % 12 == 11:
        profile = None
    turn = {1: 6, 4: 1, 7: 8, 10: 1}.get(number % 12, 3 if number % 12 == 9 else 1)
    back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270, 3: Image.Transpose.ROTATE_180}
    if turn in back:
        image = image.transpose(back[turn])
    out = io.BytesIO()
    options = {"icc_profile": profile} if profile else {}
    image.save(out, "JPEG", quality=92, subsampling="4:2:0", exif=_make_exif(number, turn), **options)
    path.write_bytes(out.getvalue())
    os.utime(path, (1_767_225_600 + number,) * 2)
    return path


def _crop_source(source: Path, lap: int, ratio: float, random: np.random.Generator) -> tuple[Image.Image, float]:
    """Return the source cropped to *ratio*, tighter and elsewhere with each *lap*, and the width of the crop."""
    with Image.open(source) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    wide = min(image.width, image.height * ratio) * 0.93**lap
    tall = wide / ratio
    left, top = (
        random.uniform(0, space) if lap else space * 0.4 for space in (image.width - wide, image.height - tall)
    )
    image = image.crop((round(left), round(top), round(left + wide), round(top + tall)))
    return (ImageOps.mirror(image) if lap % 2 else image), wide


def _add_sensor_noise(pixels: Field, random: np.random.Generator) -> NDArray[np.uint8]:
    """Add texture of two to four pixels where there is contrast, shot noise that grows with light, and color noise."""
    height, width = pixels.shape[:2]

    def noise(grain: int) -> Field:
        small = random.standard_normal((-(-height // grain), -(-width // grain)), dtype=np.float32)
        if grain == 1:
            return small
        return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BILINEAR), np.float32)

    light = pixels @ np.array([0.3, 0.59, 0.11], np.float32)
    edges = np.zeros_like(light)
    edges[:, 1:] += np.abs(np.diff(light, axis=1))
    edges[1:] += np.abs(np.diff(light, axis=0))
    busy = Image.fromarray(np.clip(edges * 8, 0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(12))
    texture = (noise(4) * 9 + noise(2) * 5) * (np.asarray(busy, np.float32) / 255)
    gain = float(random.choice([1.3, 1.8, 2.4, 3.1]))
    shot = noise(1) * gain * (0.9 + 1.3 * np.sqrt(light / 255))
    warm, cool = noise(2) * gain * 0.8, noise(2) * gain * 0.8
    common = texture + shot
    whole = pixels + np.stack([common + warm, common - (warm + cool) / 2, common + cool], axis=-1)
    return np.asarray(np.clip(whole + 0.5, 0, 255), np.uint8)


def _convert_to_profile(image: Image.Image, profile: bytes) -> tuple[Image.Image, bytes]:
    converted = ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(io.BytesIO(profile))
    )
    assert converted is not None
    return converted, profile


def _make_exif(number: int, turn: int) -> bytes:
    """Return EXIF as a camera writes it; two of three photos have a GPS position."""
    exif = Image.Exif()
    maker, model, lens = CAMERAS[number % len(CAMERAS)]
    when = f"2026:{number % 12 + 1:02}:{number % 28 + 1:02} 1{number % 10}:{number % 60:02}:{number * 7 % 60:02}"
    exif.update({0x010F: maker, 0x0110: model, 0x0112: turn, 0x0132: when, 0x013B: "A Photographer"})
    exif.update({0x010E: f"Photograph {number}", 0x8298: "A Photographer"})
    shot = exif.get_ifd(0x8769)
    shot |= {0x829A: Ratio(1, 250), 0x829D: Ratio(28, 10), 0x8827: 400, 0x9003: when}
    shot |= {0xA434: lens, 0xA431: f"{number:08}"}
    if number % 3:
        place = exif.get_ifd(0x8825)
        place |= {1: "N", 2: (Ratio(50, 1), Ratio(number % 60, 1), Ratio(1234, 100))}
        place |= {3: "E", 4: (Ratio(4, 1), Ratio(number % 60, 1), Ratio(4321, 100))}
    return exif.tobytes()


def make_set(folder: Path, target: Path, count: int, jobs: int = 2) -> list[Path]:
    """Make the first *count* photos of the set in *target*, and return their paths. Existing files are kept."""
    target.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(partial(make_photo, sources=find_sources(folder), target=target), range(count)))


def main() -> None:
    """Make the set that the command line asks for."""
    parser = argparse.ArgumentParser(description="Make a set of 24-megapixel photos from a folder of real photos.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("set", type=Path)
    parser.add_argument("count", type=int)
    args = parser.parse_args()
    made = make_set(args.folder, args.set, args.count)
    print(f"{len(made)} photos, {sum(path.stat().st_size for path in made) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
